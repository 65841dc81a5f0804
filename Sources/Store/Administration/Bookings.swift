import GRDB
public import Settlement

/// Why a list of bookings is refused, all of it. Codes are never reused. Rulebook §6.
public struct BookingRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case merchantUnknown = "merchant_unknown"
        /// The merchant has booked this reference already, or it stands twice in the list.
        case referenceReused = "reference_reused"
        /// The period that it belongs to ends before the merchant's terms begin.
        case noTerms = "no_terms"
        /// Zero, or beyond ±10^15.
        case amountOutOfBounds = "amount_out_of_bounds"
    }

    public let code: Code
    /// Position in the list, from 0.
    public let position: Int
    public let booking: Booking
}

extension BookingRefusal: CustomStringConvertible {
    public var description: String {
        let place = "booking \(position + 1), \(booking.merchant) \(booking.reference)"
        return switch code {
        case .merchantUnknown: "\(place): there is no such merchant in the alliance"
        case .referenceReused: "\(place): the reference is taken"
        case .noTerms: "\(place): dated \(booking.date), its period ends before the merchant's terms begin"
        case .amountOutOfBounds: "\(place): the amount is not within 1 … 10^15 either way"
        }
    }
}

/// A booking and where it stands.
public struct StoredBooking: Hashable, Sendable {
    public let booking: Booking
    /// The ordinal of the period it belongs to.
    public let period: Int
    public let booked: Instant
}

extension Store {
    /// Books payments and adjustments, all or none: each in the open period that contains its date, or in the
    /// earliest open one. Throws `BookingRefusal`.
    public func book(_ bookings: [Booking], at instant: Instant) throws {
        try writing("book") { database in
            let inForce = try inForce(database)
            let rows = BookingRows(database, inForce.roster)
            let earliest = try PeriodRows(database).earliestTaking()
            for (position, booking) in bookings.enumerated() {
                let refuse = { BookingRefusal(code: $0, position: position, booking: booking) }
                guard inForce.roster.number(of: booking.merchant) != nil,
                    let begin = inForce.schedule.termsBegin(of: booking.merchant)
                else { throw refuse(.merchantUnknown) }
                guard booking.amount.minorUnits != 0,
                    booking.amount.minorUnits.magnitude <= Money.maximum.magnitude
                else { throw refuse(.amountOutOfBounds) }
                let calendar = inForce.schedule.calendar
                let ordinal = max(earliest, calendar.ordinal(containing: booking.date) ?? 0)
                guard begin < calendar.period(ordinal).end else { throw refuse(.noTerms) }
                guard try rows.add(booking, period: ordinal, at: instant) else {
                    throw refuse(.referenceReused)
                }
            }
        }
    }

    /// All bookings, in the order in which they were made.
    public func bookings() throws -> [StoredBooking] {
        try reading("read the bookings") { try BookingRows($0, try inForce($0).roster).all() }
    }
}

struct BookingRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// False if the merchant has used the reference before.
    func add(_ booking: Booking, period: Int, at instant: Instant) throws -> Bool {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bookings (merchant, reference, kind, amount, date, reason, booked, period)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (merchant, reference) DO NOTHING
            """)
        insert.bind(1, roster[booking.merchant])
        insert.bind(2, booking.reference.text)
        insert.bind(3, booking.kind.rawValue)
        insert.bind(4, booking.amount.minorUnits)
        insert.bind(5, booking.date.dayNumber)
        insert.bind(6, booking.reason)
        insert.bind(7, instant.milliseconds)
        insert.bind(8, period)
        try insert.run()
        guard insert.changes == 1 else { return false }
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: .booked, merchant: booking.merchant,
                reason: "\(booking.kind.rawValue) \(booking.reference) of \(booking.amount.minorUnits)"))
        return true
    }

    func all() throws -> [StoredBooking] {
        try Prepared(database, Self.select + " ORDER BY booking").all { try stored($0) }
    }

    func of(_ period: Int) throws -> [Booking] {
        let query = try Prepared(database, Self.select + " WHERE period = ? ORDER BY booking")
        query.bind(1, period)
        return try query.all { try stored($0).booking }
    }

    private static let select =
        "SELECT merchant, reference, kind, amount, date, reason, booked, period, booking FROM bookings"

    /// Days since 1970-01-01 of the years 0 to 9999.
    private static let days: ClosedRange<Int64> = -719_528...2_932_896

    private func stored(_ row: Prepared) throws -> StoredBooking {
        let number = row.integer(8)
        guard let kind = Booking.Kind(rawValue: row.text(2)) else {
            throw StoreTrouble.damaged(
                "bookings", "row \(number)", "it is neither a payment nor an adjustment")
        }
        let (amount, day) = (row.integer(3), row.integer(4))
        guard amount != 0, amount.magnitude <= Money.maximum.magnitude, Self.days.contains(day) else {
            throw StoreTrouble.damaged("bookings", "row \(number)", "its amount or its date is none")
        }
        let booking = Booking(
            merchant: try roster.merchant(row.integer(0), of: "bookings", number), kind: kind,
            reference: row.identifier(1), amount: Money(amount), date: LocalDate(dayNumber: Int(day)),
            reason: row.text(5))
        return StoredBooking(
            booking: booking, period: try PeriodRows.ordinal(row.integer(7), of: "bookings", number),
            booked: row.instant(6))
    }
}
