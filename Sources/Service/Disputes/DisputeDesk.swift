public import Settlement
import Signing
public import Store

/// Does what a person asks for about disputes.
public struct DisputeDesk: Sendable {
    /// What a person wrote to open one; nil: nothing.
    public struct Opening: Sendable {
        public let merchant: String
        /// With a period a line of its statement, else a record.
        public let period: String?
        public let line: Int?
        public let record: String?
        public let reason: String
        public let owner: String
        public let due: String

        public init(
            merchant: String, period: String?, line: Int?, record: String?, reason: String, owner: String,
            due: String
        ) {
            self.merchant = merchant
            self.period = period
            self.line = line
            self.record = record
            self.reason = reason
            self.owner = owner
            self.due = due
        }
    }

    let store: Store

    public init(_ store: Store) { self.store = store }

    /// Throws `misused` for what cannot be read, a line or a record that is not there; `refused` as `StatementShelf`
    /// does; and what the store throws.
    public func open(_ opening: Opening, by person: Person, at instant: Instant) throws -> Dispute {
        let draft = try draft(opening)
        return try store.openDispute(
            against: draft.subject, of: draft.merchant, reason: draft.reason, owner: draft.owner,
            due: draft.due, by: person, at: instant)
    }

    /// What a person wrote, read and looked up.
    func draft(_ opening: Opening) throws -> DisputeDraft {
        guard let merchant = MerchantID(opening.merchant), try store.schedule().merchant(merchant) != nil
        else {
            throw Failure.misused(
                "merchant \(PlainText.of(opening.merchant))", "the alliance has no merchant of that id")
        }
        let owner = try Self.owner(opening.owner)
        let due = try Self.due(opening.due)
        return DisputeDraft(
            merchant: merchant, subject: try subject(of: opening, merchant), reason: opening.reason,
            owner: owner, due: due)
    }

    /// Says who sees to a dispute from now on, by which day, or both; nil: that stays. Throws `misused` for what cannot be
    /// read, and what the store throws.
    public func assign(
        _ number: Int64, to owner: String?, due: String?, reason: String, by person: Person,
        at instant: Instant
    ) throws -> Dispute {
        try store.assignDispute(
            number, to: try owner.map(Self.owner), due: try due.map(Self.due), reason, by: person,
            at: instant)
    }

    private static func owner(_ text: String) throws(Failure) -> PersonName {
        guard let owner = PersonName(text) else {
            throw .misused("--owner", "\(PlainText.excerpt(text)) is no name")
        }
        return owner
    }

    private static func due(_ text: String) throws(Failure) -> LocalDate {
        guard let due = LocalDate(text) else {
            throw .misused("--due", "expected YYYY-MM-DD, found \(PlainText.excerpt(text))")
        }
        return due
    }

    private func subject(of opening: Opening, _ merchant: MerchantID) throws -> Dispute.Subject {
        if let period = opening.period, let line = opening.line {
            let stored = try StatementShelf(store).statement(of: merchant.text, period: period).1
            let count = try SubjectLookup(store: store).count(of: stored)
            guard (1...max(1, count)).contains(line), count > 0 else {
                throw Failure.misused("--line \(line)", "the statement has \(count) lines")
            }
            return .line(line, period: stored.period)
        }
        guard let record = opening.record else {
            throw Failure.misused("--record", "expected a record, or a period and a line of its statement")
        }
        guard let id = RecordID(record), try store.record(id, of: merchant) != nil else {
            throw Failure.misused(
                "--record \(PlainText.of(record))", "\(merchant) has no record of this id")
        }
        return .record(id)
    }
}
