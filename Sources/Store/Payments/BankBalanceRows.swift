import GRDB
import Settlement

/// The table of what statements say that their accounts held at their end. Rows are numbered without a gap, bear sums, and
/// never change.
struct BankBalanceRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func add(_ closing: Money, of account: String, file: Int64) throws {
        let insert = try Prepared(
            database,
            "INSERT INTO bank_balances (balance, file, closing, account, sum) VALUES (?, ?, ?, ?, ?)")
        let number = try RowNumbers.next("balance", of: "bank_balances", database)
        let numbers = [number, file, closing.minorUnits]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        insert.bind(4, account)
        insert.bind(5, RowSum.of(numbers, [account]))
        try insert.run()
    }

    /// What each account held at the end of the last statement that says it, by account. Throws `StoreTrouble` where a row
    /// is not as it was written, or a file has not as many as it brought.
    func all(of files: [StoredBankFile]) throws -> [String: Money] {
        let query = try Prepared(
            database, "SELECT balance, file, closing, account, sum FROM bank_balances ORDER BY balance")
        var (last, counts, closings): (Int64, [Int64: Int64], [String: Money]) = (0, [:], [:])
        try query.forEach { row in
            last += 1
            let numbers = (0..<3).map { row.integer($0) }
            guard numbers[0] == last else {
                throw StoreTrouble.damaged("bank_balances", "row \(last)", "it is not there")
            }
            guard RowSum.of(numbers, [row.text(3)]) == row.integer(4) else {
                throw StoreTrouble.damaged("bank_balances", "row \(last)")
            }
            counts[numbers[1], default: 0] += 1
            closings[row.text(3)] = Money(numbers[2])
        }
        if let file = files.first(where: { $0.balances != counts.removeValue(forKey: $0.number) ?? 0 }) {
            throw StoreTrouble.damaged(
                "bank_balances", "those of file \(file.number)", "they are not as many as it brought")
        }
        if let file = counts.keys.min() {
            throw StoreTrouble.damaged("bank_files", "row \(file)", "it is not there")
        }
        return closings
    }
}
