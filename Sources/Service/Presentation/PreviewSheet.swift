import Settlement

extension ClosePreview {
    /// For a terminal, with a line end at its end.
    public func text(_ language: Language) -> String {
        PreviewSheet(preview: self, language: language).sheet.text
    }
}

/// Lays a preview out: the warnings first, then the statements, then the tables of the closing.
struct PreviewSheet {
    let preview: ClosePreview
    let language: Language

    private var make: Figured {
        Figured(language: language, exponent: preview.closing.currency.exponent)
    }

    private var names: [String: String] {
        Dictionary(preview.alliance.merchants.map { ($0.id.text, $0.name) }) { first, _ in first }
    }

    var sheet: Sheet {
        let closing = ClosingSheet(
            closing: preview.closing,
            surroundings: StatementSurroundings(
                allianceName: preview.alliance.name, names: names, address: nil),
            language: language, proof: nil)
        var sheet = closing.sheet
        sheet.title = language.say(.previewTitle, language.name(ofPeriod: preview.period.id))
        sheet.facts += [
            (language.say(.previewAt), Sheet.Cell(clock(preview.at))),
            (language.say(.closesFrom), Sheet.Cell(clock(preview.closesFrom))),
        ]
        sheet.parts = [.table(warnings)]
        if listsSilent {
            sheet.parts.append(
                .sentence(title: language.say(.silentMerchants), silent.joined(separator: ", ")))
        }
        sheet.parts += [.table(statements)] + closing.tables.map { .table($0) }
        return sheet
    }

    /// Merchants that have not reported, of which more than this stand in one row and a list of their own.
    private static let mostSilentRows = 5

    private var silent: [String] {
        preview.warnings.filter { $0.finding == .notReported }.map(\.merchant)
    }

    private var listsSilent: Bool { silent.count > Self.mostSilentRows }

    /// In local time, as the period's own bounds are.
    private func clock(_ instant: Instant) -> String {
        let offset = preview.zone.offsetSeconds(at: instant)
        return Figures.clock(instant.text(offsetSeconds: offset, milliseconds: false))
    }

    private var warnings: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.warnings), columns: [make.left(.merchant), make.left(.warning)])
        let listsSilent = listsSilent
        if listsSilent {
            table.add(
                Sheet.Cell(language.say(.merchantCount, Figures.count(Int64(silent.count)))),
                Sheet.Cell(language.say(.listedBelow)))
        }
        for warning in preview.warnings where !listsSilent || warning.finding != .notReported {
            table.add(Sheet.Cell(warning.merchant), Sheet.Cell(say(warning.finding)))
        }
        return table
    }

    private func say(_ finding: CloseWarning.Finding) -> String {
        switch finding {
        case .notReported: language.say(.notReported)
        case .missingSequences(let signer, let numbers):
            language.say(
                .sequencesMissing, DocumentWords.signer(signer, in: language),
                numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound) … \(numbers.upperBound)"
            )
        case .unusualActivity(let activity, let average, let periods):
            language.say(.unusual, make.money(activity).text, "\(periods)", make.money(average).text)
        case .pendingRecords(let count): language.say(.wouldStayPending, Figures.count(count))
        case .exposureLimit(let exposure, let limit):
            language.say(.beyondExposure, make.money(exposure).text, make.money(limit).text)
        }
    }

    private var statements: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.statements),
            columns: [
                make.left(.merchant), make.right(.opening), make.right(.activity), make.right(.payments),
                make.right(.closing), make.right(.change),
            ])
        for row in preview.rows {
            table.add(
                Sheet.Cell(row.merchant), make.money(row.balance.opening), make.money(row.balance.activity),
                make.money(row.balance.payments), make.money(row.balance.closing),
                row.change.map { make.money($0) } ?? "")
        }
        let balances = preview.rows.map(\.balance)
        func sum(_ figure: KeyPath<StatementDocument.Balance, Int64>) -> Sheet.Cell {
            make.money(Int64(clamping: balances.reduce(Int128(0)) { $0 - Int128($1[keyPath: figure]) }))
        }
        table.add(
            [
                Sheet.Cell(language.say(.operatorName)), sum(\.opening), sum(\.activity), sum(\.payments),
                sum(\.closing), "",
            ], isSum: true)
        return table
    }
}
