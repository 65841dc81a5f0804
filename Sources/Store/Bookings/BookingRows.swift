import GRDB
import Settlement

/// The table of what is booked. Rows are numbered without a gap, bear a sum, and never change.
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
                person, drafter, booking, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try RowNumbers.next("booking", of: "bookings", database)
        insert.bind(booking, roster)
        insert.bind(8, instant.milliseconds)
        insert.bind(9, period)
        insert.bind(10, person.name)
        insert.bind(11, drafter?.text)
        insert.bind(12, number)
        insert.bind(
            13,
            Self.sum(
                [
                    number, roster[booking.merchant], booking.amount.minorUnits,
                    Int64(booking.date.dayNumber), instant.milliseconds, Int64(period),
                ],
                [booking.reference.text, booking.kind.rawValue, booking.reason, person.name.text],
                drafter: drafter?.text, undoes: booking.undoes?.text))
        try insert.run()
        let note = BookingNote.text(booking, by: person.name, drafter: drafter)
        try AuditRows(database).add(
            AuditEntry(
                at: instant, act: .booked, merchant: booking.merchant,
                keyID: person.provenKey == nil ? nil : person.name.text, reason: note))
        return number
    }

    /// The sum of a row: of its number, merchant, amount, date, instant and period, then of its reference, kind,
    /// reason and person, and who drafted it and what it undoes, if anything.
    static func sum(_ numbers: [Int64], _ texts: [String], drafter: String?, undoes: String?) -> Int64 {
        RowSum.of(
            numbers + [drafter == nil ? 0 : 1, undoes == nil ? 0 : 1], texts + [drafter ?? "", undoes ?? ""])
    }

    /// In the order in which they were made. Throws `StoreTrouble` where a row is not as it was written, or one before
    /// the last is gone.
    func all() throws -> [StoredBooking] {
        var last: Int64 = 0
        return try Prepared(database, Self.select + " ORDER BY booking").all { row in
            last += 1
            guard row.integer(7) == last else {
                throw StoreTrouble.damaged("bookings", "row \(last)", "it is not there")
            }
            return try stored(row)
        }
    }

    /// Looks at all rows: one that was moved to another period is told too.
    func of(_ period: Int) throws -> [Booking] {
        try all().filter { $0.period == period }.map(\.booking)
    }

    func find(_ merchant: MerchantID, _ reference: BookingReference) throws -> StoredBooking? {
        let query = try Prepared(database, Self.select + " WHERE merchant = ? AND reference = ?")
        query.bind(1, roster[merchant])
        query.bind(2, reference)
        return try query.first { try stored($0) }
    }

    private static let select = """
        SELECT merchant, reference, kind, amount, date, reason, undoes, booking, booked, period, person, drafter,
            (SELECT reference FROM bookings u WHERE u.merchant = b.merchant AND u.undoes = b.reference), sum
        FROM bookings b
        """

    private func stored(_ row: Prepared) throws -> StoredBooking {
        let sum = Self.sum(
            [7, 0, 3, 4, 8, 9].map { row.integer($0) }, [1, 2, 5, 10].map { row.text($0) },
            drafter: row.textOrNil(11), undoes: row.textOrNil(6))
        guard sum == row.integer(13) else {
            throw StoreTrouble.damaged("bookings", "row \(row.integer(7))")
        }
        return StoredBooking(
            number: row.integer(7), booking: try row.booking(roster, of: "bookings"),
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
