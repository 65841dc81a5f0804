import GRDB
import Settlement

/// Gives up orders of a period's run within one transaction.
struct GivingUp {
    let rows: PaymentRows
    /// The period's.
    let id: String
    private let database: Database
    private let inForce: InForce
    private let period: Int
    private var book: OrderBook

    init(_ database: Database, _ inForce: InForce, of period: Int) throws {
        self.database = database
        self.inForce = inForce
        self.period = period
        rows = PaymentRows(database, inForce.roster)
        id = inForce.schedule.calendar.period(period).id
        book = try OrderBook(database, inForce)
    }

    /// As it stands by now.
    func run() throws -> PaymentRun { try rows.standing(of: period, id: id) }

    /// The place of a merchant's order that may be given up, together with those of others. Throws `PaymentRefusal`.
    mutating func rejectable(
        _ merchant: MerchantID, givenUp merchants: [MerchantID], approving draft: PaymentRun.Rejection? = nil
    ) throws -> Int {
        let run = try run()
        let place = try Self.ordered(run, merchant)
        let reference = run.reference(of: place)
        if let other = run.waitingRejections.first(where: { $0.place == place }),
            other.number != draft?.number
        {
            throw PaymentRefusal(
                .rejectionWaiting,
                "draft \(other.number) of \(other.person) waits to give up \(reference) of \(merchant)")
        }
        let isTaken =
            try BookingRows(database, inForce.roster).find(merchant, reference)?.booking.kind == .payment
            || DraftRows(database, inForce.roster).waiting(merchant, reference) != nil
        guard !isTaken else {
            throw PaymentRefusal(
                .orderBooked, "\(reference) of \(merchant) is booked, or a draft of it waits: undo it")
        }
        let places = run.items.indices.filter { merchants.contains(run.items[$0].open.merchant) }
        let givenUp = Set(places.map { run.reference(of: $0).text })
        if let entry = try book.entry(naming: reference, givenUp: givenUp) {
            throw PaymentRefusal(
                .orderQuoted,
                "entry \(entry) of the bank waits, and names \(reference) of \(merchant), or its group: "
                    + "settle that first, see `settled payments unmatched`")
        }
        return place
    }

    /// The place of a merchant's order that stands.
    private static func ordered(_ run: PaymentRun, _ merchant: MerchantID) throws -> Int {
        guard let place = run.items.firstIndex(where: { $0.open.merchant == merchant }) else {
            throw PaymentRefusal(.orderUnknown, "run \(run.number) has nothing of \(merchant)")
        }
        if let rejection = run.rejection(of: place) {
            throw PaymentRefusal(
                .orderRejected,
                "\(run.reference(of: place)) of \(merchant) was given up by \(rejection.person) on \(rejection.at)"
            )
        }
        guard run.hasOrdered(place) else {
            throw PaymentRefusal(
                .orderUnknown,
                "run \(run.number) has ordered nothing of \(merchant): no file of it was given out")
        }
        return place
    }

    /// With four eyes two persons with keys of their own have looked at it.
    func requireSecond(_ person: Person, for draft: PaymentRun.Rejection) throws {
        guard inForce.schedule.alliance.fourEyes else { return }
        guard draft.person != person.name, draft.personKey == nil || draft.personKey != person.provenKey
        else {
            throw PaymentRefusal(
                .samePerson, "\(draft.person) drafted \(draft.number): another person has to approve it")
        }
        guard draft.personKey != nil else {
            throw PaymentRefusal(
                .makerUnproven,
                "\(draft.person) drafted \(draft.number) without a key: drop it, and draft it anew with --key"
            )
        }
    }

    func merchant(of rejection: PaymentRun.Rejection) throws -> MerchantID {
        try run().items[rejection.place].open.merchant
    }

    func end(_ draft: PaymentRun.Rejection, _ state: PaymentRun.Rejection.State) throws {
        var ended = draft
        ended.state = state
        try PaymentRejectionRows(database).end(ended, of: run().number)
    }

    func note(
        _ rejection: PaymentRun.Rejection, _ said: String, by person: Person, at instant: Instant
    ) throws {
        let reference = try run().reference(of: rejection.place)
        let merchant = try merchant(of: rejection)
        try rows.note(
            "\(reference) of \(merchant) \(said) as rejected by \(person.name): "
                + rejection.reason, by: person, at: instant)
    }
}
