import Settlement
import Store

extension ExplanationText {
    /// A record's life, chapter after chapter.
    public func lines(_ life: RecordLife) -> [String] {
        let record = life.origin.record
        var lines = [
            "\(record.type.name) \(life.origin.merchant)/\(record.id): \(record.points.count) points of"
                + " \(record.member) at \(time(record.at))"
        ]
        let extras = [
            record.amount.map { "amount \($0.minorUnits)" }, record.ref.map { "takes back \($0)" },
            record.store.map { "store \($0)" }, record.campaign.map { "campaign \($0)" },
            record.item.map { "item \($0)" }, record.expires.map { "valid through \($0)" },
        ].compactMap { $0 }
        if !extras.isEmpty { lines.append("  " + extras.joined(separator: ", ")) }
        lines.append(
            "  received \(time(life.origin.batch.received)) in batch \(life.origin.batch.batch), line"
                + " \(life.origin.line)" + (life.origin.late ? ", late" : "")
                + "; belongs to \(life.calendar.period(life.origin.period).id)")
        for copy in life.copies {
            lines.append(
                "  came again \(time(copy.batch.received)) in batch \(copy.batch.batch), line \(copy.line): "
                    + (copy.code.map { "refused, \($0.rawValue)" } ?? "equal, ignored"))
        }
        if !life.unread.isEmpty {
            lines.append(
                "  whether it came again is not known of batches in "
                    + life.unread.map(\.inWords).joined(separator: ", "))
        }
        for chapter in life.chapters { lines += ["", chapter.period.id] + self.lines(chapter, life.origins) }
        lines += [
            "", "now: " + life.standing.state.word + (life.standing.state.code.map { ", \($0)" } ?? ""),
        ]
        for debt in life.debts {
            lines.append(
                "  the member owes \(debt.issuer) \(debt.points.count) points for what was taken back of"
                    + (life.origin.record.ref.map { " \($0)" } ?? " it"))
        }
        return lines + ["", "batches"] + life.batches.flatMap { self.lines($0) }
    }

    private func lines(_ chapter: RecordLife.Chapter, _ origins: [RecordNumber: RecordOrigin]) -> [String] {
        var lines: [String] = []
        if let outcome = chapter.outcome {
            let effective = chapter.effective.map { ", effective \(time($0))" } ?? ""
            let times = chapter.attempts == 1 ? "once" : "\(chapter.attempts) times"
            let attempts = chapter.attempts > 0 ? ", tried \(times) before" : ""
            lines.append("  \(outcome.word)" + (outcome.code.map { ", \($0)" } ?? "") + effective + attempts)
        }
        lines += chapter.movements.flatMap { self.lines($0, origins) }
        for (reversal, outcome) in chapter.reversals {
            lines.append(
                "  reversal \(words(reversal, origins)): \(outcome.word)"
                    + (outcome.code.map { ", \($0)" } ?? ""))
        }
        if let lot = chapter.lot {
            lines.append(
                "  its lot then: \(lot.open.count) open, \(lot.expired.count) expired, \(lot.reversed.count)"
                    + " asked back, of \(lot.points.count)")
        }
        return lines
    }
}
