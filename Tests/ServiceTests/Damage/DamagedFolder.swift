import Foundation
import GRDB
import Service
import Settlement
import Signing

@testable import Store

/// A copy of a story's data folder that is changed behind the program's back, and all that is then done with it.
struct DamagedFolder {
    let folder: DataFolder
    private let scratch: Scratch

    /// A copy of the folder as it stands.
    init(_ original: DataFolder) throws {
        scratch = try Scratch()
        folder = DataFolder(scratch.file("copy"), secret: original.secretPath)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: original.databasePath, toPath: folder.databasePath)
    }

    /// Writes as nobody who keeps the schema's promises would.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
        defer { try? queue.close() }
        return try queue.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            return try body(database)
        }
    }

    /// What came of all that was done with it.
    struct Told {
        var faults: [String] = []
        /// Whether the close of April signed its documents.
        var hasClosed = false
    }

    /// What is found by a close, a batch, reading all there is, and a rederivation.
    func faults(batch: Int64) throws -> [String] { try tell(batch: batch).faults }

    /// The same, and whether the close found nothing; half of its records are read by a second connection if
    /// `readsBeside`.
    func tell(batch: Int64, readsBeside: Bool = false) throws -> Told {
        var told = Told()
        func attempt(_ work: () throws -> Void) {
            do { try work() } catch { told.faults.append("\(error)") }
        }
        attempt {
            let open = try folder.open()
            defer { open.shut() }
            attempt {
                try close(open, readsBeside: readsBeside)
                told.hasClosed = true
            }
            attempt { try take(batch, open) }
            for reading in Self.readings { attempt { try reading(open.store) } }
        }
        attempt { try show() }
        attempt {
            let report = try Rederivation(
                .init(
                    data: folder.path, secret: folder.secretPath, jwks: nil, from: nil, through: nil,
                    scratch: nil)
            ).run()
            if !report.isGood { told.faults += report.lines }
        }
        return told
    }

    /// Closes April, as the program does.
    private func close(_ open: OpenFolder, readsBeside: Bool) throws {
        let at = instant("2026-05-03T00:00:00Z")
        guard readsBeside else {
            try PeriodCloser(store: open.store, signer: open.signer).close(3, at: at)
            return
        }
        _ = try open.store.close(3, at: at, forced: false) { run in
            run.fewestBeside = 1
            var settlement = PeriodSettlement(
                schedule: run.schedule, period: run.period, opening: try run.opening(),
                intake: try run.intake(), bookings: try run.bookings())
            try run.settle(&settlement)
            return try settlement.finish(signer: open.signer, spread: run)
        }
    }

    /// The next batch of N's.
    private func take(_ number: Int64, _ open: OpenFolder) throws {
        let bytes = Estate.batch(
            "B-\(number)", sequence: number, records: 1, merchant: "N", at: "2026-05-02T10:00:00Z")
        _ = try open.intake().take(
            bytes, form: .ndjson, signature: open.master.batchKey(merchant: "N", version: 1).sign(bytes),
            received: instant("2026-05-03T00:00:01Z"))
    }

    /// Every document of the first four periods, as it stands in the file, with its period's ordinal first.
    func documents() throws -> [String] {
        try write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT period, merchant, document FROM statements WHERE period < 4
                    UNION ALL SELECT period, 0, document FROM closings WHERE period < 4 ORDER BY 1, 2
                    """)
            return rows.map { row in
                "\(row[0] as Int64) \(row[1] as Int64) "
                    + String(decoding: row[2] as Data? ?? Data(), as: UTF8.self)
            }
        }
    }

    private static let merchants = ["M", "N", "P"].map { MerchantID(verified: $0) }

    /// Every way to read what is stored.
    private static let readings: [@Sendable (Store) throws -> Void] =
        (0..<4).flatMap { period -> [@Sendable (Store) throws -> Void] in
            [
                { try $0.details(period: period) { _, _ in } },
                { try $0.settledMembers(period: period) { _ in } },
                { store in
                    for statement in try store.statements(period: period) { try explain(statement, store) }
                },
                { _ = try $0.closing(of: period) },
                { _ = try $0.journal(of: period) },
            ]
        } + [
            { store in
                let count = try store.recordCount()
                _ = try store.origins(of: (1...min(max(count, 1), 1_000)).map { RecordNumber($0) })
            },
            { _ = try $0.pendingRecords() },
            { store in
                for member in ["ana", "ben", "cem", "dan"].map({ MemberID(verified: $0) }) {
                    _ = try store.held(by: member).debts
                    let records = try store.records(of: member)
                    _ = try store.origins(of: records.map(\.number))
                    _ = try store.copies(naming: member) { _, _ in nil }
                }
            },
            { _ = try $0.archives() },
            { store in
                let report = try StatusReport(store, now: instant("2026-05-03T00:00:02Z"))
                _ = (report.text, report.json)
                if let trouble = report.trouble { throw trouble }
            },
            { store in
                let entries = try store.audit(limit: 1_000)
                _ = (AuditText.text(entries), AuditText.json(entries))
            },
            { store in
                let keys = try store.keys()
                _ = (KeyListing.text(keys, uses: try store.lastUses()), KeyListing.json(keys))
            },
            { _ = try $0.periods().map { "\($0.close?.at.description ?? "")" } },
            { _ = try $0.stateCounts() },
            { _ = try $0.paymentRuns().map { "\($0.made) \($0.items.map(\.due))" } },
            { _ = try $0.bankLines().map { "\($0.line.date) \($0.matches)" } },
            { _ = try $0.bankCharges().map { "\($0.date) \($0.booked)" } },
            { store in
                let listing = try OrderListing(store, period: nil, now: instant("2026-05-03T00:00:02Z"))
                _ = (listing.text, listing.json)
            },
            { _ = try $0.bookings().map { "\($0.booking.date) \($0.booked)" } },
            { store in
                let listing = try BookingListing(store, .init())
                _ = (listing.text, listing.json)
            },
            { store in
                let listing = try DisputeListing(
                    try store.disputes(), in: store, now: instant("2026-05-03T00:00:02Z"))
                _ = (listing.course, listing.json)
            },
            { store in for merchant in merchants { try read(merchant, store) } },
        ]

    /// A merchant's side.
    private static func read(_ merchant: MerchantID, _ store: Store) throws {
        _ = try store.batchPage(of: merchant, before: nil, limit: 100)?.map { "\($0.received)" }
        for batch in try store.batches(of: merchant) {
            _ = try store.batch(batch.summary.batch, of: merchant)
        }
        _ = try store.missingSequences(of: merchant)
        _ = try store.disputePage(of: merchant, limit: 100).map { "\($0.due) \($0.steps)" }
        _ = try store.statementList(of: merchant)
        for id in ["m1", "m2", "m3", "n1", "n3", "p2", "p3"] {
            let life = try RecordLife(RecordID(verified: id), of: merchant, in: store, for: .operator)
            if let life { _ = (life.json, ExplanationText(life.schedule).lines(life)) }
        }
        if let refusals = try RecordRefusals(RecordID(verified: "m5"), of: merchant, in: store) {
            _ = (refusals.json, ExplanationText(refusals.schedule, .chinese).lines(refusals))
        }
    }

    private static func explain(_ statement: StoredStatement, _ store: Store) throws {
        let explainer = try Explainer(statement, in: store, for: .operator)
        for number in 1...max(1, explainer.statement.lines.count) { _ = try explainer.line(number) }
        _ = try explainer.pointFigures(Explainer.Window())
        _ = try explainer.overview()
    }

    /// What finance shows.
    private func show() throws {
        let desk = try ReadingDesk(folder)
        defer { try? desk.store.shut() }
        for period in ["2026-01", "2026-02", "2026-03"] {
            for merchant in ["M", "N", "P"] where merchant != "P" || period != "2026-01" {
                let statement = try desk.statement(of: merchant, period: period)
                _ = (statement.text(.english), statement.page(.chinese))
            }
            _ = try desk.flows(period: period)
            _ = try desk.closing(period: period).text(.chinese)
        }
    }
}
