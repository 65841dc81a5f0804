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
            "INSERT INTO bank_files (file, form, digest, imported, person, lines, sum) VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        insert.bind(1, file.number)
        insert.bind(2, file.form.rawValue)
        insert.bind(3, file.digest.bytes)
        insert.bind(4, file.imported.milliseconds)
        insert.bind(5, file.person)
        insert.bind(6, file.lines)
        insert.bind(7, Self.sum(file))
        try insert.run()
    }

    private static func sum(_ file: StoredBankFile) -> Int64 {
        RowSum.of(
            [file.number, file.imported.milliseconds, file.lines], [file.form.rawValue, file.person.text],
            bytes: file.digest.bytes)
    }

    /// By number. Throws `StoreTrouble` where a row is not as it was written, or one is gone that others tell of.
    func files() throws -> [StoredBankFile] {
        let query = try Prepared(
            database,
            "SELECT file, form, digest, imported, person, lines, sum FROM bank_files ORDER BY file")
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            guard row.integer(0) == last else { throw Self.gone("bank_files", last) }
            guard let form = BankStatement.Form(rawValue: row.text(1)),
                let digest = SHA256Digest(bytes: row.bytes(2))
            else { throw StoreTrouble.damaged("bank_files", "row \(last)") }
            let file = StoredBankFile(
                number: last, form: form, digest: digest, imported: row.instant(3), person: row.identifier(4),
                lines: row.integer(5))
            guard Self.sum(file) == row.integer(6) else {
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
            INSERT INTO bank_lines (line, file, place, amount, date, reference, end_to_end, ordered_group, account,
                creditor_reference, returned, name, text, fault, entry, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let (numbers, texts) = Self.columns(of: line, number: number, of: file)
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        for (index, text) in texts.enumerated() { insert.bind(Int32(index + 6), text) }
        insert.bind(15, line.entry.bytes)
        insert.bind(16, RowSum.of(columns: numbers, texts, bytes: line.entry.bytes))
        try insert.run()
    }

    private static func columns(of line: BankLine, number: Int64, of file: Int64) -> ([Int64], [String?]) {
        (
            [number, file, Int64(line.place), line.amount.minorUnits, Int64(line.date.dayNumber)],
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
            SELECT line, file, place, amount, date, reference, end_to_end, ordered_group, account,
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
        try BankTail(database).verify()
        return lines
    }

    private static func line(_ row: Prepared, _ number: Int64) throws -> BankLine {
        let damage = StoreTrouble.damaged("bank_lines", "row \(number)")
        let sum = RowSum.of(
            columns: (0..<5).map { row.integerOrNil($0) }, (5..<14).map { row.textOrNil($0) },
            bytes: row.bytes(14))
        guard sum == row.integer(15), let entry = SHA256Digest(bytes: row.bytes(14)) else { throw damage }
        return BankLine(
            entry: entry, place: Int(row.integer(2)), reference: row.text(5), amount: Money(row.integer(3)),
            date: LocalDate(dayNumber: Int(row.integer(4))), endToEnd: row.textOrNil(6),
            group: row.textOrNil(7), account: row.textOrNil(8), creditorReference: row.textOrNil(9),
            returned: row.textOrNil(10), name: row.textOrNil(11), text: row.text(12), fault: row.textOrNil(13)
        )
    }
}
