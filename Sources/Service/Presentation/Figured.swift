/// Makes the cells of one document's figures, each with the place that it was read from.
struct Figured: Sendable {
    let language: Language
    /// Of the currency: digits of the minor unit.
    let exponent: Int

    func money(_ amount: Int64, _ source: String? = nil) -> Sheet.Cell {
        Sheet.Cell(Figures.money(amount, exponent: exponent), source)
    }

    func count(_ value: Int64, _ source: String? = nil) -> Sheet.Cell {
        Sheet.Cell(Figures.count(value), source)
    }

    func word(_ text: String?, _ source: String? = nil) -> Sheet.Cell {
        text.map { Sheet.Cell($0, source) } ?? ""
    }

    /// A fraction as a percentage, exactly.
    func rate(_ fraction: String?, _ source: String) -> Sheet.Cell {
        fraction.map { Sheet.Cell(Figures.percent($0), source) } ?? ""
    }

    func title(_ phrase: Phrase) -> String { language.say(phrase) }

    func left(_ phrase: Phrase) -> TextTable.Column { .left(title(phrase)) }
    func right(_ phrase: Phrase) -> TextTable.Column { .right(title(phrase)) }

    /// Points as they come to the closing ones: what lessens them bears a minus.
    func points(_ points: StatementDocument.Points, title: Phrase) -> Sheet.Table {
        var table = Sheet.Table(title: self.title(title), columns: [.left(""), .right("")])
        table.isNarrow = true
        let rows: [(Phrase, Int64, String)] = [
            (.opening, points.opening, "opening"), (.issued, points.issued, "issued"),
            (.reversed, -points.reversed, "reversed"), (.redeemed, -points.redeemed, "redeemed"),
            (.restored, points.restored, "restored"), (.expired, -points.expired, "expired"),
        ]
        for (phrase, value, source) in rows {
            table.add(Sheet.Cell(self.title(phrase)), count(value, "points.\(source)"))
        }
        table.add(
            [Sheet.Cell(self.title(.closing)), count(points.closing, "points.closing")], isSum: true)
        return table
    }

    /// What period, in which money: of every document.
    func facts(_ period: StatementDocument.Period, _ currency: StatementDocument.Currency)
        -> [(name: String, cell: Sheet.Cell)]
    {
        [
            (title(.period), Sheet.Cell(period.id, "period.id")),
            (title(.beginning), Sheet.Cell(Figures.clock(period.start), "period.start")),
            (title(.end), Sheet.Cell(Figures.clock(period.end), "period.end")),
            (title(.timeZone), Sheet.Cell(period.timezone, "period.timezone")),
            (title(.currency), Sheet.Cell(currency.code, "currency.code")),
        ]
    }
}

extension Figures {
    /// A fraction in shortest form as a percentage: `0.185` is `18.5%`. Only its digits move.
    static func percent(_ fraction: String) -> String {
        let parts = fraction.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let decimals = (parts.count > 1 ? parts[1] : "").padded(to: 2)
        let whole = (parts[0] + decimals.prefix(2)).drop { $0 == "0" }
        let rest = decimals.dropFirst(2)
        return (whole.isEmpty ? "0" : String(whole)) + (rest.isEmpty ? "" : "." + rest) + "%"
    }

    /// RFC 3339 for reading: `2025-04-01 00:00:00 +02:00`.
    static func clock(_ instant: String) -> String {
        guard instant.count > 19 else { return instant }
        let (clock, offset) = (instant.prefix(19), instant.dropFirst(19))
        return clock.replacing("T", with: " ") + " " + (offset == "Z" ? "UTC" : offset)
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: "0", count: max(0, count - self.count))
    }
}
