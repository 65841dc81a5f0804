import GRDB
import Settlement

extension Store {
    /// What the bank charged, in the order in which it was booked.
    public func bankCharges() throws -> [BankCharge] {
        try reading("read what the bank charged") { database in
            let inForce = try inForce(database)
            return try BankChargeRows(database, inForce.roster).all(of: OrderBook(database, inForce).lines)
        }
    }
}

/// Lets what is booked of the bank's charges follow what counts: it belongs to what a person accepts, to the approval of its
/// draft, and ends with what takes its payment back. No row ever changes, so that no period that is closed does.
struct ChargeBooking {
    private let database: Database
    private let inForce: InForce

    init(_ database: Database, _ inForce: InForce) {
        self.database = database
        self.inForce = inForce
    }

    /// To be called behind whatever may change what counts, in its transaction, once that is noted.
    func follow(by person: Person, at instant: Instant) throws {
        let earliest = try PeriodRows(database).earliestTaking()
        let rows = BankChargeRows(database, inForce.roster)
        for missing in try missing() {
            let charge = BankCharge(
                number: try rows.nextNumber(), line: missing.line, merchant: missing.payment.merchant,
                payment: missing.payment.reference, amount: missing.amount, date: missing.date,
                period: inForce.schedule.calendar.place(of: missing.date, earliest: earliest).period,
                booked: instant, person: person.name)
            try rows.add(charge)
            let amount = inForce.schedule.alliance.currency.text(charge.amount)
            try BankTail(database).note(
                "charges of entry \(charge.line) booked, \(amount), beside \(charge.payment) of \(charge.merchant), "
                    + "by \(person.name)", by: person, at: instant)
        }
    }

    /// Whether what is booked comes to what counts.
    func isComplete() throws -> Bool { try missing().isEmpty }

    // MARK: What is missing

    private struct Missing {
        let line: Int64
        let payment: PaymentName
        let amount: Money
        let date: LocalDate
    }

    private func missing() throws -> [Missing] {
        let query = try Prepared(
            database, "SELECT EXISTS (SELECT 1 FROM bank_matches WHERE charges IS NOT NULL)")
        guard try query.first({ $0.integer(0) }) == 1 else { return [] }
        let booked = Dictionary(
            grouping: try BankChargeRows(database, inForce.roster).all(), by: \.line)
        var lines = try BankRows(database, inForce.roster).lines()
        let noted = lines
        let bookings = try BookingRows(database, inForce.roster).all()
        _ = try StandingMatches(
            bookings: bookings, drafts: DraftRows(database, inForce.roster).all()
        ).sift(&lines)
        return zip(lines, noted).compactMap { stored, noted in
            let earlier = booked[stored.number] ?? []
            let difference = stored.charges.minorUnits - Int64(BankChargeRows.sum(earlier))
            guard difference != 0 else { return nil }
            let charged = stored.matches.first { !$0.charges.isZero }.flatMap { PaymentName($0.act) }
            guard let payment = charged ?? earlier.last.map({ PaymentName($0.merchant, $0.payment) }) else {
                preconditionFailure("charges are beside a payment")
            }
            let date =
                difference > 0
                ? Self.day(of: payment, noted, earlier) : Self.end(of: noted, bookings)
            return Missing(line: stored.number, payment: payment, amount: Money(difference), date: date)
        }
    }

    /// The entry's; what takes an opposite back is of the opposite's day, so that both are of one period.
    private static func day(
        of payment: PaymentName, _ noted: StoredBankLine, _ earlier: [BankCharge]
    ) -> LocalDate {
        guard let last = earlier.last, last.amount < .zero,
            PaymentName(last.merchant, last.payment) == payment
        else { return noted.line.date }
        return last.date
    }

    /// That of the booking by which the entry's payments were taken back; where it was reopened instead, the entry's own: then
    /// it was wrong from the beginning.
    private static func end(of noted: StoredBankLine, _ bookings: [StoredBooking]) -> LocalDate {
        let payments = Set(noted.sinceReopened.compactMap { PaymentName($0.act) })
        let ends = bookings.lazy.reversed().first { stored in
            stored.booking.undoes.map { payments.contains(PaymentName(stored.booking.merchant, $0)) } ?? false
        }
        return ends?.booking.date ?? noted.line.date
    }
}
