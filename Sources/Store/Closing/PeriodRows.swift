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
        let query = try Prepared(database, "SELECT max(period) FROM periods")
        guard let last = try query.first({ $0.integerOrNil(0) }) ?? nil else { return -1 }
        return try Self.ordinal(last, of: "periods", last)
    }

    /// The ordinal of a period that a row of a table names. Throws `StoreTrouble` for a number that none has.
    static func ordinal(_ value: Int64, of table: String, _ row: Int64) throws -> Int {
        guard (0..<bound).contains(value) else {
            throw StoreTrouble.damaged(
                table, "row \(row)", "it is of period \(value), and no alliance has that")
        }
        return Int(value)
    }

    /// Throws `StoreTrouble` unless there is a row of every period before `next`, as its close wrote it.
    func verifyClosed(before next: Int) throws {
        var expected = 0
        for closed in try all() {
            guard closed.ordinal == expected else { throw Self.missing(expected) }
            expected += 1
        }
        guard expected == next else { throw Self.missing(expected) }
    }

    private static func missing(_ period: Int) -> StoreTrouble {
        .damaged("periods", "period \(period)", "there is no row, and later ones have closed")
    }

    /// Throws `StoreTrouble` where a period from `first` on, which counts as open, has a closing or a statement: its
    /// close was done, and what that kept must not be taken for what an unfinished one left.
    func verifyOpen(from first: Int) throws {
        for table in ["closings", "statements"] { try verifyNone(from: first, in: table) }
    }

    private func verifyNone(from first: Int, in table: String) throws {
        let query = try Prepared(
            database, "SELECT period FROM \(table) WHERE period >= ? ORDER BY period LIMIT 1")
        query.bind(1, first)
        guard let period = try query.first({ $0.integer(0) }) else { return }
        throw StoreTrouble.damaged(
            "periods", "period \(period)", "there is no row, and \(table) has one of that period")
    }

    /// More periods than there can be: days of centuries.
    static let bound: Int64 = 100_000

    /// The ordinal of the earliest period that takes what comes now: the earliest open one, or the one after it while
    /// that closes. Throws `StoreTrouble` where another one than that is said to close, or it has a closing: what came
    /// now would be placed in a period that nothing is added to.
    func earliestTaking() throws -> Int {
        let next = try earliestOpen()
        guard let cut = try CutRows(database).present() else {
            try verifyNone(from: next, in: "closings")
            return next
        }
        try CutRows.verify(cut, isOf: next)
        return next + 1
    }

    /// The last batch that was stored before the period closed; 0 before the first close.
    func lastBatch(before period: Int) throws -> Int64 { try closed(period - 1)?.lastBatch ?? 0 }

    /// The version of the alliance that was in force when the period closed; nil while it is open.
    func alliance(of period: Int) throws -> Int64? { try closed(period)?.alliance }

    /// What the close of a period wrote of it; nil while it is open.
    func closed(_ period: Int) throws -> ClosedRow? {
        let query = try Prepared(database, ClosedRow.select + " WHERE period = ?")
        query.bind(1, period)
        return try query.first { try ClosedRow($0) }
    }

    /// The closed periods, in order.
    func all() throws -> [ClosedRow] {
        try Prepared(database, ClosedRow.select + " ORDER BY period").all { try ClosedRow($0) }
    }

    /// Writes down anew what a period's close kept, as it stands since a member has a pseudonym: its rows of
    /// `settlements`, and what all members hold.
    func rewrite(_ kept: KeptSums, of period: Int) throws {
        let query = try Prepared(database, ClosedRow.select + " WHERE period = ?")
        query.bind(1, period)
        guard
            var row = try query.first({ row in
                (numbers: (0..<17).map { row.integer($0) }, id: row.text(18))
            })
        else { throw Self.missing(period) }
        row.numbers[12] = kept.settlementRows
        row.numbers[14] = kept.held.holders
        row.numbers[15] = kept.held.sum
        let update = try Prepared(
            database,
            "UPDATE periods SET (settlement_rows, holders, holdings_sum, sum) = (?, ?, ?, ?) WHERE period = ?"
        )
        update.bind(1, kept.settlementRows)
        update.bind(2, kept.held.holders)
        update.bind(3, kept.held.sum)
        update.bind(4, RowSum.of(row.numbers, [row.id]))
        update.bind(5, period)
        try update.run()
    }

    /// Notes that a period is closed, with what had come before its cut and until now, and what its close kept.
    func add(_ period: Period, _ cut: Cut, records: RecordCounts, kept: KeptSums) throws {
        let now = try CutRows(database).now(cut.period, at: cut.at, forced: cut.forced)
        let numbers: [Int64] = [
            Int64(period.ordinal), period.start.milliseconds, period.end.milliseconds, cut.at.milliseconds,
            cut.forced ? 1 : 0, cut.alliance, cut.lastBatch, now.lastBatch, records.settled, records.pending,
            records.refused, records.late, kept.settlementRows, kept.outcomeSum, kept.held.holders,
            kept.held.sum, kept.batchSum,
        ]
        let insert = try Prepared(
            database,
            """
            INSERT INTO periods (\(ClosedRow.numbers), sum, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for (place, number) in numbers.enumerated() { insert.bind(Int32(place + 1), number) }
        insert.bind(Int32(numbers.count + 1), RowSum.of(numbers, [period.id]))
        insert.bind(Int32(numbers.count + 2), period.id)
        try insert.run()
    }
}

/// A closed period's row, as its close wrote it.
struct ClosedRow {
    /// The columns that the row's sum is of, its id apart.
    static let numbers = """
        period, starts, ends, closed, forced, alliance, last_batch, finished_batch, settled, pending, refused, late,
        settlement_rows, outcome_sum, holders, holdings_sum, batch_sum
        """
    static let select = "SELECT \(numbers), sum, id FROM periods"

    let ordinal: Int
    let at: Instant
    let forced: Bool
    let alliance: Int64
    let lastBatch: Int64
    let records: RecordCounts
    let kept: KeptSums

    /// Reads what `select` finds. Throws `StoreTrouble` where it is not as it was written.
    init(_ row: Prepared) throws {
        let numbers = (0..<17).map { row.integer($0) }
        guard RowSum.of(numbers, [row.text(18)]) == row.integer(17) else {
            throw StoreTrouble.damaged("periods", "row \(numbers[0])")
        }
        ordinal = try PeriodRows.ordinal(numbers[0], of: "periods", numbers[0])
        at = Instant(milliseconds: numbers[3])
        forced = numbers[4] != 0
        alliance = numbers[5]
        lastBatch = numbers[6]
        var records = RecordCounts()
        records.settled = numbers[8]
        records.pending = numbers[9]
        records.refused = numbers[10]
        records.late = numbers[11]
        self.records = records
        kept = KeptSums(
            settlementRows: numbers[12], outcomeSum: numbers[13],
            held: HeldSums(holders: numbers[14], sum: numbers[15]), batchSum: numbers[16])
    }
}
