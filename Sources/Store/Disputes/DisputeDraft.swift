import GRDB
public import Settlement

/// A dispute that a person wants opened; whether there is such a line or record is the caller's to look at.
public struct DisputeDraft: Hashable, Sendable {
    public let merchant: MerchantID
    public let subject: Dispute.Subject
    public let reason: String
    public let owner: PersonName
    public let due: LocalDate

    public init(
        merchant: MerchantID, subject: Dispute.Subject, reason: String, owner: PersonName, due: LocalDate
    ) {
        self.merchant = merchant
        self.subject = subject
        self.reason = reason
        self.owner = owner
        self.due = due
    }

    /// Throws `DisputeRefusal`.
    func open(
        _ database: Database, _ inForce: InForce, by person: Person, at instant: Instant
    ) throws -> Dispute {
        guard inForce.schedule.merchant(merchant) != nil else {
            throw DisputeRefusal(
                code: .merchantUnknown, reason: "the alliance has no merchant \(merchant)")
        }
        let rows = DisputeRows(database, inForce.roster)
        if let other = try rows.open(against: subject, of: merchant) {
            throw DisputeRefusal(code: .disputeOpen, reason: "\(other.name) is against the same")
        }
        return try rows.open(
            subject, of: merchant, owner: owner, due: due,
            step: Dispute.Step(
                act: .opened, at: instant, person: person.name, text: reason, adjustment: nil), by: person)
    }
}

/// All that is wrong with a list of disputes of which none is opened.
public struct DisputesRefused: Error, Hashable, Sendable {
    public struct Refused: Hashable, Sendable {
        /// In the list, from 0.
        public let position: Int
        public let refusal: DisputeRefusal
    }

    /// One at least, in the list's order.
    public let refusals: [Refused]
}

extension Store {
    /// Opens disputes, all or none. A trial opens none.
    ///
    /// Throws `DisputesRefused` with all that is wrong with them, and `PersonRefusal`.
    @discardableResult
    public func openDisputes(
        _ drafts: [DisputeDraft], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [Dispute] {
        var opened: [Dispute] = []
        do {
            try writing("open disputes") { database in
                let inForce = try inForce(database)
                try person.verify(database, inForce, at: instant)
                var refusals: [DisputesRefused.Refused] = []
                for (position, draft) in drafts.enumerated() {
                    do {
                        opened.append(try draft.open(database, inForce, by: person, at: instant))
                    } catch let refusal as DisputeRefusal {
                        refusals.append(.init(position: position, refusal: refusal))
                    }
                }
                guard refusals.isEmpty else { throw DisputesRefused(refusals: refusals) }
                // What a trial has written is undone with its transaction.
                if trial { throw TrialEnded() }
            }
        } catch is TrialEnded {}
        return opened
    }

    private struct TrialEnded: Error {}
}
