import Settlement

/// What a statement says of the course over the periods, and of records and batches.
extension StatementSheet {
    /// Not of the signed document: as they stand when it is shown.
    var disputes: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.disputes),
            columns: [
                make.left(.dispute), make.left(.line), make.left(.record), make.left(.opened),
                make.left(.due),
                make.left(.reason),
            ])
        table.intro = language.say(.disputesNote)
        for dispute in surroundings.disputes {
            let line = dispute.line.map { line in
                language.say(.lineOf, "\(line)", language.name(ofPeriod: dispute.period ?? ""))
            }
            table.add(
                Sheet.Cell("\(dispute.number)"), Sheet.Cell(line ?? ""), Sheet.Cell(dispute.record ?? ""),
                Sheet.Cell(String(dispute.opened.text(offsetSeconds: 0, milliseconds: false).prefix(10))),
                Sheet.Cell(dispute.due.description), Sheet.Cell(dispute.reason))
        }
        return table
    }

    var courseTable: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.course),
            columns: [
                make.left(.period), make.right(.openPoints), make.right(.activity), make.right(.payments),
                make.right(.balance),
            ])
        if coursePeriods > course.count {
            table.intro = language.say(.courseShown, "\(course.count)", "\(coursePeriods)")
        }
        for one in course {
            table.add(
                Sheet.Cell(one.period.id), make.count(one.points.closing), make.money(one.balance.activity),
                make.money(one.balance.payments), make.money(one.balance.closing))
        }
        let exponent = statement.currency.exponent
        let periods = course.map(\.period.id)
        table.drawings = [
            Chart(
                title: language.say(.balanceCourse), periods: periods,
                series: [
                    Chart.Series(
                        name: language.say(.activity), look: .bars(.grey),
                        values: course.map(\.balance.activity)),
                    Chart.Series(
                        name: language.say(.balance), look: .line(.dot), values: course.map(\.balance.closing)
                    ),
                ], label: { Figures.money($0, exponent: exponent) }
            ).drawing,
            Chart(
                title: language.say(.openPoints), periods: periods,
                series: [
                    Chart.Series(
                        name: language.say(.openPoints), look: .line(.square),
                        values: course.map(\.points.closing))
                ], label: { Figures.count($0) }
            ).drawing,
        ]
        return table
    }

    var records: Sheet.Table {
        let counts = statement.records
        var table = Sheet.Table(title: language.say(.records), columns: [.left(""), .right("")])
        table.isNarrow = true
        for (phrase, count, source) in [
            (Phrase.settled, counts.settled, "settled"), (.late, counts.late, "late"),
            (.pending, counts.pending, "pending"), (.refused, counts.refused, "refused"),
        ] {
            table.add(Sheet.Cell(language.say(phrase)), make.count(count, "records.\(source)"))
        }
        return table
    }

    var exceptions: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.exceptions),
            columns: [
                make.left(.record), make.left(.type), make.left(.state), make.left(.reason),
                make.right(.pointsMissing),
            ])
        for (place, exception) in statement.exceptions.enumerated() {
            let source = "exceptions.\(place)"
            table.add(
                Sheet.Cell(exception.id, "\(source).id"),
                Sheet.Cell(DocumentWords.type(exception.type, in: language)),
                Sheet.Cell(DocumentWords.state(exception.state, in: language)),
                Sheet.Cell(exception.code, "\(source).code"),
                exception.points.map { make.count($0, "\(source).points") } ?? "")
        }
        return table
    }

    var batches: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.batches),
            columns: [
                make.left(.batch), make.left(.signer), make.right(.sequence), make.right(.recordCount),
                make.right(.accepted), make.right(.duplicates), make.right(.refused),
            ])
        for (place, batch) in statement.batches.enumerated() {
            let source = "batches.\(place)"
            table.add(
                Sheet.Cell(
                    batch.batch, "\(source).batch", note: (text: batch.digest, source: "\(source).digest")),
                Sheet.Cell(DocumentWords.signer(batch.signer, in: language)),
                make.count(batch.sequence, "\(source).sequence"),
                make.count(batch.records, "\(source).records"),
                make.count(batch.accepted, "\(source).accepted"),
                make.count(batch.duplicates, "\(source).duplicates"),
                make.count(batch.refused, "\(source).refused"))
        }
        return table
    }

    var missing: Sheet.Table {
        var table = Sheet.Table(
            title: language.say(.missing), columns: [make.left(.signer), make.right(.sequence)])
        table.isNarrow = true
        for (place, missing) in statement.missingSequences.enumerated() {
            table.add(
                Sheet.Cell(DocumentWords.signer(missing.signer, in: language)),
                make.count(missing.sequence, "missing_sequences.\(place).sequence"))
        }
        return table
    }
}
