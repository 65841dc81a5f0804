extension FlowReport {
    /// The report laid out for its reader.
    func sheet(_ language: Language) -> Sheet { FlowSheet(report: self, language: language).sheet }
}

private struct FlowSheet {
    let report: FlowReport
    let language: Language

    private var make: Figured { Figured(language: language, exponent: report.last.currency.exponent) }
    private var closings: [ClosingDocument] { report.closings }
    private var periods: [String] { closings.map(\.period.id) }

    var sheet: Sheet {
        let last = report.last
        var sheet = Sheet(
            language: language, sender: report.surroundings.allianceName,
            title: language.say(.flowsTitle, language.name(ofPeriod: last.period.id)),
            signs: language.say(.closingSigns),
            proof: (
                language.say(.fromClosings),
                zip(periods, report.proofs).map { ($0, Sheet.Cell.digest($1.digest)) }
            ),
            running: "\(last.alliance) · \(last.period.id)")
        sheet.facts =
            [(language.say(.alliance), Sheet.Cell(last.alliance))] + make.facts(last.period, last.currency)
        sheet.parts = matrix.map { .table($0) } + [.table(points), .table(money), .table(merchants)]
        return sheet
    }

    /// As grids where there is room, else a pair a row.
    private var matrix: [Sheet.Table] {
        let flows = report.last.matrix
        let grids = [
            make.grid(
                flows, .flows, { make.count($0.points, "\($1).points") }, total: \.points,
                { make.count($0) }),
            make.grid(
                flows, .charged, { make.money($0.charged, "\($1).charged") }, total: \.charged,
                { make.money($0) }),
            make.grid(
                flows, .paid, { make.money($0.paid, "\($1).paid") }, total: \.paid, { make.money($0) }),
        ].compactMap(\.self)
        guard !grids.isEmpty else { return [make.matrix(flows, names: report.surroundings.names)] }
        var first = grids[0]
        first.intro = language.say(.flowNote)
        return [first] + grids.dropFirst()
    }

    private var shown: String? {
        report.periods > closings.count
            ? language.say(.courseShown, "\(closings.count)", "\(report.periods)") : nil
    }

    private var points: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.pointsOfAll), intro: shown,
            columns: [
                make.left(.period), make.right(.issued), make.right(.reversed), make.right(.redeemed),
                make.right(.restored), make.right(.expired), make.right(.openPoints),
            ])
        for closing in closings {
            let points = closing.points
            table.add(
                Sheet.Cell(closing.period.id), make.count(points.issued), make.count(-points.reversed),
                make.count(-points.redeemed), make.count(points.restored), make.count(-points.expired),
                make.count(points.closing))
        }
        table.drawings = [
            Chart(
                title: language.say(.pointsOfAll), periods: periods,
                series: [
                    Chart.Series(
                        name: language.say(.issued), look: .bars(.none), values: closings.map(\.points.issued)
                    ),
                    Chart.Series(
                        name: language.say(.redeemed), look: .bars(.hatched),
                        values: closings.map { -$0.points.redeemed }),
                    Chart.Series(
                        name: language.say(.expired), look: .bars(.solid),
                        values: closings.map { -$0.points.expired }),
                    Chart.Series(
                        name: language.say(.openPoints), look: .line(.square),
                        values: closings.map(\.points.closing)),
                ], label: { Figures.count($0) }
            ).drawing
        ]
        return table
    }

    private var money: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.balance), intro: shown,
            columns: [
                make.left(.period), make.right(.owedToMerchants), make.right(.owedByMerchants),
                make.right(.operatorActivity), make.right(.operatorPayments), make.right(.operatorBalance),
            ])
        let owed = closings.map(FlowReport.owed)
        for (closing, owed) in zip(closings, owed) {
            table.add(
                Sheet.Cell(closing.period.id), make.money(owed.toMerchants), make.money(owed.byMerchants),
                make.money(closing.operator.activity), make.money(FlowReport.operatorPayments(in: closing)),
                make.money(closing.operator.closing))
        }
        let exponent = report.last.currency.exponent
        table.drawings = [
            Chart(
                title: language.say(.balance), periods: periods,
                series: [
                    Chart.Series(
                        name: language.say(.owedToMerchants), look: .bars(.none),
                        values: owed.map(\.toMerchants)),
                    Chart.Series(
                        name: language.say(.owedByMerchants), look: .bars(.hatched),
                        values: owed.map { -$0.byMerchants }),
                    Chart.Series(
                        name: language.say(.operatorActivity), look: .line(.square),
                        values: closings.map(\.operator.activity)),
                    Chart.Series(
                        name: language.say(.operatorBalance), look: .line(.dot),
                        values: closings.map(\.operator.closing)),
                ], label: { Figures.money($0, exponent: exponent) }
            ).drawing
        ]
        return table
    }

    /// Every merchant's activity and payments, the balances that led to it, and their course as a line.
    private var merchants: Sheet.Table {
        let recent = closings.suffix(4)
        var table = Sheet.Table(
            title: language.say(.merchantsCourse),
            columns: [make.left(.merchant), make.right(.activity), make.right(.payments)]
                + recent.map { .right(language.say(.balanceAt, $0.period.id)) } + [make.left(.course)])
        for position in report.last.positions {
            let course = report.course(of: position.merchant)
            var line: Sheet.Cell = ""
            line.drawing = .course(course.compactMap { $0?.closing }, title: language.say(.course))
            let balances = course.suffix(recent.count).map { $0.map { make.money($0.closing) } ?? "" }
            table.add(
                [
                    make.merchant(position.merchant, "", report.surroundings.names).unsourced,
                    make.money(position.activity),
                    make.money(FlowReport.payments(of: position, in: report.last)),
                ] + balances + [line])
        }
        return table
    }
}

extension Sheet.Cell {
    fileprivate var unsourced: Sheet.Cell { Sheet.Cell(text, nil, note: note) }
}
