import GRDB
import Settlement

/// The closed periods.
struct PeriodRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// The ordinal of the earliest open period.
    func earliestOpen() throws -> Int { try lastClosed() + 1 }

    /// The ordinal of the earliest period that a change of the alliance may touch: the earliest that takes what comes,
    /// or the one whose close was begun and failed.
    func earliestChangeable() throws -> Int {
        try CutRows(database).hasFailed() ? earliestOpen() : earliestTaking()
    }

    /// The ordinal of the last closed period; -1 before the first close.
    func lastClosed() throws -> Int {
        let query = try Prepared(database, "SELECT coalesce(max(period), -1) FROM periods")
        let last = try query.first { $0.integer(0) } ?? -1
        guard last < Self.bound else {
            throw StoreTrouble.damaged("periods", "row \(last)", "no alliance lives for so many periods")
        }
        return Int(last)
    }

    /// Throws `StoreTrouble` where a period from `first` on, which counts as open, has a closing or a statement: its
    /// close was done, and what that kept must not be taken for what an unfinished one left.
    func verifyOpen(from first: Int) throws {
        for table in ["closings", "statements"] {
            let query = try Prepared(
                database, "SELECT period FROM \(table) WHERE period >= ? ORDER BY period LIMIT 1")
            query.bind(1, first)
            guard let period = try query.first({ $0.integer(0) }) else { continue }
            throw StoreTrouble.damaged(
                "periods", "period \(period)", "there is no row, and \(table) has one of that period")
        }
    }

    /// More periods than there can be: days of centuries.
    static let bound: Int64 = 100_000

    /// The ordinal of the earliest period that takes what comes now: the earliest open one, or the one after it while
    /// that closes.
    func earliestTaking() throws -> Int {
        if let cut = try CutRows(database).present() { return cut.period + 1 }
        return try earliestOpen()
    }

    /// The last batch that was stored before the period closed; 0 before the first close.
    func lastBatch(before period: Int) throws -> Int64 {
        let query = try Prepared(database, "SELECT last_batch FROM periods WHERE period = ?")
        query.bind(1, period - 1)
        return try query.first { $0.integer(0) } ?? 0
    }

    /// The version of the alliance that was in force when the period closed; nil while it is open.
    func alliance(of period: Int) throws -> Int64? {
        let query = try Prepared(database, "SELECT alliance FROM periods WHERE period = ?")
        query.bind(1, period)
        return try query.first { $0.integer(0) }
    }

    /// Notes that a period is closed, with what had come before its cut and until now.
    func add(_ period: Period, _ cut: Cut, records: RecordCounts) throws {
        let now = try CutRows(database).now(cut.period, at: cut.at, forced: cut.forced)
        let insert = try Prepared(
            database,
            """
            INSERT INTO periods (period, id, starts, ends, closed, forced, alliance, last_batch,
                settled, pending, refused, late, finished_batch)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, period.ordinal)
        insert.bind(2, period.id)
        insert.bind(3, period.start.milliseconds)
        insert.bind(4, period.end.milliseconds)
        insert.bind(5, cut.at.milliseconds)
        insert.bind(6, cut.forced)
        insert.bind(7, cut.alliance)
        insert.bind(8, cut.lastBatch)
        insert.bind(9, records.settled)
        insert.bind(10, records.pending)
        insert.bind(11, records.refused)
        insert.bind(12, records.late)
        insert.bind(13, now.lastBatch)
        try insert.run()
    }
}
