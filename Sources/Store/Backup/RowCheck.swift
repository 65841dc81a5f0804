import GRDB
import Settlement
import Signing

extension Store {
    /// What SQLite itself finds wrong with the file, at most 20 sentences; none: it is whole. `full` also holds every index
    /// against its table, and reads about twice as much.
    public func integrityFindings(full: Bool) throws -> [String] {
        try Self.integrityFindings { check in try reading("check the file") { try check($0, full) } }
    }

    /// The same of a file by itself, of whatever schema; `full`.
    public static func integrityFindings(ofFile path: String) throws -> [String] {
        try integrityFindings { check in
            try trying("check \(path)") {
                let source = try Connection.openToRead(path)
                defer { try? source.close() }
                return try source.read { try check($0, true) }
            }
        }
    }

    private static func integrityFindings(
        _ reading: ((Database, Bool) throws -> [String]) throws -> [String]
    ) throws -> [String] {
        do {
            return try reading { database, full in
                let pragma = full ? "integrity_check" : "quick_check"
                return try String.fetchAll(database, sql: "PRAGMA \(pragma)(20)").filter { $0 != "ok" }
            }
        } catch let trouble as StoreTrouble where trouble.isDamage {
            return [trouble.cause]
        }
    }

    /// Goes over every row that bears a sum or a digest, and over the numbers that tell when one is gone, as one moment
    /// saw them. Gives the first trouble of each part; none: all is as it was written.
    ///
    /// What it proves is that nothing changed since it was written. Whether it is what comes of the signed batches, a
    /// rederivation says. `progress` gets the name of the part that is looked at.
    public func changedRows(progress: (String) -> Void = { _ in }) throws -> [StoreTrouble] {
        try reading("check the rows") { database in
            var found: [StoreTrouble] = []
            for (part, check) in RowCheck.parts {
                progress(part)
                do { try check(database) } catch let trouble as StoreTrouble where trouble.isDamage {
                    // A part that needs another one tells that one's trouble.
                    if !found.contains(trouble) { found.append(trouble) }
                }
            }
            return found
        }
    }
}

/// Each part's check; throws `StoreTrouble` at the first row that is not as it was written.
private enum RowCheck {
    typealias Check = (Database) throws -> Void

    static var parts: [(String, Check)] {
        [
            ("alliances", alliances), ("batches", batches), ("archives", archives), ("records", records),
            ("ids", identities),
            ("bookings", bookings), ("drafts and disputes", desk), ("payment runs", payments),
            ("the bank's entries", bank), ("deliveries", deliveries), ("periods", periods),
            ("holdings", holdings), ("settlements", settlements), ("forgotten members", forgotten),
        ]
    }

    private static func alliances(_ database: Database) throws {
        let rows = AllianceRows(database)
        let last = try rows.version()
        guard last >= 1 else { throw StoreTrouble.damaged("alliances", "version 1", "it is not there") }
        for version in 1...last { _ = try rows.schedule(of: version) }
        _ = try Roster(database)
    }

    /// Each row, the digest of each batch's bytes, the numbers of their records, and in which periods they settle.
    private static func batches(_ database: Database) throws {
        let roster = try Roster(database)
        let (archives, redactions) = (ArchiveRows(database), RedactionRows(database))
        var (batch, record): (Int64, Int64) = (0, 1)
        try Prepared(database, "SELECT \(IntakeRows.columns), bytes FROM batches ORDER BY batch").forEach {
            row in
            batch += 1
            guard row.integer(IntakeRows.number) == batch, row.integer(11) == record else {
                throw StoreTrouble.damaged(
                    "batches", "row \(batch)", "it is not there, or its records are not")
            }
            let summary = try IntakeRows.summary(row, roster)
            record += summary.accepted
            let isEmpty = row.withBytes(16) { $0.isEmpty }
            if isEmpty, try archives.archive(holding: batch) != nil { return }
            let standing = try redactions.batch(batch)?.redacted.text ?? summary.digest
            guard row.withBytes(16, { SHA256Digest(of: $0).text }) == standing else {
                throw StoreTrouble.damaged("batches", "batch \(summary.batch)")
            }
        }
        try Prepared(
            database,
            """
            SELECT first_record, accepted, p.batch, period, p.records, p.sum
            FROM batch_periods p JOIN batches USING (batch)
            """
        ).forEach { row in
            let sum = BatchRows.sum(
                period: row.integer(3), batch: row.integer(2), records: row.integer(4),
                of: try BatchRows.records(of: row))
            guard sum == row.integer(5) else {
                throw StoreTrouble.damaged("batch_periods", "batch \(row.integer(2))")
            }
        }
    }

