import Settlement
import Signing
import Store

/// A dispute as its merchant sees it: what was said and done, and when, but not by whom of the operator's. Who answers is the
/// operator, and which of its people sees to it is its own matter: so neither names nor steps that assign it are told, only
/// the day that they came to.
struct OwnDispute {
    private let dispute: Dispute
    private let calendar: PeriodCalendar

    init(_ dispute: Dispute, _ calendar: PeriodCalendar) {
        self.dispute = dispute
        self.calendar = calendar
    }

    /// Writes the members of its object.
    func write(to json: inout CanonicalJSON) {
        json.member("dispute", dispute.ownNumber)
        json.member("reference", orNull: dispute.signed?.reference.text)
        switch dispute.subject {
        case .line(let line, let period):
            json.member("period", calendar.period(period).id)
            json.member("line", Int64(line))
        case .record(let id): json.member("record", id.text)
        }
        json.member("state", dispute.state.rawValue)
        json.member("due", dispute.due.description)
        json.member("steps", array: dispute.steps.filter { $0.act != .assigned }) { json, step in
            json.object { json in
                json.member("act", step.act.rawValue)
                json.member("at", step.at.description)
                json.member("by", isOwn(step) ? "merchant" : "operator")
                json.member("text", step.text)
                json.member("adjustment", ifPresent: step.adjustment?.text)
            }
        }
    }

    private func isOwn(_ step: Dispute.Step) -> Bool { step.act == .opened && dispute.signed != nil }

    /// What opening it is answered with: the same for ever, whatever has become of it by then. Throws `StoreTrouble`
    /// where it bears nothing that a merchant signed.
    static func acknowledgement(of dispute: Dispute) throws -> [UInt8] {
        guard let signed = dispute.signed, let contest = signed.contest, let opened = dispute.steps.first
        else {
            throw StoreTrouble.damaged(
                "disputes", "row \(dispute.number)", "it bears nothing that its merchant signed")
        }
        var json = CanonicalJSON()
        json.object { json in
            json.member("format", "settled-contest/1")
            json.member("alliance", contest.alliance.text)
            json.member("merchant", dispute.merchant.text)
            json.member("dispute", dispute.ownNumber)
            json.member("reference", signed.reference.text)
            json.member("signed", contest.at.description)
            json.member("received", opened.at.description)
            json.member("digest", SHA256Digest(of: signed.bytes).text)
        }
        return json.bytes
    }
}
