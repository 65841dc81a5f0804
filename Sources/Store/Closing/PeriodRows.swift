import GRDB
import Settlement

/// The closed periods.
struct PeriodRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// The ordinal of the earliest open period.
    func earliestOpen() throws -> Int {
        Int(
            try Prepared(database, "SELECT coalesce(max(period), -1) + 1 FROM periods").first {
                $0.integer(0)
            }
                ?? 0)
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

    /// The last batch that is stored: what a close that begins now looks at ends with it.
    func lastBatch() throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(batch), 0) FROM batches").first { $0.integer(0) } ?? 0
    }

    /// Notes that a period is closed, with the batches through `lastBatch`.
    func add(
        _ period: Period, at instant: Instant, forced: Bool, alliance version: Int64, lastBatch: Int64,
        records: RecordCounts
    ) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO periods (period, id, starts, ends, closed, forced, alliance, last_batch,
                settled, pending, refused, late)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, period.ordinal)
        insert.bind(2, period.id)
        insert.bind(3, period.start.milliseconds)
        insert.bind(4, period.end.milliseconds)
        insert.bind(5, instant.milliseconds)
        insert.bind(6, forced)
        insert.bind(7, version)
        insert.bind(8, lastBatch)
        insert.bind(9, records.settled)
        insert.bind(10, records.pending)
        insert.bind(11, records.refused)
        insert.bind(12, records.late)
        try insert.run()
    }
}