    private static func archives(_ database: Database) throws { try ArchiveRows(database).verify() }

    private static func records(_ database: Database) throws {
        var next: Int64 = 1
        try Prepared(database, "SELECT first, records, merchant, bytes FROM record_chunks ORDER BY first")
            .forEach { row in
                guard row.integer(0) == next else {
                    throw StoreTrouble.damaged("record_chunks", "record \(next)", "no row holds it")
                }
                try RecordChunks.withContent(of: row) { _ in }
                next += row.integer(1)
            }
        guard try BatchRows(database).lastRecord() == next - 1 else {
            throw StoreTrouble.damaged("record_chunks", "record \(next)", "no row holds it")
        }
    }

    private static func identities(_ database: Database) throws {
        _ = try IdentityRuns(database).all(by: IdentityForm(database))
        try Prepared(database, "SELECT page, bytes FROM identity_pages ORDER BY page").forEach { row in
            guard row.withBytes(1, { RowSum(row.integer(0)).content(of: $0) != nil }) else {
                throw StoreTrouble.damaged("identity_pages", "row \(row.integer(0))")
            }
        }
    }

    private static func bookings(_ database: Database) throws {
        _ = try BookingRows(database, Roster(database)).all()
    }

    private static func desk(_ database: Database) throws {
        let disputes = try DisputeRows.changed(database)
        for (table, changed) in [
            ("drafts", try DraftRows.changed(database)), ("disputes", disputes.disputes),
            ("dispute_steps", disputes.steps),
        ] {
            guard changed.isEmpty else { throw StoreTrouble.damaged(table, "row \(changed[0])") }
        }
    }

    private static func payments(_ database: Database) throws {
        _ = try PaymentRows(database, Roster(database)).all()
    }

    /// Files, balances, lines, and what settled them: the lines' reader reads all four. The last of the charges that is gone
    /// only the lines tell.
    private static func bank(_ database: Database) throws {
        let roster = try Roster(database)
        _ = try BankRows(database, roster).lines()
        try BankChargeRows(database, roster).verify()
    }

    private static func deliveries(_ database: Database) throws {
        if let row = try OutboxRows.changed(database).first {
            throw StoreTrouble.damaged("outbox", "row \(row)")
        }
        try OutboxHead(database).verify()
    }

    /// That none is gone, what a close that has begun says, and what recent closes counted of what they kept.
    private static func periods(_ database: Database) throws {
        let rows = PeriodRows(database)
        let open = try rows.earliestOpen()
        try rows.verifyClosed(before: open)
        try rows.verifyOpen(from: open)
        _ = try CutRows(database).begun()
        try KeptRows(database, Roster(database)).verify(before: open, held: nil)
    }

    private static func holdings(_ database: Database) throws {
        let open = try PeriodRows(database).earliestOpen()
        try Prepared(database, "SELECT member, period, bytes FROM holdings").forEach { row in
            try HoldingsSum.withContent(of: row, before: open, database) { _, _ in }
        }
    }

    /// Those of whom the audit says so, and no other; and what was redacted for them.
    private static func forgotten(_ database: Database) throws {
        try ForgottenRows(database).verify()
        try RedactionRows(database).verify()
    }

    private static func settlements(_ database: Database) throws {
        try Prepared(database, "SELECT \(SettlementChunk.columns) FROM settlements").forEach { row in
            try SettlementChunk.withContent(of: row) { _ in }
        }
    }
}
