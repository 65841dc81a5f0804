import GRDB
public import Settlement

/// What a merchant contests, and all that was said and done about it.
public struct Dispute: Hashable, Sendable {
    /// What it is against.
    public enum Subject: Hashable, Sendable {
        /// A line of the statement of a closed period, by its ordinal; lines count from 1.
        case line(Int, period: Int)
        /// A record that the merchant reported.
        case record(RecordID)
    }

    public enum State: String, Hashable, Sendable, CaseIterable { case open, accepted, rejected }

    /// One thing that was said or done.
    public struct Step: Hashable, Sendable {
        public enum Act: String, Hashable, Sendable, CaseIterable {
            case opened, assigned, commented, accepted, rejected
        }

        public let act: Act
        public let at: Instant
        /// Who did it; of one that the merchant opened, the merchant's id.
        public let person: PersonName
        /// The reason, comment or answer.
        public let text: String
        /// The adjustment that an accepted one ended in.
        public let adjustment: BookingReference?
        /// Who sees to it from then on, and by when; nil: that stays.
        public var owner: PersonName?
        public var due: LocalDate?
    }

    /// What the merchant said of one that it opened itself, as it signed it.
    public struct Signed: Hashable, Sendable {
        /// The merchant's own name for it.
        public let reference: ContestReference
        public let bytes: [UInt8]
        /// The detached JWS of these bytes.
        public let signature: String
    }

    /// 1, 2, 3 …
    public let number: Int64
    /// Among those of its merchant, 1, 2, 3 …: all that the merchant is told of a number.
    public let ownNumber: Int64
    public let merchant: MerchantID
    public let subject: Subject
    /// Who has to see to it, now.
    public let owner: PersonName
    /// By when, to the end of that day.
    public let due: LocalDate
    /// Nil: a person of the operator's opened it.
    public let signed: Signed?
    /// The first opened it.
    public let steps: [Step]

    public var state: State {
        // Nothing is said any more of one that has ended.
        switch steps.last?.act {
        case .accepted: .accepted
        case .rejected: .rejected
        case .opened, .assigned, .commented, nil: .open
        }
    }

    /// Whether it is open on a day behind the one that it was due.
    public func isOverdue(on day: LocalDate) -> Bool { state == .open && due < day }

    /// How the reason of an adjustment names it.
    public var name: String { "dispute \(number)" }

    /// How its merchant is told of it.
    var ownName: String { "dispute \(ownNumber)" }
}

extension Store {
    /// Opens a dispute; whether there is such a line is the caller's to look at.
    ///
    /// Throws `DisputeRefusal` and `PersonRefusal`.
    public func openDispute(
        against subject: Dispute.Subject, of merchant: MerchantID, reason: String, owner: PersonName,
        due: LocalDate, by person: Person, at instant: Instant
    ) throws -> Dispute {
        try writing("open a dispute") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let draft = DisputeDraft(
                merchant: merchant, subject: subject, reason: reason, owner: owner, due: due)
            return try draft.open(database, inForce, by: person, at: instant)
        }
    }

    /// Says who sees to an open dispute from now on, by which day, or both. Throws `DisputeRefusal` and `PersonRefusal`.
    @discardableResult
    public func assignDispute(
        _ number: Int64, to owner: PersonName?, due: LocalDate?, _ text: String, by person: Person,
        at instant: Instant
    ) throws -> Dispute {
        precondition(owner != nil || due != nil, "something is assigned")
        return try step(number, .assigned, text, owner, due, by: person, at: instant)
    }

    /// Adds a comment to an open dispute. Throws `DisputeRefusal` and `PersonRefusal`.
    @discardableResult
    public func commentDispute(
        _ number: Int64, _ text: String, by person: Person, at instant: Instant
    ) throws -> Dispute {
        try step(number, .commented, text, nil, nil, by: person, at: instant)
    }

    /// All disputes, by number.
    public func disputes() throws -> [Dispute] {
        try reading("read the disputes") { try DisputeRows($0, try inForce($0).roster).all() }
    }

    /// The dispute of a number; nil if there is none. No other's row is looked at.
    public func dispute(_ number: Int64) throws -> Dispute? {
        try reading("read a dispute") { try DisputeRows($0, try inForce($0).roster).one(number) }
    }

    private func step(
        _ number: Int64, _ act: Dispute.Step.Act, _ text: String, _ owner: PersonName?, _ due: LocalDate?,
        by person: Person, at instant: Instant
    ) throws -> Dispute {
        try writing("note what was said of a dispute") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            return try step(
                number, act, text, nil, owner, due, by: person, at: instant, inForce, database)
        }
    }

    /// Within a transaction, of a person that was looked at.
    func step(
        _ number: Int64, _ act: Dispute.Step.Act, _ text: String, _ adjustment: BookingReference?,
        _ owner: PersonName?, _ due: LocalDate?, by person: Person, at instant: Instant, _ inForce: InForce,
        _ database: Database
    ) throws -> Dispute {
        let rows = DisputeRows(database, inForce.roster)
        guard let dispute = try rows.one(number) else {
            throw DisputeRefusal(code: .disputeUnknown, reason: "there is no dispute \(number)")
        }
        guard dispute.state == .open else {
            throw DisputeRefusal(
                code: .disputeEnded, reason: "\(dispute.name) was \(dispute.state.rawValue)")
        }
        if let adjustment { try verify(adjustment, of: dispute, inForce, database) }
        try rows.add(
            Dispute.Step(
                act: act, at: instant, person: person.name, text: text, adjustment: adjustment,
                owner: owner, due: due),
            to: dispute, by: person)
        if act == .accepted || act == .rejected, let destinations = inForce.destinations[dispute.merchant] {
            try OutboxRows(database, inForce.roster).add(
                .disputeAnswered(number), to: dispute.merchant, destinations, at: instant)
        }
        guard let changed = try rows.one(number) else {
            preconditionFailure("a dispute stays")
        }
        return changed
    }

    private func verify(
        _ reference: BookingReference, of dispute: Dispute, _ inForce: InForce, _ database: Database
    ) throws {
        guard
            let booked = try BookingRows(database, inForce.roster).find(dispute.merchant, reference),
            booked.booking.kind == .adjustment, booked.undoneBy == nil
        else {
            throw DisputeRefusal(
                code: .adjustmentUnknown,
                reason: "\(dispute.merchant) has no adjustment \(reference) that is booked and not undone")
        }
        guard DisputeNaming(booked.booking.reason, inForce.roster).names(dispute) else {
            let ownName = "\(dispute.ownName) of \(dispute.merchant)"
            throw DisputeRefusal(
                code: .adjustmentUnnamed,
                reason: "the reason of \(reference) has to say \"\(ownName)\", or \"\(dispute.name)\"")
        }
    }
}
