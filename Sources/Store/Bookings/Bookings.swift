import GRDB
public import Settlement

/// A booking and where it stands.
public struct StoredBooking: Hashable, Sendable {
    /// 1, 2, 3 … over all merchants.
    public let number: Int64
    public let booking: Booking
    /// The ordinal of the period it belongs to.
    public let period: Int
    public let booked: Instant
    /// Who booked it, or approved its draft.
    public let person: PersonName
    /// Who drafted it, if it was drafted.
    public let drafter: PersonName?
    /// The booking that takes it back, if one does.
    public let undoneBy: BookingReference?
}

/// What became of a booking that was handed in, drafted, approved or withdrawn.
public struct BookingResult: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case booked, drafted, withdrawn
        /// The same was done before, and nothing was done.
        case alreadyBooked = "already_booked"
        case alreadyDrafted = "already_drafted"
        case alreadyWithdrawn = "already_withdrawn"
    }

    public let booking: Booking
    public let outcome: Outcome
    /// The ordinal of the period that it belongs to, or would if it were booked now.
    public let period: Int
    /// Whether the period is not that of its own date, which takes nothing any more or is before the alliance's start.
    public let isLate: Bool

    init(_ booking: Booking, _ outcome: Outcome, period: Int, _ calendar: PeriodCalendar) {
        self.booking = booking
        self.outcome = outcome
        self.period = period
        isLate = calendar.ordinal(containing: booking.date) != period
    }
}

extension Store {
    /// Books payments and adjustments, all or none: each in the open period that contains its date, or in the
    /// earliest open one. One that stands already with the same content is passed over.
    ///
    /// A trial books nothing. Throws `BookingsRefused`; `PersonRefusal`, always where the alliance has four eyes.
    @discardableResult
    public func book(
        _ bookings: [Booking], by person: Person, at instant: Instant, trial: Bool = false
    ) throws -> [BookingResult] {
        try acting("book", trial: trial) { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            guard !inForce.schedule.alliance.fourEyes else { throw PersonRefusal.draftRequired }
            return try book(bookings, by: person, drafter: nil, at: instant, trial, inForce, database)
        }
    }

    /// Books as it was done before, or in a simulation, without asking who may. Throws `BookingsRefused`.
    package func rebook(
        _ bookings: [Booking], by person: PersonName, drafter: PersonName? = nil, at instant: Instant
    ) throws {
        try writing("book") { database in
            _ = try book(
                bookings, by: Person(person), drafter: drafter, at: instant, false, try inForce(database),
                database)
        }
    }

    /// All bookings, in the order in which they were made.
    public func bookings() throws -> [StoredBooking] {
        try reading("read the bookings") { try BookingRows($0, try inForce($0).roster).all() }
    }

    /// The merchant's booking of a reference.
    public func booking(_ reference: BookingReference, of merchant: MerchantID) throws -> StoredBooking? {
        try reading("read the bookings") { database in
            let roster = try inForce(database).roster
            guard roster.number(of: merchant) != nil else { return nil }
            return try BookingRows(database, roster).find(merchant, reference)
        }
    }

    /// A transaction that writes, or one of a trial, which cannot.
    func acting<Value>(
        _ attempt: String, trial: Bool, _ body: (Database) throws -> Value
    ) throws -> Value {
        trial ? try reading(attempt, body) : try writing(attempt, body)
    }

    private func book(
        _ bookings: [Booking], by person: Person, drafter: PersonName?, at instant: Instant, _ trial: Bool,
        _ inForce: InForce, _ database: Database
    ) throws -> [BookingResult] {
        let verdicts = try BookingJudge(database, inForce, for: .book).judge(bookings)
        if !trial { try BankChargeRows(database, inForce.roster).verify() }
        let rows = BookingRows(database, inForce.roster)
        let calendar = inForce.schedule.calendar
        let results = try zip(bookings, verdicts).map { booking, verdict -> BookingResult in
            switch verdict {
            case .new(let period):
                if !trial {
                    _ = try rows.add(booking, period: period, by: person, drafter: drafter, at: instant)
                }
                return BookingResult(booking, .booked, period: period, calendar)
            case .standing(let standing):
                return BookingResult(booking, .alreadyBooked, period: standing.period, calendar)
            case .waiting(let draft):
                throw StoreTrouble.damaged("drafts", "row \(draft.number)", "it waits, and would be booked")
            }
        }
        if !trial { try ChargeBooking(database, inForce).follow(by: person, at: instant) }
        return results
    }
}
