/// A closing as the operator reads it: positions, records by state, the journal.
public struct ClosingText: Sendable {
    private let document: ClosingDocument

    /// Reads the bytes of a CLOSING.json; throws `refused` when they are something else.
    public init(bytes: [UInt8], place: String) throws(Failure) {
        document = try ClosingDocument(bytes: bytes, place: place)
    }

    /// The whole text, with a line end at its end.
    public var text: String {
        let (records, intake) = (document.records, document.intake)
        let heading = [
            "Closing \(document.number) of alliance \(document.alliance) for \(document.period.id)",
            "from \(document.period.start) to \(document.period.end) (excluded), \(document.period.timezone)",
            "Records: \(Figures.count(records.settled)) settled, \(Figures.count(records.pending)) pending, "
                + "\(Figures.count(records.refused)) refused",
            "Came in: \(Figures.count(intake.batches)) batches, \(Figures.count(intake.duplicates)) records twice, "
                + "\(Figures.count(intake.refused)) refused at the door",
        ]
        return [heading, positions, journal].map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
            + "\n"
    }

    private func money(_ amount: Int64) -> String {
        Figures.money(amount, exponent: document.currency.exponent)
    }

    private var positions: [String] {
        var table = TextTable(.left("merchant"), .right("activity"), .right("balance"))
        for position in document.positions {
            table.add(position.merchant, money(position.activity), money(position.closing))
        }
        table.sum("operator", money(document.operator.activity), money(document.operator.closing))
        return ["Positions in \(document.currency.code); all of them and the operator's add up to zero"]
            + table.lines
    }

    private var journal: [String] {
        var table = TextTable(
            .left("account"), .right("opening"), .right("debit"), .right("credit"), .right("closing"))
        for row in document.journal {
            table.add(
                row.account, money(row.opening), money(row.debit), money(row.credit), money(row.closing))
        }
        return ["The operator's journal"] + table.lines
    }
}
