import GRDB
public import Settlement

/// A draft and what became of it.
public struct StoredDraft: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case waiting, booked
        case withdrawn(at: Instant, by: PersonName)
    }

    /// 1, 2, 3 … over all merchants.
    public let number: Int64
    public let booking: Booking
    public let drafted: Instant
    public let drafter: PersonName
    /// The public key whose private half the drafter showed, 32 bytes; nil: the name was taken on trust.
    let drafterKey: [UInt8]?
    public let state: State
    /// The number of the booking that was made of it, if it was.
    public let bookedAs: Int64?
}

/// How a person names a draft: by its reference, by its merchant where several ever had one of it, and by the number of
/// the very draft that the person has seen, which another one of the same reference does not have.
public struct DraftName: Hashable, Sendable {
    public let reference: BookingReference
    public let merchant: MerchantID?
    public let number: Int64?

    public init(_ reference: BookingReference, of merchant: MerchantID? = nil, number: Int64? = nil) {
        self.reference = reference
        self.merchant = merchant
        self.number = number
    }
}

extension Store {
    /// Drafts payments and adjustments, all or none: they count for nothing until somebody approves them. One that
    /// waits or is booked already with the same content is passed over.
    ///
    /// A trial drafts nothing. Throws `BookingsRefused` and `PersonRefusal`.
    @discardableResult
    public func draft(
        _ bookings: [Booking], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [BookingResult] {
        try acting("draft", trial: trial) { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let verdicts = try BookingJudge(database, inForce, for: .draft).judge(bookings)
            let rows = DraftRows(database, inForce.roster)
            let lookup = try DraftLookup(database, inForce)
            return try zip(bookings, verdicts).map { booking, verdict in
                switch verdict {
                case .new(let period):
                    if !trial { try rows.add(booking, by: person, at: instant) }
                    return BookingResult(booking, .drafted, period: period, lookup.calendar)
                case .standing(let standing):
                    return BookingResult(booking, .alreadyBooked, period: standing.period, lookup.calendar)
                case .waiting: return lookup.result(booking, .alreadyDrafted)
                }
            }
        }
    }

    /// Books drafts that wait, all or none. One that was approved before is passed over. With four eyes nobody
    /// approves a draft of their own, and each is named with its number.
    ///
    /// A trial books nothing. Throws `BookingsRefused` and `PersonRefusal`.
    @discardableResult
    public func approve(
        _ names: [DraftName], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [BookingResult] {
        try acting("approve drafts", trial: trial) { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let lookup = try DraftLookup(database, inForce)
            let found = try lookup.find(names, ended: .booked, differingFrom: person)
            let waiting = found.indices.filter { found[$0].state == .waiting }
            let verdicts = try lookup.judge(waiting.map { ($0, found[$0]) })
            if !trial { try BankChargeRows(database, inForce.roster).verify() }
            let rows = BookingRows(database, inForce.roster)
            var periods: [Int: Int] = [:]
            for (position, verdict) in zip(waiting, verdicts) {
                let draft = found[position]
                guard case .new(let period) = verdict else {
                    throw StoreTrouble.damaged(
                        "drafts", "row \(draft.number)", "it waits, and its reference is booked")
                }
                periods[position] = period
                guard !trial else { continue }
                let number = try rows.add(
                    draft.booking, period: period, by: person, drafter: draft.drafter, at: instant)
                try DraftRows(database, inForce.roster).end(draft, bookedAs: number)
            }
            if !trial { try ChargeBooking(database, inForce).follow(by: person, at: instant) }
            return try found.indices.map { position in
                let booking = found[position].booking
                if let period = periods[position] {
                    return BookingResult(booking, .booked, period: period, lookup.calendar)
                }
                let standing = try rows.find(booking.merchant, booking.reference)
                return BookingResult(
                    booking, .alreadyBooked, period: standing?.period ?? lookup.period(of: booking),
                    lookup.calendar)
            }
        }
    }

    /// Ends drafts that wait, all or none, and books nothing. One that was withdrawn before is passed over.
    ///
    /// A trial withdraws nothing. Throws `BookingsRefused` and `PersonRefusal`.
    @discardableResult
    public func withdraw(
        _ names: [DraftName], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [BookingResult] {
        try acting("withdraw drafts", trial: trial) { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            let lookup = try DraftLookup(database, inForce)
            return try lookup.find(names, ended: .withdrawn, differingFrom: nil).map { draft in
                guard draft.state == .waiting else { return lookup.result(draft.booking, .alreadyWithdrawn) }
                if !trial {
                    try DraftRows(database, inForce.roster).withdraw(draft, by: person, at: instant)
                }
                return lookup.result(draft.booking, .withdrawn)
            }
        }
    }

    /// The draft that waits under a reference, if any. Those that ended are not looked at.
    public func waitingDraft(_ reference: BookingReference, of merchant: MerchantID) throws -> StoredDraft? {
        try reading("read the drafts") {
            try DraftRows($0, try inForce($0).roster).waiting(merchant, reference)
        }
    }

    /// All drafts, in the order in which they were made.
    public func drafts() throws -> [StoredDraft] {
        try reading("read the drafts") { try DraftRows($0, try inForce($0).roster).all() }
    }
}
