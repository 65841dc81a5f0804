import Settlement
import Signing
import Store

/// Finds what a merchant contests among its own statements and records.
struct SubjectLookup {
    let store: Store

    /// Throws `ContestRefusal` of `contest_subject_unknown`, and what the store throws.
    func find(_ subject: Contest.Subject, of merchant: MerchantID) throws -> Dispute.Subject {
        switch subject {
        case .line(let line, let period): try self.line(line, ofPeriod: period, merchant)
        case .record(let id): try record(id, merchant)
        }
    }

    private func line(_ line: Int, ofPeriod id: String, _ merchant: MerchantID) throws -> Dispute.Subject {
        guard let period = try store.schedule().calendar.ordinal(id: id),
            let stored = try store.statement(of: merchant, period: period)
        else {
            throw ContestRefusal(
                .subjectUnknown, field: "period", expected: "a period that you have a statement of",
                found: "one without")
        }
        let lines = try count(of: stored)
        guard line <= lines else {
            throw ContestRefusal(
                .subjectUnknown, field: "line",
                expected: lines == 0 ? "no line: the statement has none" : "1 to \(lines)", found: "\(line)")
        }
        return .line(line, period: period)
    }

    /// How many lines a statement has.
    func count(of stored: StoredStatement) throws -> Int {
        try StatementDocument(
            bytes: stored.document.bytes, place: "statement of \(stored.merchant), number \(stored.number)"
        ).lines.count
    }

    private func record(_ id: RecordID, _ merchant: MerchantID) throws -> Dispute.Subject {
        guard try store.record(id, of: merchant) != nil else {
            throw ContestRefusal(
                .subjectUnknown, field: "record", expected: "the id of a record that you reported",
                found: "another")
        }
        return .record(id)
    }
}
