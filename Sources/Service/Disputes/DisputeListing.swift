public import Settlement
import Signing
public import Store

/// Disputes, for people and for programs.
public struct DisputeListing: Sendable {
    private let disputes: [Dispute]
    private let calendar: PeriodCalendar
    /// The alliance's date of now.
    private let today: LocalDate

    public init(_ disputes: [Dispute], in store: Store, now: Instant) throws {
        let schedule = try store.schedule()
        self.disputes = disputes
        calendar = schedule.calendar
        today = schedule.zone.localDate(at: now)
    }

    /// Aligned columns, by number.
    public var text: String {
        var table = TextTable(
            .right("dispute"), .left("merchant"), .right("its number"), .left("against"), .left("state"),
            .left("owner"), .left("due"), .left("reason"))
        for dispute in disputes {
            table.add(
                "\(dispute.number)", dispute.merchant.text, "\(dispute.ownNumber)",
                dispute.subject.inWords(calendar), state(of: dispute), dispute.owner.text,
                dispute.due.description, PlainText.of(dispute.steps.first?.text ?? ""))
        }
        return disputes.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
    }

    /// One dispute with all that was said and done, a line each.
    public var course: String {
        text
            + disputes.flatMap(\.steps).map { step in
                "  \(step.at.text(offsetSeconds: 0, milliseconds: false)) \(step.act.rawValue) by \(step.person)"
                    + (step.adjustment.map { ", adjustment \($0)" } ?? "")
                    + (step.owner.map { ", to \($0)" } ?? "") + (step.due.map { ", due \($0)" } ?? "")
                    + ": \(PlainText.of(step.text))\n"
            }.joined()
    }

    private func state(of dispute: Dispute) -> String {
        dispute.isOverdue(on: today) ? "overdue" : dispute.state.rawValue
    }

    /// One JSON object a line; what is absent is left out.
    public var json: String {
        disputes.map { dispute in
            var json = CanonicalJSON()
            json.object { object in
                object.member("dispute", dispute.number)
                object.member("merchant", dispute.merchant.text)
                switch dispute.subject {
                case .line(let line, let period):
                    object.member("period", calendar.period(period).id)
                    object.member("line", Int64(line))
                case .record(let id): object.member("record", id.text)
                }
                object.member("state", dispute.state.rawValue)
                object.name("overdue")
                object.boolean(dispute.isOverdue(on: today))
                object.member("owner", dispute.owner.text)
                object.member("due", dispute.due.description)
                object.member("own_number", dispute.ownNumber)
                if let signed = dispute.signed {
                    object.member("reference", signed.reference.text)
                    object.member("signed", String(decoding: signed.bytes, as: UTF8.self))
                    object.member("signature", signed.signature)
                }
                object.member("steps", array: dispute.steps) { json, step in
                    json.object { object in
                        object.member("act", step.act.rawValue)
                        object.member("at", step.at.description)
                        object.member("person", step.person.text)
                        object.member("text", step.text)
                        object.member("adjustment", ifPresent: step.adjustment?.text)
                        object.member("owner", ifPresent: step.owner?.text)
                        object.member("due", ifPresent: step.due?.description)
                    }
                }
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}

extension Dispute.Subject {
    /// `line 3 of 2025-04`, or `record T-1`.
    func inWords(_ calendar: PeriodCalendar) -> String {
        switch self {
        case .line(let line, let period): "line \(line) of \(calendar.period(period).id)"
        case .record(let id): "record \(id)"
        }
    }
}
