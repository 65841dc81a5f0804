public import Settlement
import Signing
public import Store

/// Payments and adjustments as they stand: those booked, and drafts that wait or were withdrawn.
public struct BookingListing: Sendable {
    /// What is asked for; what is nil is not asked about.
    public struct Filter: Sendable {
        public let merchant: MerchantID?
        /// The ordinal of the period that they belong to.
        public let period: Int?
        /// Drafts that wait, and nothing else.
        public let isWaitingOnly: Bool

        public init(merchant: MerchantID? = nil, period: Int? = nil, isWaitingOnly: Bool = false) {
            self.merchant = merchant
            self.period = period
            self.isWaitingOnly = isWaitingOnly
        }
    }

    fileprivate struct Entry {
        let booking: Booking
        /// Nil: it is in none, being a draft.
        let period: Int?
        let isLate: Bool
        let state: String
        let undoneBy: BookingReference?
        /// Who booked, approved or withdrew it.
        let person: PersonName?
        let drafter: PersonName?
        /// Of a draft.
        let number: Int64?
        let at: Instant
    }

    private let entries: [Entry]
    private let calendar: PeriodCalendar
    private let currency: Currency

    public init(_ store: Store, _ filter: Filter) throws {
        let schedule = try store.schedule()
        let calendar = schedule.calendar
        self.calendar = calendar
        currency = schedule.alliance.currency
        let booked = try store.bookings().map { stored in
            Entry(
                booking: stored.booking, period: stored.period,
                isLate: calendar.ordinal(containing: stored.booking.date) != stored.period,
                state: stored.undoneBy == nil ? "booked" : "undone", undoneBy: stored.undoneBy,
                person: stored.person, drafter: stored.drafter, number: nil,
                at: stored.booked)
        }
        let drafts = try store.drafts().compactMap { Entry($0) }
        entries = (booked + drafts).filter { entry in
            (filter.merchant == nil || entry.booking.merchant == filter.merchant)
                && (filter.period == nil || entry.period == filter.period)
                && (!filter.isWaitingOnly || entry.state == "draft")
        }
    }

    /// Aligned columns: first what is booked, then drafts by reference and number (`OUT-7#12`), each in the order in which they were made.
    public var text: String {
        var table = TextTable(
            .left("date"), .left("merchant"), .left("kind"), .left("reference"), .right("amount"),
            .left("period"), .left("state"), .left("person"), .left("reason"))
        for entry in entries {
            let booking = entry.booking
            let state = [
                entry.state + (entry.undoneBy.map { " by \($0)" } ?? ""),
                booking.undoes.map { "undoes \($0)" }, entry.isLate ? "late" : nil,
            ]
            let persons = [
                entry.drafter.map { "drafted by \($0)" },
                entry.person.map { entry.drafter == nil ? $0.text : "\(entry.ending) by \($0)" },
            ]
            table.add(
                booking.date.description, booking.merchant.text, booking.kind.rawValue,
                entry.number.map { "\(booking.reference)#\($0)" } ?? booking.reference.text,
                Figures.money(booking.amount.minorUnits, exponent: currency.exponent),
                entry.period.map { calendar.period($0).id } ?? "",
                state.compactMap(\.self).joined(separator: ", "),
                persons.compactMap(\.self).joined(separator: ", "), PlainText.of(booking.reason))
        }
        return entries.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
    }

    /// One JSON object a line; what is absent is left out.
    public var json: String {
        entries.map { entry in
            var json = CanonicalJSON()
            json.object { object in
                entry.booking.write(to: &object)
                object.member("state", entry.state)
                if let number = entry.number { object.member("draft", number) }
                object.member("undone_by", ifPresent: entry.undoneBy?.text)
                object.member("period", ifPresent: entry.period.map { calendar.period($0).id })
                if entry.period != nil {
                    object.name("late")
                    object.boolean(entry.isLate)
                }
                object.member("drafter", ifPresent: entry.drafter?.text)
                object.member("person", ifPresent: entry.person?.text)
                object.member("at", entry.at.description)
            }
            return String(decoding: json.bytes, as: UTF8.self) + "\n"
        }.joined()
    }
}

extension BookingListing.Entry {
    /// Nil of a draft that was booked, which stands there as that.
    fileprivate init?(_ draft: StoredDraft) {
        let (state, person, at): (String, PersonName?, Instant)
        switch draft.state {
        case .booked: return nil
        case .waiting: (state, person, at) = ("draft", nil, draft.drafted)
        case .withdrawn(let instant, let name): (state, person, at) = ("withdrawn", name, instant)
        }
        self.init(
            booking: draft.booking, period: nil, isLate: false, state: state, undoneBy: nil, person: person,
            drafter: draft.drafter, number: draft.number, at: at)
    }

    /// What the second person did.
    fileprivate var ending: String { state == "withdrawn" ? "withdrawn" : "approved" }
}
