import Signing

/// A statement as CSV, a column layout of ours: `entry,date,amount,currency` and, where wanted, `end_to_end`, `account`,
/// `name`, `text`, `returned`, `group`, `charges`. Rows of one `entry` are the transactions of a booking that the bank made as one.
struct BankTable {
    static let required = ["entry", "date", "amount", "currency"]
    static let optional = ["end_to_end", "account", "name", "text", "returned", "group", "charges"]

    let currency: Currency

    /// Throws `BankRefusal` with the line.
    func statement(_ bytes: [UInt8]) throws(BankRefusal) -> BankStatement {
        guard bytes.count <= MarkupReader.mostBytes else {
            throw BankRefusal(
                .statementTooLarge, "expected at most \(MarkupReader.mostBytes) bytes, found \(bytes.count)")
        }
        let table: CSVTable
        do throws(CSVRefusal) { table = try CSVTable(parsing: bytes) } catch {
            throw BankRefusal(.statementMalformed, line: error.line, error.reason)
        }
        let columns = try columns(table.rows[0].cells)
        let rows = try table.rows.dropFirst().map { row throws(BankRefusal) in try self.row(row, columns) }
        var (names, lines, place): (EntryNames, [BankLine], Int) = (EntryNames(), [], 0)
        while place < rows.count {
            let count = rows[place...].prefix { $0.reference == rows[place].reference }.count
            let parts = rows[place..<place + count]
            let sum = parts.reduce(Int128(0)) { $0 + Int128($1.amount.minorUnits) }
            let name = names.name(
                account: "", reference: rows[place].reference, date: rows[place].date,
                amount: Money(Int64(clamping: sum)))
            lines += parts.enumerated().map { $1.line(name, $0) }
            place += count
        }
        return BankStatement(form: .csv, accounts: [], lines: lines, pending: 0)
    }

    private func columns(_ cells: [String]) throws(BankRefusal) -> [String: Int] {
        var columns: [String: Int] = [:]
        for (place, name) in cells.enumerated() {
            guard (Self.required + Self.optional).contains(name),
                columns.updateValue(place, forKey: name) == nil
            else {
                throw BankRefusal(
                    .statementUnknown, line: 1,
                    "expected \((Self.required + Self.optional).joined(separator: ",")), each once, found "
                        + PlainText.excerpt(name))
            }
        }
        if let missing = Self.required.first(where: { columns[$0] == nil }) {
            throw BankRefusal(.statementUnknown, line: 1, "column \(missing) is missing")
        }
        return columns
    }

    private struct Row {
        let reference: String
        let date: LocalDate
        let amount: Money
        let charges: Money?
        let texts: [String: String]

        func line(_ name: SHA256Digest, _ place: Int) -> BankLine {
            func kept(_ column: String) -> String? { BankStatement.kept(texts[column]) }
            return BankLine(
                entry: name, place: place, reference: reference, amount: amount, date: date,
                endToEnd: kept("end_to_end"), group: kept("group"),
                account: kept("account")?.filter { $0 != " " },
                creditorReference: kept("text")?.split(separator: " ").map(String.init).first {
                    (try? CreditorReference($0)) != nil
                }, returned: kept("returned"), name: kept("name"), text: kept("text") ?? "", charges: charges)
        }
    }

    private func row(_ row: CSVTable.Row, _ columns: [String: Int]) throws(BankRefusal) -> Row {
        let texts = columns.mapValues { row.cells[$0] }
        func malformed(_ column: String, _ expected: String) -> BankRefusal {
            BankRefusal(
                .entryMalformed, line: row.line,
                "\(column): expected \(expected), found \(PlainText.excerpt(texts[column] ?? ""))")
        }
        guard texts["currency"] == currency.code else {
            throw BankRefusal(
                .currencyForeign, line: row.line,
                "expected \(currency.code), found \(PlainText.excerpt(texts["currency"] ?? ""))")
        }
        guard let reference = BankStatement.kept(texts["entry"]) else {
            throw malformed("entry", "the bank's reference of it")
        }
        guard let date = texts["date"].flatMap({ LocalDate($0) }) else {
            throw malformed("date", "YYYY-MM-DD")
        }
        guard let amount = texts["amount"].flatMap({ currency.money($0) }) else {
            throw malformed("amount", "an amount as \(currency.moneyExample), what was paid out with a minus")
        }
        let charged = texts["charges"].flatMap { $0.isEmpty ? nil : $0 }
        let charges = charged.flatMap { currency.money($0) }
        guard charged == nil || charges.map({ $0 > .zero }) == true else {
            throw malformed("charges", "an amount as \(currency.moneyExample), more than 0")
        }
        return Row(reference: reference, date: date, amount: amount, charges: charges, texts: texts)
    }
}
