import GRDB
public import Settlement
import Signing

/// Disputes that merchants open themselves, and what they read of theirs.
extension Store {
    /// So many that a merchant has opened itself may be open at once.
    public static let mostOpenContests = 100
    /// The operator answers within so many days, unless it says otherwise.
    public static let contestDays = 30

    /// What became of a contest.
    public enum Contested: Hashable, Sendable {
        case opened(Dispute)
        /// The same bytes opened this one before.
        case copy(Dispute)

        public var dispute: Dispute {
            switch self {
            case .opened(let dispute), .copy(let dispute): dispute
            }
        }
    }

    /// Opens a dispute as its merchant signed it, for the operator to see to; the same bytes again open nothing.
    /// `find` says what it is against, or throws; it is asked last, and for nothing that is refused without it.
    ///
    /// Throws `ContestRefusal` of `contest_reused`, `dispute_open` and `contest_too_many`, and what `find` throws.
    public func contest(
        _ contest: AuthenticContest, at instant: Instant, _ find: () throws -> Dispute.Subject
    ) throws -> Contested {
        // What opens nothing waits for nobody who writes, nor does anybody wait for it.
        let known = try reading("look for a contest") { database in
            let inForce = try inForce(database)
            return try DisputeRows(database, inForce.roster)
                .judge(contest, Dispute.Subject(contest.contest.subject, in: inForce.schedule.calendar))
        }
        if let known { return .copy(known) }
        let subject = try find()
        return try writing("open a dispute") { database in
            let inForce = try inForce(database)
            let rows = DisputeRows(database, inForce.roster)
            // Another connection may have brought the same meanwhile, or others.
            if let known = try rows.judge(contest, subject) { return .copy(known) }
            return .opened(
                try rows.open(
                    contest, subject, from: inForce.schedule.zone.localDate(at: instant), at: instant))
        }
    }

    /// A merchant's disputes below a number, the last opened first, at most `limit` of them.
    public func disputePage(
        of merchant: MerchantID, before number: Int64 = .max, limit: Int
    ) throws -> [Dispute] {
        try reading("list disputes") { database in
            try DisputeRows(database, try inForce(database).roster)
                .of(merchant, before: number, limit: limit)
        }
    }

    /// A merchant's dispute of a number; nil if it has none.
    public func dispute(_ number: Int64, of merchant: MerchantID) throws -> Dispute? {
        guard (1..<Int64.max).contains(number) else { return nil }
        return try disputePage(of: merchant, before: number + 1, limit: 1).first { $0.number == number }
    }
}

extension Dispute.Subject {
    /// What is contested, be it there or not; nil: no period has that id.
    fileprivate init?(_ contested: Contest.Subject, in calendar: PeriodCalendar) {
        switch contested {
        case .line(let line, let id):
            guard let period = calendar.ordinal(id: id) else { return nil }
            self = .line(line, period: period)
        case .record(let id): self = .record(id)
        }
    }
}

extension DisputeRows {
    /// The dispute that these bytes opened before; nil: they may open one. Throws `ContestRefusal` where they may not.
    fileprivate func judge(_ contest: AuthenticContest, _ subject: Dispute.Subject?) throws -> Dispute? {
        if let known = try copy(of: contest) { return known }
        if let subject { try admit(subject, of: contest.merchant) }
        try admitOneMore(of: contest.merchant)
        return nil
    }

    /// Throws `contest_reused` where other bytes opened one under their reference.
    private func copy(of contest: AuthenticContest) throws -> Dispute? {
        guard let known = try signed(contest.contest.reference, of: contest.merchant) else { return nil }
        guard known.signed?.bytes == contest.bytes else {
            throw ContestRefusal(
                .reused, field: "reference",
                reason: "\(known.name) was opened under this reference by other bytes",
                expected: "a reference of its own, or the bytes that \(known.name) was opened by",
                found: "other bytes")
        }
        return known
    }

    private func admit(_ subject: Dispute.Subject, of merchant: MerchantID) throws {
        guard let other = try open(against: subject, of: merchant) else { return }
        throw ContestRefusal(
            .disputeOpen, reason: "\(other.name) is against the same, and open",
            expected: "what no open dispute is against", found: other.name)
    }

    private func admitOneMore(of merchant: MerchantID) throws {
        guard try openContests(of: merchant) < Store.mostOpenContests else {
            throw ContestRefusal(
                .tooMany, expected: "at most \(Store.mostOpenContests) open ones of your own at once",
                found: "one more")
        }
    }

    fileprivate func open(
        _ contest: AuthenticContest, _ subject: Dispute.Subject, from today: LocalDate, at instant: Instant
    ) throws -> Dispute {
        try open(
            subject, of: contest.merchant, owner: PersonName(verified: "operator"),
            due: LocalDate(dayNumber: today.dayNumber + Store.contestDays),
            signed: Dispute.Signed(
                reference: contest.contest.reference, bytes: contest.bytes, signature: contest.signature),
            step: Dispute.Step(
                act: .opened, at: instant, person: PersonName(contest.merchant),
                text: contest.contest.reason, adjustment: nil),
            by: nil)
    }
}

extension Dispute.Signed {
    /// The id of the key that its signature names.
    public var keyID: String { (try? DetachedJWS(parsing: signature))?.keyID ?? "" }
}
