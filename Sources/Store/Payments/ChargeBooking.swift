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
        let query = try Prepared(
            database, "SELECT EXISTS (SELECT 1 FROM bank_matches WHERE charges IS NOT NULL)")
        guard try query.first({ $0.integer(0) }) == 1 else { return }
        let rows = BankChargeRows(database, inForce.roster)
        let booked = Dictionary(grouping: try rows.all(), by: \.line)
        var lines = try BankRows(database, inForce.roster).lines()
        _ = try StandingMatches(
            bookings: BookingRows(database, inForce.roster).all(),
            drafts: DraftRows(database, inForce.roster).all()
        ).sift(&lines)
        let today = inForce.schedule.zone.localDate(at: instant)
        let earliest = try PeriodRows(database).earliestTaking()
        for stored in lines {
            let earlier = booked[stored.number] ?? []
            let difference = stored.charges.minorUnits - Int64(BankChargeRows.sum(earlier))
            guard difference != 0 else { continue }
            let charged = stored.matches.first { !$0.charges.isZero }?.act.payment
            guard
                let payment = charged ?? earlier.last.map({ (merchant: $0.merchant, reference: $0.payment) })
            else {
                preconditionFailure("charges are beside a payment")
            }
            let date = difference > 0 ? stored.line.date : today
            let charge = BankCharge(
                number: try rows.nextNumber(), line: stored.number, merchant: payment.merchant,
                payment: payment.reference, amount: Money(difference), date: date,
                period: inForce.schedule.calendar.place(of: date, earliest: earliest).period, booked: instant,
                person: person.name)
            try rows.add(charge)
            let amount = inForce.schedule.alliance.currency.text(charge.amount)
            try BankTail(database).note(
                "charges of entry \(charge.line) booked, \(amount), beside \(charge.payment) of \(charge.merchant), "
                    + "by \(person.name)", by: person, at: instant)
        }
    }
}
