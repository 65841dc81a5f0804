/// A statement as a person reads it: aligned columns, money with the currency's digits, thousands apart.
public struct StatementText: Sendable {
    private let statement: StatementDocument
    /// The merchant's name, where it is known; the document has only the id.
    private let name: String?

    public init(_ statement: StatementDocument, name: String?) {
        self.statement = statement
        self.name = name
    }

    /// The whole text, with a line end at its end. A part that has nothing to say is left out.
    public var text: String {
        let parts = [
            heading, balance, lines, points, flows, records, exceptions, batches, missing, footing,
        ]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
            + "\n"
    }

    private func money(_ amount: Int64) -> String {
        Figures.money(amount, exponent: statement.currency.exponent)
    }

    private var heading: [String] {
        let merchant = name.map { "\($0) (\(statement.merchant))" } ?? statement.merchant
        let period = statement.period
        return [
            "Statement \(statement.number) of \(merchant) for \(period.id), alliance \(statement.alliance)",
            "from \(period.start) to \(period.end) (excluded), \(period.timezone)",
            "Amounts in \(statement.currency.code); positive is owed to the merchant, negative owed by it.",
        ]
    }

    private var balance: [String] {
        var table = TextTable(.left(""), .right(""))
        table.add("opening", money(statement.balance.opening))
        table.add("activity", money(statement.balance.activity))
        table.add("payments", money(statement.balance.payments))
        table.sum("closing", money(statement.balance.closing))
        return ["Balance"] + table.lines
    }

    private var lines: [String] {
        guard !statement.lines.isEmpty else { return ["Lines: none"] }
        var table = TextTable(
            .left("line"), .left("counterparty"), .right("price"), .right("rate"), .left("reference"),
            .right("points"), .right("amount"))
        for line in statement.lines {
            table.add(
                line.kind, line.counterparty ?? "", line.price ?? "", line.rate ?? "", line.reference ?? "",
                line.points.map(Figures.count) ?? "", money(line.amount))
        }
        table.sum("activity", "", "", "", "", "", money(statement.balance.activity))
        return ["Lines"] + table.lines
    }

    private var points: [String] {
        let points = statement.points
        var table = TextTable(.left(""), .right(""))
        table.add("opening", Figures.count(points.opening))
        table.add("issued", Figures.count(points.issued))
        table.add("reversed", Figures.count(-points.reversed))
        table.add("redeemed", Figures.count(-points.redeemed))
        table.add("restored", Figures.count(points.restored))
        table.add("expired", Figures.count(-points.expired))
        table.sum("closing", Figures.count(points.closing))
        return ["Points it issued that members hold"] + table.lines
    }

    private var flows: [String] {
        guard !statement.flows.isEmpty else { return [] }
        var table = TextTable(.left("issuer"), .left("redeemer"), .right("points"))
        for flow in statement.flows { table.add(flow.issuer, flow.redeemer, Figures.count(flow.points)) }
        return ["Points spent, less those given back"] + table.lines
    }

    private var records: [String] {
        let records = statement.records
        let late = records.late > 0 ? " (\(Figures.count(records.late)) late)" : ""
        return [
            "Records it reported: \(Figures.count(records.settled)) settled\(late), "
                + "\(Figures.count(records.pending)) pending, \(Figures.count(records.refused)) refused"
        ]
    }

    private var exceptions: [String] {
        guard !statement.exceptions.isEmpty else { return [] }
        var table = TextTable(
            .left("record"), .left("type"), .left("state"), .left("code"), .right("missing"))
        for exception in statement.exceptions {
            table.add(
                exception.id, exception.type, exception.state, exception.code,
                exception.points.map(Figures.count) ?? "")
        }
        return ["Records that did not simply settle"] + table.lines
    }

    private var batches: [String] {
        guard !statement.batches.isEmpty else { return ["Batches since the previous statement: none"] }
        var table = TextTable(
            .left("signer"), .left("batch"), .right("sequence"), .right("records"), .right("accepted"),
            .right("duplicates"), .right("refused"))
        for batch in statement.batches {
            table.add(
                batch.signer, batch.batch, Figures.count(batch.sequence), Figures.count(batch.records),
                Figures.count(batch.accepted), Figures.count(batch.duplicates), Figures.count(batch.refused))
        }
        return ["Batches since the previous statement"] + table.lines
    }

    private var missing: [String] {
        guard !statement.missingSequences.isEmpty else { return [] }
        var table = TextTable(.left("signer"), .right("sequence"))
        for missing in statement.missingSequences {
            table.add(missing.signer, Figures.count(missing.sequence))
        }
        return ["Sequence numbers still missing"] + table.lines
    }

    private var footing: [String] {
        [
            "Details: \(Figures.count(statement.details.rows)) rows, \(statement.details.digest)",
            "Previous statement: \(statement.previous ?? "none")",
        ]
    }
}
