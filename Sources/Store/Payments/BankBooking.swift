import GRDB
import Settlement

/// Books or drafts what the bank's lines say, one after the other, and notes what settled each.
struct BankBooking {
    private let database: Database
    private let inForce: InForce
    private let person: Person
    private let instant: Instant
    private let isDraft: Bool
    var book: OrderBook

    /// Throws `PersonRefusal`, with four eyes also where it would book what was not drafted.
    init(
        _ database: Database, _ inForce: InForce, by person: Person, at instant: Instant, draft: Bool
    ) throws {
        try person.verify(database, inForce, at: instant)
        guard draft || !inForce.schedule.alliance.fourEyes else { throw PersonRefusal.draftRequired }
        try BankChargeRows(database, inForce.roster).verify()
        self.database = database
        self.inForce = inForce
        self.person = person
        self.instant = instant
        isDraft = draft
        book = try OrderBook(database, inForce)
    }

    /// Does all that was found of a line, or nothing; gives what settles it, or why nothing can.
    mutating func carry(
        out finding: BankFinding, of line: BankLine, number: Int64
    ) throws -> (acts: [BankMatch.Act], refusal: String?) {
        // Of an entry's orders one is what its charges are beside.
        let charged = finding.steps.firstIndex { booking(for: $0, line) != nil }
        let bookings = finding.steps.indices.compactMap { place in
            booking(for: finding.steps[place], line, charges: place == charged ? finding.charges : .zero)
        }
        do {
            let verdicts = try BookingJudge(database, inForce, for: isDraft ? .draft : .book).judge(bookings)
            for (booking, verdict) in zip(bookings, verdicts) {
                guard case .new(let period) = verdict else { continue }
                if isDraft {
                    try DraftRows(database, inForce.roster).add(booking, by: person, at: instant)
                } else {
                    _ = try BookingRows(database, inForce.roster).add(
                        booking, period: period, by: person, drafter: nil, at: instant)
                }
            }
        } catch let refused as BookingsRefused {
            return ([], refused.refusals.map { "\($0)" }.joined(separator: "; "))
        }
        let acts = finding.steps.map { step in
            let act = self.act(of: step)
            book.matching.apply(step, state: state(after: step, line))
            return act
        }
        for (place, act) in acts.enumerated() {
            try note(act, for: number, charges: place == charged ?? 0 ? finding.charges : .zero)
        }
        return (acts, nil)
    }

    /// Notes what settles a line, and what the bank charged beside it.
    func note(_ act: BankMatch.Act, for number: Int64, charges: Money = .zero) throws {
        try BankMatchRows(database, inForce.roster).add(
            BankMatch(
                line: number, act: act, ground: try ground(of: act), at: instant, person: person.name,
                charges: charges))
    }

    /// Whether two persons have to look at what is booked.
    var hasFourEyes: Bool { inForce.schedule.alliance.fourEyes }

    /// Whether what is booked of charges is what counts now.
    func hasCompleteCharges() throws -> Bool { try ChargeBooking(database, inForce).isComplete() }

    /// Books what of charges counts now; once all that was done is noted.
    func followCharges() throws {
        try ChargeBooking(database, inForce).follow(by: person, at: instant)
    }

    /// What is booked under the payment's name now, or else waits.
    private func ground(of act: BankMatch.Act) throws -> BankMatch.Ground? {
        guard let payment = act.payment else { return nil }
        if let stored = try BookingRows(database, inForce.roster).find(payment.merchant, payment.reference) {
            return .booking(stored.number)
        }
        guard
            let draft = try DraftRows(database, inForce.roster).waiting(payment.merchant, payment.reference)
        else { preconditionFailure("what a match stands on is booked, or waits") }
        return .draft(draft.number)
    }

    // MARK: Steps

    private func booking(
        for step: BankFinding.Step, _ line: BankLine, charges: Money = .zero
    ) -> Booking? {
        let order = book.matching.orders[step.order]
        let currency = inForce.schedule.alliance.currency
        // What the bank calls it may be longer than a reason.
        let entry =
            "entry \(line.reference.isEmpty ? "without a name" : String(line.reference.prefix(40)))"
            + (charges.isZero ? "" : ", charges \(currency.text(charges))")
        let isPart = step.act == .payPart
        let payment = Booking(
            merchant: order.merchant, kind: .payment, reference: order.reference,
            amount: isPart ? line.amount : order.amount, date: line.date,
            reason: "bank statement, \(entry)" + (isPart ? ", part of \(currency.text(order.amount))" : ""))
        switch step.act {
        case .pay, .payPart: return payment
        case .undo:
            let reason = String((line.returned ?? "it came back").prefix(40))
            return payment.opposite(
                reference: Self.returning(order), date: line.date, reason: "returned, \(reason), \(entry)")
        case .confirmPaid, .confirmUndone: return nil
        }
    }

    /// What a payment is taken back under.
    static func returning(_ order: PaymentOrder) -> BookingReference {
        BookingReference(verified: "\(order.reference)-back")
    }

    private func act(of step: BankFinding.Step) -> BankMatch.Act {
        let order = book.matching.orders[step.order]
        return switch step.act {
        case .pay, .payPart: .paid(order.merchant, order.reference)
        case .confirmPaid: .named(order.merchant, order.reference)
        case .undo: .returned(order.merchant, Self.returning(order))
        case .confirmUndone(let other): .named(order.merchant, other)
        }
    }

    private func state(after step: BankFinding.Step, _ line: BankLine) -> PaymentOrder.State {
        let order = book.matching.orders[step.order]
        return switch step.act {
        case .pay: isDraft ? .waiting : .booked
        case .payPart: .differing(line.amount, isDraft: isDraft)
        case .confirmPaid: order.state
        case .undo: isDraft ? .booked : .undone(by: Self.returning(order))
        case .confirmUndone(let other): .undone(by: other)
        }
    }
}
