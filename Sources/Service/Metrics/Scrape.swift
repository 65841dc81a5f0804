import Settlement
import Store

/// Puts a scrape together: what is counted in memory, what the system says, and what the database says.
struct Scrape: Sendable {
    let intake: Intake
    let health: Health
    let bounds: Bounds
    let connections: Connections
    let measures: DaemonMeasures
    let book: BookReading
    let reserveBytes: Int
    let closesAutomatically: Bool
    let certificates: Certificates?
    let started: Instant

    func text() async -> String {
        let figures = await book.figures()
        var exposition = Exposition()
        addIntake(to: &exposition)
        addStore(figures, to: &exposition)
        addClosing(figures, to: &exposition)
        addRequests(to: &exposition)
        if let figures { Self.add(figures, to: &exposition) }
        addProcess(to: &exposition)
        return exposition.text
    }

    private func addIntake(to exposition: inout Exposition) {
        let counted = intake.measures
        exposition.add(
            .batches,
            [
                ("stored", counted.stored.count), ("copy", counted.copies.count),
                ("refused", counted.refused.count), ("failed", counted.failed.count),
            ])
        exposition.add(
            .records,
            [
                ("accepted", counted.accepted.count), ("duplicate", counted.duplicates.count),
                ("refused", counted.refusedRecords.count),
            ])
        exposition.add(.batchBytes, counted.bytes.count)
        exposition.add(.refusals, counted.refusals.map { ($0.code.rawValue, $0.count) })
        exposition.add(.receiptSeconds, counted.receipts.standing)
    }

    private func addStore(_ figures: BookFigures?, to exposition: inout Exposition) {
        exposition.add(.ready, health.reason() == nil)
        exposition.add(.commitSeconds, intake.store.commits.standing)
        let sizes = intake.store.fileSizes
        exposition.add(.databaseBytes, Int(sizes.database))
        exposition.add(.logBytes, Int(sizes.log))
        exposition.add(.freeBytes, sizes.free.map { Int($0) })
        exposition.add(.reserveBytes, reserveBytes)
        switch figures?.lastBackup {
        case .success(let last):
            exposition.add(.backupAt, last?.made?.at.seconds)
            exposition.add(.backupOK, last.map { $0.failed == nil })
        // That there is one which cannot be read is another thing than that there is none.
        case .failure: exposition.add(.backupOK, false)
        case nil: break
        }
        exposition.add(.figuresRead, figures != nil)
    }

    private func addClosing(_ figures: BookFigures?, to exposition: inout Exposition) {
        exposition.add(.closes, measures.closes.all.map { ($0.result.rawValue, $0.count) })
        let last = measures.closes.last
        exposition.add(.closeOK, last.map { $0.result == .closed })
        exposition.add(.closeSeconds, last?.duration?.seconds)
        if let close = figures?.lastClose {
            exposition.add(
                .closeRecords,
                [
                    ("settled", Int(close.records.settled)), ("pending", Int(close.records.pending)),
                    ("refused", Int(close.records.refused)),
                ])
            exposition.add(.closeAt, close.at.seconds)
        }
        exposition.add(.closeDue, figures?.closesFrom.seconds)
        // What a changed row keeps from being read may be what keeps a period from being closed.
        exposition.add(.closeStuck, figures?.isStuck == true || health.isStuck)
        exposition.add(.closeAutomatic, closesAutomatically)
    }

    private func addRequests(to exposition: inout Exposition) {
        exposition.add(.requests, measures.requests.all.map { ($0.name, $0.count) })
        exposition.add(.connections, connections.open)
        let underWay = bounds.underWay
        exposition.add(.uploads, underWay.uploads)
        exposition.add(.uploadBytes, [("memory", underWay.bytes), ("disk", underWay.spilled)])
        exposition.add(.limited, measures.limits.all.map { ($0.limit.rawValue, $0.count) })
        exposition.add(.certificateEnd, certificates?.expiry)
    }

    private static func add(_ figures: BookFigures, to exposition: inout Exposition) {
        exposition.add(.quiet, figures.quiet.count)
        exposition.add(.missing, figures.missing.reduce(0.0) { $0 + Double($1.count) })
        exposition.add(.beyondLimit, figures.beyondLimit.count)
        exposition.add(.deliveriesWaiting, figures.deliveries.waiting)
        exposition.add(.deliveriesGivenUp, figures.deliveries.givenUp)
        let most = BookFigures.mostMerchants
        exposition.add(.merchantQuiet, figures.quiet.prefix(most).map { ($0.text, 1) })
        exposition.add(.merchantMissing, figures.missing.prefix(most).map { ($0.merchant.text, $0.count) })
        exposition.add(.merchantBeyondLimit, figures.beyondLimit.prefix(most).map { ($0.text, 1) })
    }

    private func addProcess(to exposition: inout Exposition) {
        exposition.add(.build, [(Program.version, 1)])
        let process = ProcessFigures()
        exposition.add(.residentBytes, process.residentBytes)
        exposition.add(.openFiles, process.openFiles)
        exposition.add(.mostFiles, process.mostFiles)
        exposition.add(.processorSeconds, process.processorSeconds)
        exposition.add(.startTime, started.seconds)
    }
}

extension Instant {
    fileprivate var seconds: Double { Double(milliseconds) / 1_000 }
}
