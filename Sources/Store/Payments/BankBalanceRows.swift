import GRDB
import Settlement

/// The table of what statements say that their accounts held, at their end and before. Rows are numbered without a gap, bear
/// sums, and never change.
struct BankBalanceRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Those of statements that say their end.
    func add(_ balances: [StatementBalances], file: Int64) throws {
        for balances in balances {
            guard let closing = balances.closing else { continue }
            let insert = try Prepared(
                database,
                "INSERT INTO bank_balances (balance, file, closing, opening, account, sum) VALUES (?, ?, ?, ?, ?, ?)"
            )
            let number = try RowNumbers.next("balance", of: "bank_balances", database)
            let numbers = [number, file, closing.minorUnits, balances.opening?.minorUnits]
            for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
            insert.bind(5, balances.account)
            insert.bind(6, RowSum.of(columns: numbers, [balances.account]))
            try insert.run()
        }
    }

    /// What each account held at both ends of its statements, by account, in the order in which they were imported. Throws
    /// `StoreTrouble` where a row is not as it was written, or a file has not as many as it brought.
    func all(of files: [StoredBankFile]) throws -> [String: [StatementBalances]] {
        let query = try Prepared(
            database,
            "SELECT balance, file, closing, opening, account, sum FROM bank_balances ORDER BY balance")
        var (last, counts, balances): (Int64, [Int64: Int64], [String: [StatementBalances]]) = (0, [:], [:])
        try query.forEach { row in
            last += 1
            let numbers = (0..<4).map { row.integerOrNil($0) }
            guard numbers[0] == last else {
                throw StoreTrouble.damaged("bank_balances", "row \(last)", "it is not there")
            }
            guard RowSum.of(columns: numbers, [row.text(4)]) == row.integer(5) else {
                throw StoreTrouble.damaged("bank_balances", "row \(last)")
            }
            counts[row.integer(1), default: 0] += 1
            balances[row.text(4), default: []].append(
                StatementBalances(
                    account: row.text(4), opening: numbers[3].map { Money($0) },
                    closing: Money(row.integer(2))))
        }
        if let file = files.first(where: { $0.balances != counts.removeValue(forKey: $0.number) ?? 0 }) {
            throw StoreTrouble.damaged(
                "bank_balances", "those of file \(file.number)", "they are not as many as it brought")
        }
        if let file = counts.keys.min() {
            throw StoreTrouble.damaged("bank_files", "row \(file)", "it is not there")
        }
        return balances
    }
}
