/// Rows of text in aligned columns, for a person to read; East Asian characters take two columns.
struct TextTable {
    enum Alignment: Sendable { case left, right }

    struct Column: Sendable {
        let title: String
        let alignment: Alignment

        static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
        static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []
    /// Positions of the rows that a rule stands before.
    private var ruled: Set<Int> = []

    init(_ columns: Column...) { self.columns = columns }

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row of as many cells as there are columns.
    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has one cell a column")
        rows.append(cells)
    }

    /// Adds a row that sums up those above: a rule stands before it.
    mutating func sum(_ cells: String...) { sum(cells) }

    mutating func sum(_ cells: [String]) {
        ruled.insert(rows.count)
        add(cells)
    }

    /// The lines, indented by two spaces, without spaces at their ends. Columns in which no row has anything
    /// are left out; titles are left out when none has any.
    var lines: [String] {
        let used = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        let widths = used.map { column in
            ([columns[column].title] + rows.map { $0[column] }).map(DisplayWidth.columns).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(used, widths).map { column, width in
                let space = String(repeating: " ", count: width - DisplayWidth.columns(cells[column]))
                return columns[column].alignment == .left ? cells[column] + space : space + cells[column]
            }
            let text = "  " + padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let rule = "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        var lines = columns.contains { !$0.title.isEmpty } ? [line(columns.map(\.title))] : []
        for (number, row) in rows.enumerated() {
            if ruled.contains(number) { lines.append(rule) }
            lines.append(line(row))
        }
        return lines
    }
}

/// Integers as people write them.
enum Figures {
    /// Minor units with the currency's digits, thousands apart: `-1,234.50`; `-1,234` with exponent 0.
    static func money(_ minorUnits: Int64, exponent: Int) -> String {
        var digits = String(minorUnits.magnitude)
        digits = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        let whole = apart(digits.dropLast(exponent))
        let sign = minorUnits < 0 ? "-" : ""
        return exponent == 0 ? sign + whole : "\(sign)\(whole).\(digits.suffix(exponent))"
    }

    /// Minor units with the currency's digits and nothing between thousands, for programs: `-1234.50`.
    static func plain(_ minorUnits: Int64, exponent: Int) -> String {
        money(minorUnits, exponent: exponent).filter { $0 != "," }
    }

    /// A count, thousands apart: `12,000`.
    static func count(_ value: Int64) -> String {
        (value < 0 ? "-" : "") + apart(String(value.magnitude)[...])
    }

    static func apart(_ digits: Substring) -> String {
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
