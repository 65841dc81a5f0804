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

    /// Notes that a close has begun: it is there for others only once its transaction is done.
    func begin(_ period: Period, at instant: Instant, forced: Bool, alliance version: Int64) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO periods (period, id, starts, ends, closed, forced, alliance, last_batch,
                settled, pending, refused, late)
            VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(batch), 0) FROM batches), 0, 0, 0, 0)
            """)
        insert.bind(1, period.ordinal)
        insert.bind(2, period.id)
        insert.bind(3, period.start.milliseconds)
        insert.bind(4, period.end.milliseconds)
        insert.bind(5, instant.milliseconds)
        insert.bind(6, forced)
        insert.bind(7, version)
        try insert.run()
    }

    func finish(_ period: Int, records: RecordCounts) throws {
        let update = try Prepared(
            database, "UPDATE periods SET settled = ?, pending = ?, refused = ?, late = ? WHERE period = ?")
        update.bind(1, records.settled)
        update.bind(2, records.pending)
        update.bind(3, records.refused)
        update.bind(4, records.late)
        update.bind(5, period)
        try update.run()
    }
}
