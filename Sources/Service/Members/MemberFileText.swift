import Settlement
import Store

extension MemberFile {
    /// For a person: one thing that is held a line, part after part.
    public var lines: [String] {
        guard !isEmpty || !unread.isEmpty || !damaged.isEmpty || forgotten != nil else {
            return ["nothing is held about this member"] + untoldLines
        }
        let text = ExplanationText(schedule)
        var lines = ["member \(member) of \(alliance), as of \(text.time(at))"]
        if let forgotten {
            lines.append(
                "forgotten on \(text.time(forgotten.at)) by \(forgotten.person): \(forgotten.reason)")
        }
        lines += untoldLines
        lines += part("records", records.map { line($0, text) })
        lines += part("lines that became no record", copies.map { line($0, text) })
        lines += part("open lots", lots.map { line($0, text) })
        lines += part("debts", debts.map { line($0) })
        for chapter in chapters { lines += self.lines(chapter, text) }
        lines += part("disputes", disputes.map { line($0) })
        if !unread.isEmpty {
            lines += [
                "",
                "not looked through, for lines that became no record: "
                    + unread.map(\.inWords).joined(separator: ", ") + "; name them by --archives",
            ]
        }
        lines += damaged.flatMap { ["", "archive_damaged: " + $0.inWords] }
        return lines
    }

    private var untoldLines: [String] {
        untold.map {
            [
                "whether it was forgotten cannot be told without the master secret, which --secret FILE names:"
                    + " \($0)"
            ]
        } ?? []
    }

    private func part(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", "\(title): \(Figures.count(Int64(lines.count)))"] + lines.map { "  " + $0 }
    }

    private func line(_ entry: Entry, _ text: ExplanationText) -> String {
        let origin = entry.origin
        return "\(words(origin.record, of: origin.merchant, text)): "
            + place(origin.batch, line: origin.line) + (origin.late ? ", late" : "")
            + "; \(entry.state.word)" + (entry.state.code.map { ", \($0)" } ?? "") + " in "
            + calendar.period(entry.state.closedPeriod ?? origin.period).id
    }

    private func line(_ copy: MemberCopy, _ text: ExplanationText) -> String {
        words(copy.record, of: copy.copy.batch.merchant, text) + ": "
            + place(copy.copy.batch, line: copy.copy.line)
            + (copy.copy.code.map { "; refused, \($0.rawValue)" } ?? "; equal, ignored")
    }

    private func line(_ lot: Lot, _ text: ExplanationText) -> String {
        "\(lot.merchant)/\(lot.id): \(lot.open.count) open of \(lot.points.count) points of \(lot.issuer), "
            + (lot.expiresAt.map { "expires \(text.time($0))" } ?? "never expires")
    }

    private func line(_ debt: Debt) -> String {
        "owes \(debt.issuer) \(debt.points.count) points"
            + (origins[debt.lot].map { " for \(Self.name($0))" } ?? "")
    }

    private func lines(_ chapter: Chapter, _ text: ExplanationText) -> [String] {
        let origins = origins
        return ["", chapter.period.id] + chapter.movements.flatMap { text.lines($0, origins) }
            + chapter.details.map { "  rows of DETAILS.csv of \($0.merchant): \($0.rows)" }
    }

    private func words(_ record: Settlement.Record, of merchant: MerchantID, _ text: ExplanationText)
        -> String
    {
        "\(record.type.name) \(merchant)/\(record.id) of \(record.points.count) points at \(text.time(record.at))"
    }

    private func place(_ batch: SigningBatch, line: Int) -> String {
        "batch \(batch.batch) line \(line)" + (batch.redacted == nil ? "" : ", redacted since")
            + (batch.archive.map { " in \($0.inWords)" } ?? "")
    }

    private func line(_ dispute: Dispute) -> String {
        "dispute \(dispute.number) of \(dispute.merchant), \(dispute.subject.inWords(calendar))"
    }
}
