import Settlement

/// Lays a statement out for its reader. All figures come from the statement's own signed bytes, the course from
/// those of the merchant's earlier statements.
struct StatementSheet {
    let statement: StatementDocument
    let surroundings: StatementSurroundings
    let language: Language
    let proof: ProvenDocument
    /// Up to this one, the latest last, and how many there are in all.
    let course: [StatementDocument]
    let coursePeriods: Int

    var make: Figured { Figured(language: language, exponent: statement.currency.exponent) }
    private var merchantName: String { surroundings.names[statement.merchant] ?? statement.merchant }

    var sheet: Sheet {
        let period = language.name(ofPeriod: statement.period.id)
        var sheet = Sheet(
            language: language, sender: surroundings.allianceName,
            title: language.say(.statementTitle, "\(statement.number)", period), recipient: recipient,
            signs: language.say(.signs), proof: checking,
            running:
                "\(statement.alliance) · \(statement.merchant) · \(statement.period.id) · \(proof.digest)")
        sheet.facts =
            [
                (language.say(.alliance), Sheet.Cell(statement.alliance, "alliance")),
                (language.say(.merchant), Sheet.Cell(statement.merchant, "merchant")),
                (language.say(.number), make.count(statement.number, "number")),
            ] + make.facts(statement.period, statement.currency)
        sheet.headline = headline
        sheet.parts = parts
        return sheet
    }

    private var parts: [Sheet.Part] {
        let meanings = LineWords.meanings(of: statement.lines.map(\.kind), in: language)
        let reasons = ReasonWords.meanings(of: statement.exceptions.map(\.code), in: language)
        var parts: [Sheet.Part] = [
            .table(balance), .table(make.points(statement.points, title: .pointsIssued)), .table(lines),
        ]
        if !surroundings.disputes.isEmpty { parts.append(.table(disputes)) }
        if let trouble = surroundings.disputesTrouble {
            parts.append(
                .sentence(
                    title: language.say(.disputes),
                    language.say(.disputesUnread, language.name(ofRow: trouble))))
        }
        if !meanings.isEmpty { parts.append(.meanings(title: language.say(.meaning), meanings)) }
        if !statement.flows.isEmpty { parts.append(.table(flows)) }
        parts.append(.table(courseTable))
        parts.append(.table(records))
        if !statement.missingSequences.isEmpty { parts.append(.table(missing)) }
        if !statement.exceptions.isEmpty {
            parts += [.table(exceptions), .meanings(title: language.say(.reasonMeaning), reasons)]
        }
        return parts + [.table(batches)]
    }

    private var recipient: [String] {
        var lines = [merchantName] + (surroundings.address?.lines ?? [])
        if let country = surroundings.address?.country { lines.append(language.name(ofCountry: country)) }
        return lines
    }

    private var headline: (name: String, cell: Sheet.Cell, sentence: String) {
        let closing = statement.balance.closing
        let sentence =
            closing == 0
            ? language.say(.owesNothing)
            : language.say(closing < 0 ? .owesAlliance : .owedByAlliance, merchantName)
        let figure = Figures.money(closing, exponent: statement.currency.exponent)
        return (language.say(.balanceThen), Sheet.Cell("\(figure) \(statement.currency.code)"), sentence)
    }

    private var balance: Sheet.Table {
        let amounts = statement.balance
        var table = Sheet.Table(title: language.say(.balance), columns: [.left(""), .right("")])
        table.isNarrow = true
        for (phrase, amount, source) in [
            (Phrase.opening, amounts.opening, "opening"), (.activity, amounts.activity, "activity"),
            (.payments, amounts.payments, "payments"),
        ] {
            table.add(Sheet.Cell(language.say(phrase)), make.money(amount, "balance.\(source)"))
        }
        table.add(
            [Sheet.Cell(language.say(.closing)), make.money(amounts.closing, "balance.closing")], isSum: true)
        return table
    }

    private var lines: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.lines),
            columns: [
                make.left(.lineNumber), make.left(.line), make.left(.counterparty), make.right(.price),
                make.right(.rate), make.left(.reference), make.right(.points),
                .right(language.say(.amount, statement.currency.code)),
            ])
        for (place, line) in statement.lines.enumerated() {
            let source = "lines.\(place)"
            table.add(
                Sheet.Cell("\(place + 1)"), Sheet.Cell(LineWords.name(of: line.kind, in: language)),
                merchant(line.counterparty, "\(source).counterparty"),
                make.word(line.price, "\(source).price"), make.rate(line.rate, "\(source).rate"),
                make.word(line.reference, "\(source).reference"),
                line.points.map { make.count($0, "\(source).points") } ?? "",
                make.money(line.amount, "\(source).amount"))
        }
        guard !table.rows.isEmpty else { return table }
        let sum = make.money(statement.balance.activity, "balance.activity")
        table.add(["", Sheet.Cell(language.say(.activity)), "", "", "", "", "", sum], isSum: true)
        return table
    }

    private func merchant(_ id: String?, _ source: String) -> Sheet.Cell {
        id.map { make.merchant($0, source, surroundings.names) } ?? ""
    }

    private var flows: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.flows),
            columns: [
                make.left(.issuer), make.left(.redeemer), make.left(.whose), make.right(.points), .left(""),
            ])
        let values = statement.flows.map(\.points)
        let range = min(values.min() ?? 0, 0)...max(values.max() ?? 0, 0)
        for (place, flow) in statement.flows.enumerated() {
            let (phrase, fill): (Phrase, Drawing.Fill) =
                switch (flow.issuer == statement.merchant, flow.redeemer == statement.merchant) {
                case (true, true): (.flowOwn, .grey)
                case (true, false): (.flowOut, .solid)
                case (false, _): (.flowIn, .none)
                }
            var bar: Sheet.Cell = ""
            bar.drawing = .bar(flow.points, in: range, fill, title: language.say(phrase))
            table.add(
                merchant(flow.issuer, "flows.\(place).issuer"),
                merchant(flow.redeemer, "flows.\(place).redeemer"),
                Sheet.Cell(language.say(phrase)), make.count(flow.points, "flows.\(place).points"), bar)
        }
        return table
    }

    private var checking: (sentence: String, facts: [(name: String, cell: Sheet.Cell)]) {
        let facts: [(name: String, cell: Sheet.Cell)] = [
            (language.say(.form), Sheet.Cell(statement.format, "format")),
            (language.say(.digestOf, "STATEMENT.json"), .digest(proof.digest)),
            (language.say(.signedBy), Sheet.Cell(proof.signatureKeyID)),
            (language.say(.sealedBy), Sheet.Cell(proof.sealKeyID)),
            (language.say(.digestOf, "DETAILS.csv"), .digest(statement.details.digest, "details.digest")),
            (language.say(.details), make.count(statement.details.rows, "details.rows")),
            (
                language.say(.previous),
                statement.previous.map { Sheet.Cell.digest($0, "previous") }
                    ?? Sheet.Cell(language.say(.none))
            ),
        ]
        let sentences = [
            language.say(.fromSigned, "STATEMENT.json", language.say(.everyFigure)),
            language.say(.courseSource),
        ]
        return (sentences.joined(separator: language == .english ? " " : ""), facts)
    }
}
