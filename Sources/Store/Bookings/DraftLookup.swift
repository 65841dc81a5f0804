import GRDB
import Settlement

/// Finds drafts by the names that a person gives them.
struct DraftLookup {
    enum End { case booked, withdrawn }

    let calendar: PeriodCalendar
    private let database: Database
    private let inForce: InForce
    private let earliest: Int

    init(_ database: Database, _ inForce: InForce) throws {
        self.database = database
        self.inForce = inForce
        calendar = inForce.schedule.calendar
        earliest = try PeriodRows(database).earliestTaking()
    }

    /// The draft of each name, in their order, a name that comes again once: the one that waits, else the last one
    /// that ended so. Throws `BookingsRefused`, with four eyes also where it is of the person that `other` names.
    func find(
        _ names: [DraftName], ended: End, differingFrom other: PersonName?
    ) throws -> [StoredDraft] {
        var seen: Set<DraftName> = []
        var found: [StoredDraft] = []
        var refusals: [BookingRefusal] = []
        for (position, name) in names.enumerated() where seen.insert(name).inserted {
            func refuse(_ code: BookingRefusal.Code, _ reason: String) {
                refusals.append(
                    BookingRefusal(
                        code: code, position: position, merchant: name.merchant, reference: name.reference,
                        reason: reason))
            }
            let drafts = try DraftRows(database, inForce.roster).named(name)
            let waiting = drafts.filter { $0.state == .waiting }
            guard waiting.count < 2 else {
                let merchants = waiting.map(\.booking.merchant.text).sorted().joined(separator: ", ")
                refuse(.referenceAmbiguous, "drafts of \(merchants) bear it: name the merchant too")
                continue
            }
            guard let draft = waiting.first ?? drafts.first(where: { $0.hasEnded(ended) }) else {
                refuse(.draftUnknown, "no draft of this reference waits")
                continue
            }
            if let other, draft.state == .waiting, inForce.schedule.alliance.fourEyes, draft.drafter == other
            {
                refuse(.samePerson, "\(other) drafted it: another person has to approve it")
            }
            found.append(draft)
        }
        guard refusals.isEmpty else { throw BookingsRefused(refusals: refusals) }
        return found
    }

    /// Judges drafts as bookings of now; what is refused is told by the position that comes with it.
    func judge(_ drafts: [(position: Int, draft: StoredDraft)]) throws -> [BookingJudge.Verdict] {
        do {
            return try BookingJudge(database, inForce, for: .approve).judge(drafts.map(\.draft.booking))
        } catch let refused as BookingsRefused {
            throw BookingsRefused(
                refusals: refused.refusals.map {
                    BookingRefusal(
                        code: $0.code, position: drafts[$0.position].position, merchant: $0.merchant,
                        reference: $0.reference, reason: $0.reason)
                })
        }
    }

    /// The period that a booking would belong to now.
    func period(of booking: Booking) -> Int { max(earliest, calendar.ordinal(containing: booking.date) ?? 0) }

    func result(_ booking: Booking, _ outcome: BookingResult.Outcome) -> BookingResult {
        BookingResult(booking, outcome, period: period(of: booking), calendar)
    }
}

extension StoredDraft {
    fileprivate func hasEnded(_ end: DraftLookup.End) -> Bool {
        switch (state, end) {
        case (.booked, .booked), (.withdrawn, .withdrawn): true
        default: false
        }
    }
}
