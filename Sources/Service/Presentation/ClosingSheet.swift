import Settlement
import Store

/// Lays a closing out for its reader: the operator. All figures come from its signed bytes; up to which batch it
/// counts comes from the order of arrival, and is said so.
struct ClosingSheet {
    let closing: ClosingDocument
    let surroundings: StatementSurroundings
    let language: Language
    /// Nil: it is not closed, and nothing is signed.
    let proof: ProvenDocument?

    private var make: Figured { Figured(language: language, exponent: closing.currency.exponent) }

    var sheet: Sheet {
        let period = language.name(ofPeriod: closing.period.id)
        var sheet = Sheet(
            language: language, sender: surroundings.allianceName,
            title: language.say(.closingTitle, "\(closing.number)", period),
            signs: language.say(.closingSigns), proof: checking,
            running: "\(closing.alliance) · \(closing.period.id)" + (proof.map { " · \($0.digest)" } ?? ""))
        sheet.facts =
            [
                (language.say(.alliance), Sheet.Cell(closing.alliance, "alliance")),
                (language.say(.number), make.count(closing.number, "number")),
            ] + make.facts(closing.period, closing.currency)
        sheet.parts = [
            .table(records), .table(make.points(closing.points, title: .pointsOfAll)), .table(positions),
            .table(make.matrix(closing.matrix, names: surroundings.names)), .table(journal),
        ]
        let accounts = AccountWords.meanings(of: closing.journal.map(\.account), in: language)
        if !accounts.isEmpty {
            sheet.parts.append(.meanings(title: language.say(.accountMeaning), accounts))
        }
        sheet.parts += [.table(liability), .table(intake)]
        if let cut = surroundings.cut {
            sheet.parts.append(.sentence(title: language.say(.cut), say(cut)))
        }
        sheet.parts += [.table(statements), .table(batches)]
        return sheet
    }

    /// Those that a preview has too.
    var tables: [Sheet.Table] {
        [
            records, make.points(closing.points, title: .pointsOfAll),
            make.matrix(closing.matrix, names: surroundings.names), journal, liability, intake,
        ]
    }

    /// The order of arrival is not in the signed bytes, which list the batches; it is in the database.
    private func say(_ cut: StatementSurroundings.Cut) -> String {
        switch cut {
        case .unread(let place): return language.say(.cutUnread, language.name(ofRow: place))
        case .known(let cut, let zone):
            func clock(_ instant: Instant) -> String {
                Figures.clock(
                    instant.text(offsetSeconds: zone.offsetSeconds(at: instant), milliseconds: false))
            }
            guard let last = cut.last else {
                return sentences([language.say(.cutBeforeAny, clock(cut.at)), language.say(.cutSource)])
            }
            let isListed = closing.batches.contains { $0.digest == last.summary.digest }
            let after = language.say(
                .cutAfter, clock(cut.at), last.summary.batch.text, last.summary.merchant.text,
                DocumentWords.signer(last.summary.signer.rawValue, in: language), clock(last.received),
                last.summary.digest)
            return sentences([
                after, language.say(isListed ? .cutListed : .cutEarlier), language.say(.cutSource),
            ])
        }
    }

    private func sentences(_ sentences: [String]) -> String {
        sentences.joined(separator: language == .english ? " " : "")
    }

    private var records: Sheet.Table {
        var table = Sheet.Table(title: language.say(.recordsOfAll), columns: [.left(""), .right("")])
        table.isNarrow = true
        table.add(
            Sheet.Cell(language.say(.settled)), make.count(closing.records.settled, "records.settled"))
        table.add(
            Sheet.Cell(language.say(.pending)), make.count(closing.records.pending, "records.pending"))
        table.add(
            Sheet.Cell(language.say(.refused)), make.count(closing.records.refused, "records.refused"))
        return table
    }

