import GRDB
import Settlement

/// The table of what is booked. Rows are added and never change.
struct BookingRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// Adds a booking that has been judged, and notes it in the audit; gives its number.
    func add(_ booking: Booking, period: Int, by person: Person, drafter: PersonName?, at instant: Instant)
        throws -> Int64
    {
        let insert = try Prepared(
            database,
            """
            INSERT INTO bookings (merchant, reference, kind, amount, date, reason, undoes, booked, period,
                person, drafter)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(booking, roster)
        insert.bind(8, instant.milliseconds)
        insert.bind(9, period)
        insert.bind(10, person.name)
        insert.bind(11, drafter?.text)
        try insert.run()
        let number = database.lastInsertedRowID
        let note = BookingNote.text(booking, by: person.name, drafter: drafter)
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: .booked, merchant: booking.merchant,
                keyID: person.provenKey == nil ? nil : person.name.text, reason: note))
        return number
    }

    func all() throws -> [StoredBooking] {
        try Prepared(database, Self.select + " ORDER BY booking").all { try stored($0) }
    }

    func of(_ period: Int) throws -> [Booking] {
        let query = try Prepared(database, Self.select + " WHERE period = ? ORDER BY booking")
        query.bind(1, period)
        return try query.all { try stored($0).booking }
    }

    func find(_ merchant: MerchantID, _ reference: BookingReference) throws -> StoredBooking? {
        let query = try Prepared(database, Self.select + " WHERE merchant = ? AND reference = ?")
        query.bind(1, roster[merchant])
        query.bind(2, reference)
        return try query.first { try stored($0) }
    }

    private static let select = """
        SELECT merchant, reference, kind, amount, date, reason, undoes, booking, booked, period, person, drafter,
            (SELECT reference FROM bookings u WHERE u.merchant = b.merchant AND u.undoes = b.reference)
        FROM bookings b
        """

    private func stored(_ row: Prepared) throws -> StoredBooking {
        StoredBooking(
            booking: try row.booking(roster, of: "bookings"),
            period: try PeriodRows.ordinal(row.integer(9), of: "bookings", row.integer(7)),
            booked: row.instant(8), person: row.identifier(10),
            drafter: row.isNull(11) ? nil : row.identifier(11),
            undoneBy: row.isNull(12) ? nil : row.identifier(12))
    }
}

extension Prepared {
    /// Days since 1970-01-01 of the years 0 to 9999.
    private static let bookedDays: ClosedRange<Int64> = -719_528...2_932_896

    /// Binds what a booking says to the first seven parameters.
    func bind(_ booking: Booking, _ roster: Roster) {
        bind(1, roster[booking.merchant])
        bind(2, booking.reference)
        bind(3, booking.kind.rawValue)
        bind(4, booking.amount.minorUnits)
        bind(5, booking.date.dayNumber)
        bind(6, booking.reason)
        bind(7, booking.undoes?.text)
    }

    /// Reads it back from the first seven columns; the eighth is the row's number.
    func booking(_ roster: Roster, of table: String) throws -> Booking {
        let number = integer(7)
        guard let kind = Booking.Kind(rawValue: text(2)) else {
            throw StoreTrouble.damaged(table, "row \(number)", "it is neither a payment nor an adjustment")
        }
        let (amount, day) = (integer(3), integer(4))
        guard amount != 0, amount.magnitude <= Money.maximum.magnitude, Self.bookedDays.contains(day) else {
            throw StoreTrouble.damaged(table, "row \(number)", "its amount or its date is none")
        }
        return Booking(
            merchant: try roster.merchant(integer(0), of: table, number), kind: kind,
            reference: identifier(1), amount: Money(amount), date: LocalDate(dayNumber: Int(day)),
            reason: text(5), undoes: isNull(6) ? nil : identifier(6))
    }
}
