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

    func present() throws -> Cut? { try row()?.cut }

    /// Throws `StoreTrouble` where the row is not as it was written.
    private func row() throws -> (cut: Cut, failed: Bool)? {
        let query = try Prepared(database, "SELECT \(Self.columns), sum FROM cuts")
        return try query.first { row in
            let numbers = (0..<8).map { row.integer($0) }
            guard RowSum.of(numbers) == row.integer(8), (0..<PeriodRows.bound).contains(numbers[0]) else {
                throw StoreTrouble.damaged("cuts", "its row, of period \(numbers[0])")
            }
            let cut = Cut(
                period: Int(numbers[0]), at: Instant(milliseconds: numbers[1]), forced: numbers[2] != 0,
                alliance: numbers[3], lastBatch: numbers[4], lastRecord: numbers[5], lastBooking: numbers[6])
            return (cut, numbers[7] != 0)
        }
    }

    private static let columns =
        "period, at, forced, alliance, last_batch, last_record, last_booking, failed"

    /// A period's cut as it would be now: behind all that is stored.
    func now(_ period: Int, at instant: Instant, forced: Bool) throws -> Cut {
        Cut(
            period: period, at: instant, forced: forced, alliance: try AllianceRows(database).version(),
            lastBatch: try last("batch", of: "batches"),
            lastRecord: try RecordChunks.lastNumber(database).value,
            lastBooking: try last("booking", of: "bookings"))
    }

    /// Puts a cut in the place of the one that was, if any.
    func set(_ cut: Cut, failed: Bool = false) throws {
        try remove()
        let numbers = [
            Int64(cut.period), cut.at.milliseconds, cut.forced ? 1 : 0, cut.alliance, cut.lastBatch,
            cut.lastRecord, cut.lastBooking, failed ? 1 : 0,
        ]
        let insert = try Prepared(
            database, "INSERT INTO cuts (\(Self.columns), sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (place, number) in numbers.enumerated() { insert.bind(Int32(place + 1), number) }
        insert.bind(9, RowSum.of(numbers))
        try insert.run()
    }

    /// The cut with which a close that was begun goes on: as it was, but under the version of the alliance that is in
    /// force now where a check has forbidden the close since.
    func goingOn() throws -> Cut? {
        guard let (cut, failed) = try row() else { return nil }
        guard failed else { return cut }
        return Cut(
            period: cut.period, at: cut.at, forced: cut.forced,
            alliance: try AllianceRows(database).version(),
            lastBatch: cut.lastBatch, lastRecord: cut.lastRecord, lastBooking: cut.lastBooking)
    }

    /// Notes that a check has forbidden the close.
    func fail() throws {
        if let cut = try present() { try set(cut, failed: true) }
    }

    func hasFailed() throws -> Bool { try row()?.failed ?? false }

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
