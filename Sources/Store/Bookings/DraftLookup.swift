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

    private struct Objection: Error {
        let code: BookingRefusal.Code
        let reason: String

        init(_ code: BookingRefusal.Code, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    /// The draft of each name, in their order, one that is named again once: the one that waits, else the last one
    /// that ended so. Throws `BookingsRefused`, with four eyes also where `person` cannot approve it.
    func find(
        _ names: [DraftName], ended: End, differingFrom person: Person?
    ) throws -> [StoredDraft] {
        var seen: Set<Int64> = []
        var found: [StoredDraft] = []
        var refusals: [BookingRefusal] = []
        for (position, name) in names.enumerated() {
            do {
                let draft = try draft(name, ended: ended)
                if let person, draft.state == .waiting, inForce.schedule.alliance.fourEyes {
                    try judge(draft, named: name, approvedBy: person)
                }
                if seen.insert(draft.number).inserted { found.append(draft) }
            } catch let objection as Objection {
                refusals.append(
                    BookingRefusal(
                        code: objection.code, position: position, merchant: name.merchant,
                        reference: name.reference, reason: objection.reason))
            }
        }
        guard refusals.isEmpty else { throw BookingsRefused(refusals: refusals) }
        return found
    }

    private func draft(_ name: DraftName, ended: End) throws -> StoredDraft {
        let drafts = try DraftRows(database, inForce.roster).named(name)
        if let number = name.number { return try draft(number, among: drafts, ended: ended) }
        let merchants = Set(drafts.map(\.booking.merchant.text)).sorted()
        guard merchants.count < 2 else {
            throw Objection(
                .referenceAmbiguous,
                "drafts of \(merchants.joined(separator: ", ")) bear it, or did: name the merchant or the "
                    + "number too")
        }
        if let waiting = drafts.first(where: { $0.state == .waiting }) { return waiting }
        if ended == .withdrawn, let last = drafts.first,
            try BookingRows(database, inForce.roster).find(last.booking.merchant, name.reference) != nil
        {
            throw Objection(.draftBooked, "it is booked: take that back by its opposite (--undo)")
        }
        guard let draft = drafts.first(where: { $0.hasEnded(ended) }) else {
            throw Objection(.draftUnknown, "no draft of this reference waits")
        }
        return draft
    }

    /// The draft of a number, if it waits or has ended so.
    private func draft(_ number: Int64, among drafts: [StoredDraft], ended: End) throws -> StoredDraft {
        guard let draft = drafts.first(where: { $0.number == number }) else {
            throw Objection(.draftUnknown, "no draft of this reference has the number \(number)")
        }
        if draft.state == .waiting || draft.hasEnded(ended) { return draft }
        if draft.state == .booked {
            throw Objection(.draftBooked, "it is booked: take that back by its opposite (--undo)")
        }
        let merchant = draft.booking.merchant
        if let other = drafts.first(where: { $0.state == .waiting && $0.booking.merchant == merchant }) {
            throw Objection(
                .draftChanged, "draft \(number) was withdrawn, and draft \(other.number) waits: look at that")
        }
        throw Objection(.draftUnknown, "draft \(number) was withdrawn")
    }

    /// With four eyes two persons with keys of their own have seen the same draft.
    private func judge(
        _ draft: StoredDraft, named name: DraftName, approvedBy person: Person
    ) throws(Objection) {
        guard draft.drafter != person.name, draft.drafterKey == nil || draft.drafterKey != person.provenKey
        else {
            throw Objection(.samePerson, "\(draft.drafter) drafted it: another person has to approve it")
        }
        guard draft.drafterKey != nil else {
            throw Objection(
                .drafterUnproven, "\(draft.drafter) showed no key: withdraw it, and draft it anew with --key")
        }
        guard name.number != nil else {
            throw Objection(
                .draftNumberRequired,
                "look at it (`settled bookings --waiting`), and name it \(name.reference)#\(draft.number)")
        }
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
    func period(of booking: Booking) -> Int {
        calendar.place(of: booking.date, earliest: earliest).period
    }

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
