/// Rows for a spreadsheet (RFC 4180, LF): amounts in major units with the currency's digits, nothing between
/// thousands. The same in every language.
struct Tabular: Sendable {
    private(set) var text = ""

    init(_ columns: String...) { add(columns) }

    mutating func add(_ cells: [String]) {
        text += cells.map(Self.quoted).joined(separator: ",") + "\n"
    }

    /// A text that somebody chose freely: a spreadsheet takes one that begins as a formula does for one, unless an
    /// apostrophe stands before it.
    static func free(_ text: String) -> String {
        text.first.map { "=+-@".contains($0) } == true ? "'" + text : text
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}

extension StatementDocument {
    /// The lines, one a row; their amounts add up to the activity.
    var linesTable: String {
        var table = Tabular(
            "alliance", "merchant", "period", "statement", "line", "kind", "counterparty", "price", "rate",
            "reference", "points", "amount", "currency")
        for (place, line) in lines.enumerated() {
            table.add([
                alliance, merchant, period.id, "\(number)", "\(place + 1)", line.kind,
                line.counterparty ?? "", line.price ?? "", line.rate ?? "",
                Tabular.free(line.reference ?? ""), line.points.map(String.init) ?? "",
                Figures.plain(line.amount, exponent: currency.exponent), currency.code,
            ])
        }
        return table.text
    }
}

extension ClosingDocument {
    /// The positions, one a row, the operator's last; activities and balances add up to zero.
    var positionsTable: String {
        var table = Tabular("alliance", "period", "closing", "merchant", "activity", "balance", "currency")
        let operatorPosition = ("operator", `operator`.activity, `operator`.closing)
        for (merchant, activity, balance) in positions.map({ ($0.merchant, $0.activity, $0.closing) })
            + [operatorPosition]
        {
            table.add([
                alliance, period.id, "\(number)", merchant,
                Figures.plain(activity, exponent: currency.exponent),
                Figures.plain(balance, exponent: currency.exponent), currency.code,
            ])
        }
        return table.text
    }

    /// The matrix, one pair a row.
    var matrixTable: String {
        var table = Tabular(
            "alliance", "period", "issuer", "redeemer", "points", "charged", "paid", "currency")
        for flow in matrix {
            table.add([
                alliance, period.id, flow.issuer, flow.redeemer, "\(flow.points)",
                Figures.plain(flow.charged, exponent: currency.exponent),
                Figures.plain(flow.paid, exponent: currency.exponent), currency.code,
            ])
        }
        return table.text
    }
}

extension FlowReport {
    /// The course: of each period a row of all merchants' points together, whose merchant is empty, then each one's
    /// activity, payments and balance, the operator's last. The balance before, activity and payments add up to it.
    public var courseTable: String {
        var table = Tabular(
            "alliance", "period", "merchant", "issued", "reversed", "redeemed", "restored", "expired",
            "points", "activity", "payments", "balance", "currency")
        for closing in closings {
            let points = closing.points
            let counts = [
                points.issued, points.reversed, points.redeemed, points.restored, points.expired,
                points.closing,
            ]
            let head = [closing.alliance, closing.period.id]
            table.add(head + [""] + counts.map { "\($0)" } + ["", "", "", closing.currency.code])
            let own = closing.operator
            let positions =
                closing.positions.map {
                    ($0.merchant, [$0.activity, Self.payments(of: $0, in: closing), $0.closing])
                } + [("operator", [own.activity, Self.operatorPayments(in: closing), own.closing])]
            for (merchant, amounts) in positions {
                let money = amounts.map {
                    Figures.plain($0, exponent: closing.currency.exponent)
                }
                table.add(
                    head + [merchant] + counts.map { _ in "" } + money + [closing.currency.code])
            }
        }
        return table.text
    }
}