    private var intake: Sheet.Table {
        var table = Sheet.Table(title: language.say(.intake), columns: [.left(""), .right("")])
        table.isNarrow = true
        table.add(Sheet.Cell(language.say(.batchCount)), make.count(closing.intake.batches, "intake.batches"))
        table.add(
            Sheet.Cell(language.say(.duplicates)), make.count(closing.intake.duplicates, "intake.duplicates"))
        table.add(
            Sheet.Cell(language.say(.intakeRefused)), make.count(closing.intake.refused, "intake.refused"))
        return table
    }

    private var positions: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.positions),
            columns: [make.left(.merchant), make.right(.activity), make.right(.balance)])
        for (place, position) in closing.positions.enumerated() {
            let source = "positions.\(place)"
            table.add(
                make.merchant(position.merchant, "\(source).merchant", surroundings.names),
                make.money(position.activity, "\(source).activity"),
                make.money(position.closing, "\(source).closing"))
        }
        let (activity, balance) = (closing.operator.activity, closing.operator.closing)
        table.add(
            [
                Sheet.Cell(language.say(.operatorName)), make.money(activity, "operator.activity"),
                make.money(balance, "operator.closing"),
            ], isSum: true)
        return table
    }

    private var journal: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.journal),
            columns: [
                make.left(.account), make.right(.opening), make.right(.debit), make.right(.credit),
                make.right(.closing),
            ])
        for (place, row) in closing.journal.enumerated() {
            let source = "journal.\(place)"
            table.add(
                Sheet.Cell(row.account, "\(source).account"), make.money(row.opening, "\(source).opening"),
                make.money(row.debit, "\(source).debit"), make.money(row.credit, "\(source).credit"),
                make.money(row.closing, "\(source).closing"))
        }
        return table
    }

    private var liability: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.liability),
            columns: [
                make.left(.issuer), make.left(.funding), make.right(.price), make.left(.expires),
                make.right(.points), make.right(.value),
            ])
        for (place, row) in closing.liability.enumerated() {
            let source = "liability.\(place)"
            table.add(
                make.merchant(row.issuer, "\(source).issuer", surroundings.names),
                Sheet.Cell(DocumentWords.funding(row.funding, in: language)),
                Sheet.Cell(row.price, "\(source).price"),
                row.expires.map { Sheet.Cell($0, "\(source).expires") } ?? Sheet.Cell(language.say(.never)),
                make.count(row.points, "\(source).points"), make.money(row.value, "\(source).value"))
        }
        return table
    }

    private var statements: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.statements),
            columns: [make.left(.merchant), make.right(.number), make.left(.digest)])
        for (place, row) in closing.statements.enumerated() {
            let source = "statements.\(place)"
            table.add(
                make.merchant(row.merchant, "\(source).merchant", surroundings.names),
                make.count(row.number, "\(source).number"), .digest(row.digest, "\(source).digest"))
        }
        return table
    }

    private var batches: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.batchesOfAll),
            columns: [make.left(.merchant), make.left(.batch), make.left(.signer), make.left(.digest)])
        for (place, row) in closing.batches.enumerated() {
            let source = "batches.\(place)"
            table.add(
                make.merchant(row.merchant, "\(source).merchant", surroundings.names),
                Sheet.Cell(row.batch, "\(source).batch"),
                Sheet.Cell(DocumentWords.signer(row.signer, in: language)),
                .digest(row.digest, "\(source).digest"))
        }
        return table
    }

    private var checking: (sentence: String, facts: [(name: String, cell: Sheet.Cell)]) {
        guard let proof else { return (language.say(.nothingWritten), []) }
        let figures = language.say(surroundings.cut == nil ? .everyFigure : .everyOtherFigure)
        return (
            language.say(.fromSigned, "CLOSING.json", figures),
            [
                (language.say(.form), Sheet.Cell(closing.format, "format")),
                (language.say(.digestOf, "CLOSING.json"), .digest(proof.digest)),
                (language.say(.signedBy), Sheet.Cell(proof.signatureKeyID)),
                (language.say(.sealedBy), Sheet.Cell(proof.sealKeyID)),
                (
                    language.say(.previous),
                    closing.previous.map { Sheet.Cell($0, "previous") } ?? Sheet.Cell(language.say(.none))
                ),
            ]
        )
    }
}
