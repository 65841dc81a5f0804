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

/// The close that is at work or was interrupted, if any. Its table has one row from the founding on, so that one that was
/// taken away is told.
struct CutRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Says that no close has begun, from the founding on, or that the one that had is over.
    func clear() throws {
        let none = Cut(
            period: 0, at: Instant(milliseconds: 0), forced: false, alliance: 1, lastBatch: 0, lastRecord: 0,
            lastBooking: 0)
        try write(none, failed: false, begun: false)
    }

    func present() throws -> Cut? {
        let (cut, _, begun) = try row()
        return begun ? cut : nil
    }

    /// Throws `StoreTrouble` where the row is not as it was written, or is gone.
    private func row() throws -> (cut: Cut, failed: Bool, begun: Bool) {
        let query = try Prepared(database, "SELECT \(Self.columns), sum FROM cuts")
        let found = try query.first { row in
            let numbers = (0..<9).map { row.integer($0) }
            guard RowSum.of(numbers) == row.integer(9), (0..<PeriodRows.bound).contains(numbers[0]) else {
                throw StoreTrouble.damaged("cuts", "its row, of period \(numbers[0])")
            }
            let cut = Cut(
                period: Int(numbers[0]), at: Instant(milliseconds: numbers[1]), forced: numbers[2] != 0,
                alliance: numbers[3], lastBatch: numbers[4], lastRecord: numbers[5], lastBooking: numbers[6])
            return (cut, numbers[7] != 0, numbers[8] != 0)
        }
        guard let found else {
            throw StoreTrouble.damaged("cuts", "its row", "it is not there: a close may have begun")
        }
        return found
    }

    private static let columns =
        "period, at, forced, alliance, last_batch, last_record, last_booking, failed, begun"

    /// A period's cut as it would be now: behind all that is stored.
    func now(_ period: Int, at instant: Instant, forced: Bool) throws -> Cut {
        Cut(
            period: period, at: instant, forced: forced, alliance: try AllianceRows(database).version(),
            lastBatch: try last("batch", of: "batches"),
            lastRecord: try RecordChunks.lastNumber(database).value,
            lastBooking: try last("booking", of: "bookings"))
    }

    /// Puts a cut in the place of the one that was.
    func set(_ cut: Cut) throws { try write(cut, failed: false, begun: true) }

    private func write(_ cut: Cut, failed: Bool, begun: Bool) throws {
        try Prepared(database, "DELETE FROM cuts").run()
        let numbers = [
            Int64(cut.period), cut.at.milliseconds, cut.forced ? 1 : 0, cut.alliance, cut.lastBatch,
            cut.lastRecord, cut.lastBooking, failed ? 1 : 0, begun ? 1 : 0,
        ]
        let insert = try Prepared(
            database, "INSERT INTO cuts (\(Self.columns), sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (place, number) in numbers.enumerated() { insert.bind(Int32(place + 1), number) }
        insert.bind(10, RowSum.of(numbers))
        try insert.run()
    }

    /// The cut with which a close that was begun goes on: as it was, but under the version of the alliance that is in
    /// force now where a check has forbidden the close since.
    func goingOn() throws -> Cut? {
        let (cut, failed, begun) = try row()
        guard begun else { return nil }
        guard failed else { return cut }
        return Cut(
            period: cut.period, at: cut.at, forced: cut.forced,
            alliance: try AllianceRows(database).version(),
            lastBatch: cut.lastBatch, lastRecord: cut.lastRecord, lastBooking: cut.lastBooking)
    }

    /// Notes that a check has forbidden the close.
    func fail() throws {
        if let cut = try present() { try write(cut, failed: true, begun: true) }
    }

    func hasFailed() throws -> Bool {
        let (_, failed, begun) = try row()
        return begun && failed
    }

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
