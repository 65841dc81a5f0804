import GRDB
import Settlement
import Signing

/// The tables of what a bank booked. Rows are numbered without a gap, bear sums, and never change.
struct BankRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    // MARK: Files

    func add(_ file: StoredBankFile) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bank_files (file, form, digest, imported, person, lines, balances, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, file.number)
        insert.bind(2, file.form.rawValue)
        insert.bind(3, file.digest.bytes)
        insert.bind(4, file.imported.milliseconds)
        insert.bind(5, file.person)
        insert.bind(6, file.lines)
        insert.bind(7, file.balances)
        insert.bind(8, Self.sum(file))
        try insert.run()
    }

    private static func sum(_ file: StoredBankFile) -> Int64 {
        RowSum.of(
            [file.number, file.imported.milliseconds, file.lines, file.balances],
            [file.form.rawValue, file.person.text],
            bytes: file.digest.bytes)
    }

    /// By number. Throws `StoreTrouble` where a row is not as it was written, or one is gone that others tell of.
    func files() throws -> [StoredBankFile] {
        let query = try Prepared(
            database,
            "SELECT file, form, digest, imported, person, lines, balances, sum FROM bank_files ORDER BY file")
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            guard row.integer(0) == last else { throw Self.gone("bank_files", last) }
            guard let form = BankStatement.Form(rawValue: row.text(1)),
                let digest = SHA256Digest(bytes: row.bytes(2))
            else { throw StoreTrouble.damaged("bank_files", "row \(last)") }
            let file = StoredBankFile(
                number: last, form: form, digest: digest, imported: row.instant(3), person: row.identifier(4),
                lines: row.integer(5), balances: row.integer(6))
            guard Self.sum(file) == row.integer(7) else {
                throw StoreTrouble.damaged("bank_files", "row \(last)")
            }
            return file
        }
    }

    private static func gone(_ table: String, _ row: Int64) -> StoreTrouble {
        .damaged(table, "row \(row)", "it is not there")
    }

    // MARK: Lines

    func add(_ line: BankLine, number: Int64, of file: Int64) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bank_lines (line, file, place, amount, date, charges, reference, end_to_end, ordered_group,
                account, creditor_reference, returned, name, text, fault, entry, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let (numbers, texts) = Self.columns(of: line, number: number, of: file)
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        for (index, text) in texts.enumerated() { insert.bind(Int32(index + 7), text) }
        insert.bind(16, line.entry.bytes)
        insert.bind(17, RowSum.of(columns: numbers, texts, bytes: line.entry.bytes))
        try insert.run()
    }

    private static func columns(of line: BankLine, number: Int64, of file: Int64) -> ([Int64?], [String?]) {
        (
            [
                number, file, Int64(line.place), line.amount.minorUnits, Int64(line.date.dayNumber),
                line.charges?.minorUnits,
            ],
            [
                line.reference, line.endToEnd, line.group, line.account, line.creditorReference,
                line.returned,
                line.name, line.text, line.fault,
            ]
        )
    }

    /// By number, each with what was ever done for it. Throws `StoreTrouble` where a row is not as it was written, or one is
    /// gone that others tell of.
    func lines() throws -> [StoredBankLine] {
        let files = try files()
        var matches = Dictionary(grouping: try BankMatchRows(database, roster).all(), by: \.line)
        var (last, counts): (Int64, [Int64: Int64]) = (0, [:])
        let query = try Prepared(
            database,
            """
            SELECT line, file, place, amount, date, charges, reference, end_to_end, ordered_group, account,
                creditor_reference, returned, name, text, fault, entry, sum
            FROM bank_lines ORDER BY line
            """)
        let lines = try query.all { row in
            last += 1
            guard row.integer(0) == last else { throw Self.gone("bank_lines", last) }
            counts[row.integer(1), default: 0] += 1
            let line = try Self.line(row, last)
            return StoredBankLine(
                number: last, file: row.integer(1), line: line,
                matches: matches.removeValue(forKey: last) ?? [])
        }
        if let number = matches.keys.min() { throw Self.gone("bank_lines", number) }
        if let file = files.first(where: { $0.lines != counts.removeValue(forKey: $0.number) ?? 0 }) {
            throw StoreTrouble.damaged(
                "bank_lines", "those of file \(file.number)", "they are not as many as it brought")
        }
        if let file = counts.keys.min() { throw Self.gone("bank_files", file) }
        _ = try BankBalanceRows(database).all(of: files)
        try BankTail(database).verify()
        return lines
    }

    private static func line(_ row: Prepared, _ number: Int64) throws -> BankLine {
        let damage = StoreTrouble.damaged("bank_lines", "row \(number)")
        let sum = RowSum.of(
            columns: (0..<6).map { row.integerOrNil($0) }, (6..<15).map { row.textOrNil($0) },
            bytes: row.bytes(15))
        guard sum == row.integer(16), let entry = SHA256Digest(bytes: row.bytes(15)) else { throw damage }
        return BankLine(
            entry: entry, place: Int(row.integer(2)), reference: row.text(6), amount: Money(row.integer(3)),
            date: LocalDate(dayNumber: Int(row.integer(4))), endToEnd: row.textOrNil(7),
            group: row.textOrNil(8), account: row.textOrNil(9), creditorReference: row.textOrNil(10),
            returned: row.textOrNil(11), name: row.textOrNil(12), text: row.text(13),
            fault: row.textOrNil(14), charges: row.integerOrNil(5).map { Money($0) })
    }
}
