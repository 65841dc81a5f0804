import GRDB
public import Settlement

extension Store {
    /// Gives up orders of a period's run that a bank rejected, all or none: what they were of is open again, and the next
    /// run pays it under another name. With `draft` it waits for another person to approve it, and counts for nothing.
    ///
    /// Throws `PaymentRefusal` where one was not ordered, is booked, waits to be, is named by an entry of the bank that
    /// waits, or was given up before, and `PersonRefusal`, with four eyes also where it is no draft.
    public func rejectOrders(
        of period: Int, _ merchants: [MerchantID], because reason: String, by person: Person,
        at instant: Instant, draft: Bool = false
    ) throws -> PaymentRun {
        try writing("give up orders") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            guard draft || !inForce.schedule.alliance.fourEyes else { throw PersonRefusal.draftRequired }
            guard PrintableText.accepts(reason, bytes: 1...200) else {
                throw PaymentRefusal(.reasonMalformed, "expected 1 … 200 bytes of printable text on one line")
            }
            var giving = try GivingUp(database, inForce, of: period)
            for merchant in merchants {
                let place = try giving.rejectable(merchant, givenUp: merchants)
                let rejection = PaymentRun.Rejection(
                    number: try PaymentRejectionRows(database).nextNumber(), place: place, at: instant,
                    person: person.name, personKey: person.provenKey, reason: reason,
                    state: draft ? .waiting : .undrafted)
                try giving.rows.add(rejection, to: giving.run())
                try giving.note(
                    rejection, draft ? "drafted to be given up" : "given up", by: person, at: instant)
            }
            return try giving.run()
        }
    }

    /// Approves drafts to give up orders of a period's run, all or none: each is judged anew. With four eyes nobody approves
    /// their own.
    ///
    /// Throws `PaymentRefusal` as `rejectOrders` does, and where no draft of a number waits, and `PersonRefusal`.
    public func approveRejections(
        of period: Int, _ numbers: [Int64], by person: Person, at instant: Instant
    ) throws -> PaymentRun {
        try endingRejections(of: period, numbers, by: person, at: instant) { giving, drafts in
            let merchants = try drafts.map { try giving.merchant(of: $0) }
            for (draft, merchant) in zip(drafts, merchants) {
                try giving.requireSecond(person, for: draft)
                _ = try giving.rejectable(merchant, givenUp: merchants, approving: draft)
                try giving.end(draft, .approved(at: instant, by: person.name))
                try giving.note(draft, "given up", by: person, at: instant)
            }
        }
    }

    /// Ends drafts to give up orders, all or none, and gives up nothing. Throws `PaymentRefusal` and `PersonRefusal`.
    public func withdrawRejections(
        of period: Int, _ numbers: [Int64], by person: Person, at instant: Instant
    ) throws -> PaymentRun {
        try endingRejections(of: period, numbers, by: person, at: instant) { giving, drafts in
            for draft in drafts {
                try giving.end(draft, .withdrawn(at: instant, by: person.name))
                try giving.note(draft, "kept", by: person, at: instant)
            }
        }
    }

    private func endingRejections(
        of period: Int, _ numbers: [Int64], by person: Person, at instant: Instant,
        _ end: (inout GivingUp, [PaymentRun.Rejection]) throws -> Void
    ) throws -> PaymentRun {
        try writing("end drafts to give up orders") { database in
            let inForce = try inForce(database)
            try person.verify(database, inForce, at: instant)
            var giving = try GivingUp(database, inForce, of: period)
            let waiting = try giving.run().waitingRejections
            let drafts = try Set(numbers).sorted().map { number in
                guard let draft = waiting.first(where: { $0.number == number }) else {
                    throw PaymentRefusal(
                        .rejectionUnknown, "no draft \(number) waits to give up an order of \(giving.id)")
                }
                return draft
            }
            try end(&giving, drafts)
            return try giving.run()
        }
    }
}
