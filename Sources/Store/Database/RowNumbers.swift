import GRDB

/// Tables whose rows are numbered 1, 2, 3 … in the order in which they were written.
enum RowNumbers {
    /// The number after the last one; 1 of an empty table.
    static func next(_ column: String, of table: String, _ database: Database) throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(\(column)), 0) + 1 FROM \(table)").first { $0.integer(0) }
            ?? 1
    }
}

/// Finds out which rows of such a table, of which none is ever taken away, are not as they were written, or are gone. They are looked at in the order of
/// their numbers.
struct ChangedRows {
    /// Of rows that are gone side by side, so many are told: the first ones.
    static let mostGone = 1_000

    private var numbers: Set<Int64> = []
    private var last: Int64 = 0

    mutating func look(at number: Int64, isWhole: Bool) {
        guard isWhole else {
            // Its number may have been changed too: it does not tell which are gone before it.
            numbers.insert(number)
            return
        }
        noteGone(before: number)
        last = max(last, number)
    }

    /// The numbers of those that were found, of a table that had `count` rows at least.
    mutating func found(of count: Int64) -> [Int64] {
        noteGone(before: count &+ 1)
        return numbers.sorted()
    }

    private mutating func noteGone(before number: Int64) {
        guard number > last else { return }
        numbers.formUnion((last..<number).dropFirst().prefix(Self.mostGone))
    }
}
