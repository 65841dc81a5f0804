public import Settlement

extension Store {
    /// Gives up orders of a period's run that a bank rejected, all or none: what they were of is open again, and the next
    /// run pays it under another name.
    ///
    /// Throws `PaymentRefusal` where one was not ordered, is booked, waits to be, is named by an entry of the bank that
    /// waits, or was given up before, and `PersonRefusal`.
    public func rejectOrders(
        of period: Int, _ merchants: [MerchantID], because reason: String, by person: Person,
        at instant: Instant
    ) throws -> PaymentRun {
        try writing("give up orders") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            guard PrintableText.accepts(reason, bytes: 1...200) else {
                throw PaymentRefusal(.reasonMalformed, "expected 1 … 200 bytes of printable text on one line")
            }
            let rows = PaymentRows(database, inForce.roster)
            let id = inForce.schedule.calendar.period(period).id
            var book = try OrderBook(database, inForce)
            let givenUp = Self.references(of: merchants, in: try rows.standing(of: period, id: id))
            for merchant in merchants {
                let run = try rows.standing(of: period, id: id)
                let place = try Self.rejectable(run, merchant)
                let reference = run.reference(of: place)
                let isTaken =
                    try BookingRows(database, inForce.roster).find(merchant, reference)?.booking.kind
                    == .payment
                    || DraftRows(database, inForce.roster).waiting(merchant, reference) != nil
                guard !isTaken else {
                    throw PaymentRefusal(
                        .orderBooked, "\(reference) of \(merchant) is booked, or a draft of it waits: undo it"
                    )
                }
                if let entry = try book.entry(naming: reference, givenUp: givenUp) {
                    throw PaymentRefusal(
                        .orderQuoted,
                        "entry \(entry) of the bank waits, and names \(reference) of \(merchant), or its group: "
                            + "settle that first, see `settled payments unmatched`")
                }
                try rows.add(
                    PaymentRun.Rejection(place: place, at: instant, person: person.name, reason: reason),
                    to: run)
                try rows.note(
                    "\(reference) of \(merchant) given up as rejected by \(person.name): \(reason)",
                    by: person,
                    at: instant)
            }
            return try rows.standing(of: period, id: id)
        }
    }

    private static func references(of merchants: [MerchantID], in run: PaymentRun) -> Set<String> {
        let places = run.items.indices.filter { merchants.contains(run.items[$0].open.merchant) }
        return Set(places.map { run.reference(of: $0).text })
    }

    /// The place of a merchant's order that may be given up.
    private static func rejectable(_ run: PaymentRun, _ merchant: MerchantID) throws -> Int {
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
}
