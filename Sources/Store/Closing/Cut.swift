import GRDB
public import Settlement

/// Where in the order of arrival a period ended that is being closed: what came before is settled by this close, what
/// comes later belongs to later periods. So a close is as if it had been made in that instant, however long it takes
/// and however often it is begun. Rulebook §4.
struct Cut: Hashable, Sendable {
    /// The ordinal of the period.
    let period: Int
    /// When its close began.
    let at: Instant
    /// Whether that was before the period's end and grace.
    let forced: Bool
    /// The version of the alliance in force. A later one may take its place, which says the same of the period, or
    /// was applied because the close failed.
    let alliance: Int64
    /// The numbers of the last batch, the last record and the last booking that were stored; 0: none.
    let lastBatch: Int64
    let lastRecord: Int64
    let lastBooking: Int64
}

/// The close that is at work or was interrupted, if any.
struct CutRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func present() throws -> Cut? {
        let query = try Prepared(
            database,
            "SELECT period, at, forced, alliance, last_batch, last_record, last_booking FROM cuts")
        return try query.first { row in
            guard (0..<PeriodRows.bound).contains(row.integer(0)) else {
                throw StoreTrouble.damaged("cuts", "its row", "it is of period \(row.integer(0))")
            }
            return Cut(
                period: Int(row.integer(0)), at: Instant(milliseconds: row.integer(1)),
                forced: row.integer(2) != 0, alliance: row.integer(3), lastBatch: row.integer(4),
                lastRecord: row.integer(5), lastBooking: row.integer(6))
        }
    }

    /// A period's cut as it would be now: behind all that is stored.
    func now(_ period: Int, at instant: Instant, forced: Bool) throws -> Cut {
        Cut(
            period: period, at: instant, forced: forced, alliance: try AllianceRows(database).version(),
            lastBatch: try last("batch", of: "batches"),
            lastRecord: try RecordChunks.lastNumber(database).value,
            lastBooking: try last("booking", of: "bookings"))
    }

    func add(_ cut: Cut) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO cuts (period, at, forced, alliance, last_batch, last_record, last_booking, failed)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0)
            """)
        insert.bind(1, cut.period)
        insert.bind(2, cut.at.milliseconds)
        insert.bind(3, cut.forced)
        insert.bind(4, cut.alliance)
        insert.bind(5, cut.lastBatch)
        insert.bind(6, cut.lastRecord)
        insert.bind(7, cut.lastBooking)
        try insert.run()
    }

    /// The cut with which a close that was begun goes on: as it was, but under the version of the alliance that is in
    /// force now where a check has forbidden the close since.
    func goingOn() throws -> Cut? {
        guard let cut = try present(), try hasFailed() else { return try present() }
        return Cut(
            period: cut.period, at: cut.at, forced: cut.forced,
            alliance: try AllianceRows(database).version(),
            lastBatch: cut.lastBatch, lastRecord: cut.lastRecord, lastBooking: cut.lastBooking)
    }

    /// Puts such a cut in the place of the one that was.
    func renew(_ cut: Cut) throws {
        let update = try Prepared(database, "UPDATE cuts SET alliance = ?, failed = 0")
        update.bind(1, cut.alliance)
        try update.run()
    }

    /// Notes that a check has forbidden the close.
    func fail() throws { try Prepared(database, "UPDATE cuts SET failed = 1").run() }

    func hasFailed() throws -> Bool {
        try Prepared(database, "SELECT failed FROM cuts").first { $0.integer(0) != 0 } ?? false
    }

    func remove() throws { try Prepared(database, "DELETE FROM cuts").run() }

    private func last(_ column: String, of table: String) throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(\(column)), 0) FROM \(table)").first { $0.integer(0) }
            ?? 0
    }
}

/// A close that has begun and has not ended.
public struct UnfinishedClose: Hashable, Sendable {
    /// The ordinal of the period.
    public let period: Int
    /// When it began: what came since belongs to later periods.
    public let since: Instant
    /// Whether it began before the period's end and grace.
    public let forced: Bool
}

extension Store {
    /// The close that is at work or was interrupted, if any; the next close goes on with it.
    public func unfinishedClose() throws -> UnfinishedClose? {
        try reading("look for an unfinished close") { database in
            try CutRows(database).present().map {
                UnfinishedClose(period: $0.period, since: $0.at, forced: $0.forced)
            }
        }
    }
}
