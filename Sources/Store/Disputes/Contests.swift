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
        /// The same opened this one before.
        case copy(Dispute)

        public var dispute: Dispute {
            switch self {
            case .opened(let dispute), .copy(let dispute): dispute
            }
        }
    }

    /// Opens a dispute as its merchant signed it, for the operator to see to; the same again opens nothing, whenever it
    /// comes and whenever it was signed. `find` says what it is against, or throws; it is asked last, and for nothing
    /// that is refused without it.
    ///
    /// Throws `ContestRefusal` of `contest_alliance`, `contest_early`, `contest_expired`, `contest_reused`,
    /// `dispute_open` and `contest_too_many`, and what `find` throws.
    public func contest(
        _ contest: AuthenticContest, at instant: Instant, _ find: () throws -> Dispute.Subject
    ) throws -> Contested {
        // What opens nothing waits for nobody who writes, nor does anybody wait for it.
        let known = try reading("look for a contest") { database in
            let inForce = try inForce(database)
            return try DisputeRows(database, inForce.roster).judge(
                contest, Dispute.Subject(contest.contest.subject, in: inForce.schedule.calendar),
                for: inForce.schedule.alliance.id, at: instant)
        }
        if let known { return .copy(known) }
        let subject = try find()
        return try writing("open a dispute") { database in
            let inForce = try inForce(database)
            let rows = DisputeRows(database, inForce.roster)
            // Another connection may have brought the same meanwhile, or others.
            if let known = try rows.judge(
                contest, subject, for: inForce.schedule.alliance.id, at: instant)
            {
                return .copy(known)
            }
            return .opened(
                try rows.open(
                    contest, subject, from: inForce.schedule.zone.localDate(at: instant), at: instant))
        }
    }

    /// A merchant's disputes below a number of its own, the last opened first, at most `limit` of them.
    public func disputePage(
        of merchant: MerchantID, before number: Int64 = .max, limit: Int
    ) throws -> [Dispute] {
        try reading("list disputes") { database in
            try DisputeRows(database, try inForce(database).roster)
                .of(merchant, before: number, limit: limit)
        }
    }

    /// A merchant's dispute by its own number; nil if it has none.
    public func dispute(_ number: Int64, of merchant: MerchantID) throws -> Dispute? {
        guard (1..<Int64.max).contains(number) else { return nil }
        return try disputePage(of: merchant, before: number + 1, limit: 1).first { $0.ownNumber == number }
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
    /// The dispute that the same opened before; nil: it may open one. Throws `ContestRefusal` where it may not.
    fileprivate func judge(
        _ contest: AuthenticContest, _ subject: Dispute.Subject?, for alliance: AllianceID,
        at instant: Instant
    ) throws -> Dispute? {
        let known = try signed(contest.contest.reference, of: contest.merchant)
        // What was taken in its time stays so: it is told from what comes too late.
        if let known, known.signed?.says(contest) == true { return known }
        try contest.contest.check(for: alliance, received: instant)
        if let known { throw Self.reused(known) }
        if let subject { try admit(subject, of: contest.merchant) }
        try admitOneMore(of: contest.merchant)
        return nil
    }

    private static func reused(_ known: Dispute) -> ContestRefusal {
        ContestRefusal(
            .reused, field: "reference",
            reason: "\(known.ownName) was opened under this reference by something else",
            expected: "a reference of its own, or what \(known.ownName) was opened by",
            found: "something else")
    }

    private func admit(_ subject: Dispute.Subject, of merchant: MerchantID) throws {
        guard let other = try open(against: subject, of: merchant) else { return }
        throw ContestRefusal(
            .disputeOpen, reason: "\(other.ownName) is against the same, and open",
            expected: "what no open dispute is against", found: other.ownName)
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

    /// What the bytes say; nil: they are none that a contest has.
    public var contest: Contest? { try? Contest(parsing: bytes) }

    fileprivate func says(_ other: AuthenticContest) -> Bool {
        bytes == other.bytes || contest?.saysTheSame(as: other.contest) == true
    }
}
