import GRDB
import Settlement

/// What closes have kept, counted and added up. It stands with the period, so that the next close tells what went, came
/// or changed since: rows that bear a sum of their own tell a change, and none of them tells that another is gone.
struct KeptSums: Hashable, Sendable {
    /// The rows of `settlements` that the close wrote.
    var settlementRows: Int64 = 0
    /// Of the rows of `outcomes` that it wrote, the sums of each added up.
    var outcomeSum: Int64 = 0
    /// What all members hold after it.
    var held = HeldSums()
    /// Of the batches up to its cut, the sums of each added up.
    var batchSum: Int64 = 0
}

/// The rows of `holdings` that count and hold anything: how many there are, and their sums added up.
struct HeldSums: Hashable, Sendable {
    var holders: Int64 = 0
    var sum: Int64 = 0

    /// Of one row by its sum.
    init(of row: UInt64) {
        holders = 1
        sum = Int64(bitPattern: row)
    }

    init(holders: Int64 = 0, sum: Int64 = 0) {
        self.holders = holders
        self.sum = sum
    }

    mutating func add(_ other: HeldSums) {
        holders &+= other.holders
        sum &+= other.sum
    }

    mutating func remove(_ other: HeldSums) {
        holders &-= other.holders
        sum &-= other.sum
    }
}

/// Holds what closes have kept against what they said of it.
struct KeptRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// Closes whose rows are counted again by each that follows, and how many closes share those of older ones: so a
    /// close costs no more after years. `rederive` looks at all.
    private static let recent = 16

    /// Throws `StoreTrouble` unless what the closes before `open` kept is there and as it was: what the recent ones wrote
    /// and a share of the older ones; `held` is what all members held, nil where nobody looked. It names the first record
    /// that differs, where what is left tells it.
    func verify(before open: Int, held: HeldSums?) throws {
        let closed = try PeriodRows(database).all().filter { $0.ordinal < open }
        let expected = closed.last?.kept.held ?? HeldSums()
        if let held, held != expected {
            throw StoreTrouble.damaged(
                "holdings", "all rows",
                (held.holders == expected.holders
                    ? "\(held.holders) members hold anything, but not what the last close left them"
                    : "\(held.holders) members hold anything, the last close left \(expected.holders)")
                    + first(try? FailedRecord(database, roster, before: open).strangeLot()))
        }
        for period in closed
        where period.ordinal >= open - Self.recent || period.ordinal % Self.recent == open % Self.recent {
            try requireSettlements(of: period)
            guard try outcomeSum(of: period.ordinal) == period.kept.outcomeSum else {
                throw StoreTrouble.damaged(
                    "outcomes", "period \(period.ordinal)",
                    "its rows are not those that its close wrote"
                        + first(
                            try? FailedRecord(database, roster, before: period.ordinal + 1).strayOutcome()))
            }
        }
    }

    /// Throws `StoreTrouble` unless as many rows of `settlements` are there as the period's close wrote.
    func requireSettlements(of period: ClosedRow) throws {
        let found = try settlementRows(of: period.ordinal)
        guard found == period.kept.settlementRows else {
            throw StoreTrouble.damaged(
                "settlements", "period \(period.ordinal)",
                "there are \(found) rows, its close wrote \(period.kept.settlementRows)")
        }
    }

    private func first(_ record: CloseFailure.RecordName?) -> String {
        record.map { "; the first that differs is of record \($0)" } ?? ""
    }

    private func settlementRows(of period: Int) throws -> Int64 {
        let query = try Prepared(database, "SELECT count(*) FROM settlements WHERE period = ?")
        query.bind(1, period)
        return try query.first { $0.integer(0) } ?? 0
    }

    private func outcomeSum(of period: Int) throws -> Int64 {
        let query = try Prepared(
            database,
            "SELECT period, record, attempts, missing, state, code FROM outcomes WHERE period = ?")
        query.bind(1, period)
        var sum: Int64 = 0
        try query.forEach { row in
            sum &+= Self.sum(
                period: row.integer(0), record: row.integer(1), attempts: row.integer(2),
                missing: row.integerOrNil(3), state: row.text(4), code: row.textOrNil(5))
        }
        return sum
    }

    /// The sum of one row of `outcomes`.
    static func sum(
        period: Int64, record: Int64, attempts: Int64, missing: Int64?, state: String, code: String?
    ) -> Int64 {
        RowSum.of([period, record, attempts, missing ?? -1], [state, code ?? ""])
    }
}
