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
    /// `find` says what it is against, or throws.
    ///
    /// Throws `ContestRefusal` of `contest_reused`, `dispute_open` and `contest_too_many`, and what `find` throws.
    public func contest(
        _ contest: AuthenticContest, at instant: Instant, _ find: () throws -> Dispute.Subject
    ) throws -> Contested {
        let known = try reading("look for a contest") { database in
            try DisputeRows(database, try inForce(database).roster).copy(of: contest)
        }
        if let known { return .copy(known) }
        let subject = try find()
        return try writing("open a dispute") { database in
            let inForce = try inForce(database)
            let rows = DisputeRows(database, inForce.roster)
            // Another connection may have brought the same meanwhile.
            if let known = try rows.copy(of: contest) { return .copy(known) }
            try rows.admit(subject, of: contest.merchant)
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

extension DisputeRows {
    /// The dispute that these bytes opened before. Throws `contest_reused` where others did under their reference.
    fileprivate func copy(of contest: AuthenticContest) throws -> Dispute? {
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

    fileprivate func admit(_ subject: Dispute.Subject, of merchant: MerchantID) throws {
        let open = try open(of: merchant)
        if let other = open.first(where: { $0.subject == subject }) {
            throw ContestRefusal(
                .disputeOpen, reason: "\(other.name) is against the same, and open",
                expected: "what no open dispute is against", found: other.name)
        }
        let own = open.count { $0.signed != nil }
        guard own < Store.mostOpenContests else {
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
