public import Settlement
public import Store

/// What became of bookings, for people and for programs.
public struct BookingReport: Sendable {
    let results: [BookingResult]
    let isTrial: Bool
    private let calendar: PeriodCalendar
    private let currency: Currency
    private let now: Instant

    public init(_ results: [BookingResult], in store: Store, at now: Instant, isTrial: Bool) throws {
        self.results = results
        self.isTrial = isTrial
        self.now = now
        let schedule = try store.schedule()
        calendar = schedule.calendar
        currency = schedule.alliance.currency
    }

    /// One line each, and their sums where there are several.
    public var lines: [String] {
        (results.isEmpty ? ["there is nothing to book"] : results.map(line)) + sums
            + (isTrial ? ["dry run: nothing was changed"] : [])
    }

    private func line(_ result: BookingResult) -> String {
        let booking = result.booking
        let own = calendar.ordinal(containing: booking.date).map { calendar.period($0).id }
        let why = own.map { "\($0) takes no more" } ?? "that is before the alliance's start"
        let late = result.isLate ? ", as \(why)" : ""
        let period = calendar.period(result.period)
        let future = now < period.start ? ", which has not begun" : ""
        return
            "\(said(result.outcome)): \(booking.reference), \(booking.inWords(currency)), dated \(booking.date),"
            + " in \(period.id)\(future)\(late)"
            + (booking.undoes.map { ", undoes \($0)" } ?? "")
    }

    private func said(_ outcome: BookingResult.Outcome) -> String {
        switch outcome {
        case .booked: isTrial ? "would be booked" : "booked"
        case .drafted: isTrial ? "would be drafted" : "drafted"
        case .withdrawn: isTrial ? "would be withdrawn" : "withdrawn"
        case .alreadyBooked: "booked already, nothing to do"
        case .alreadyDrafted: "drafted already, nothing to do"
        case .alreadyWithdrawn: "withdrawn already, nothing to do"
        }
    }

    /// What those that are not done already come to, either way.
    private var sums: [String] {
        let amounts = results.filter { $0.outcome.isNew }.map { Int128($0.booking.amount.minorUnits) }
        guard results.count > 1 else { return [] }
        let (credit, debit) = (amounts.filter { $0 > 0 }, amounts.filter { $0 < 0 })
        func text(_ list: [Int128]) -> String {
            let sum = list.reduce(0, +)
            return
                "\(list.count) of \(Figures.money(Int64(clamping: sum), exponent: currency.exponent)) \(currency.code)"
        }
        return [
            "in favour of merchants \(text(credit)), to their debit \(text(debit)),"
                + " done already \(results.count - amounts.count)"
        ]
    }

    /// One JSON object.
    public var json: String {
        var json = CanonicalJSON()
        json.object { object in
            object.name("dry_run")
            object.boolean(isTrial)
            object.member("bookings", array: results) { json, result in
                json.object { object in
                    object.member("outcome", result.outcome.rawValue)
                    result.booking.write(to: &object)
                    object.member("period", calendar.period(result.period).id)
                    object.name("late")
                    object.boolean(result.isLate)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension BookingResult.Outcome {
    /// Whether something was done, or would be.
    fileprivate var isNew: Bool {
        switch self {
        case .booked, .drafted, .withdrawn: true
        case .alreadyBooked, .alreadyDrafted, .alreadyWithdrawn: false
        }
    }
}

extension Booking {
    /// The members of an object; the amount in minor units from the merchant's side, as in signed documents.
    func write(to object: inout CanonicalJSON) {
        object.member("merchant", merchant.text)
        object.member("kind", kind.rawValue)
        object.member("reference", reference.text)
        object.member("amount", amount.minorUnits)
        object.member("date", date.description)
        object.member("reason", reason)
        object.member("undoes", ifPresent: undoes?.text)
    }

    /// The amount and which way it goes: `19.10 EUR received from bakery`.
    func inWords(_ currency: Currency) -> String {
        let isCredit = amount.minorUnits > 0
        let way =
            switch kind {
            case .payment: isCredit ? "received from" : "paid to"
            case .adjustment: isCredit ? "credited to" : "charged to"
            }
        let magnitude = Int64(amount.minorUnits.magnitude)
        return "\(Figures.money(magnitude, exponent: currency.exponent)) \(currency.code) \(way) \(merchant)"
    }
}
