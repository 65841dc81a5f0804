import Settlement
import Signing
import Store

/// Makes bookings of what a person typed, or wrote in a file.
struct BookingReader {
    /// Cells of a file, or what stands behind options; nil: nothing.
    struct Texts {
        let merchant: String?
        let reference: String?
        /// In major units, from the merchant's side.
        let amount: String?
        let date: String?
        let reason: String?
        let undoes: String?
    }

    let kind: Booking.Kind
    let store: Store
    let currency: Currency
    /// The alliance's date of now.
    let today: LocalDate

    init(_ kind: Booking.Kind, _ store: Store, now: Instant) throws {
        let schedule = try store.schedule()
        self.kind = kind
        self.store = store
        currency = schedule.alliance.currency
        today = schedule.zone.localDate(at: now)
    }

    /// What is wrong with a text, and which one.
    struct Fault: Error {
        let name: String
        let problem: String
    }

    /// Throws `Fault`; `BookingsRefused` where there is nothing to undo.
    func booking(_ texts: Texts) throws -> Booking {
        let merchant = try required("merchant", texts.merchant, "a merchant's id") { MerchantID($0) }
        let reference = try required(
            "reference", texts.reference,
            "1–64 printable characters without space, quote, backslash and comma"
        ) { BookingReference($0) }
        let amount = try optional(
            "amount", texts.amount, "an amount in \(currency.code) as \(currency.moneyExample)"
        ) { currency.money($0) }
        let typedDate = try optional("date", texts.date, "YYYY-MM-DD") { LocalDate($0) }
        let reason = try required("reason", texts.reason, "a reason") { $0 }
        let undoes = try optional("undoes", texts.undoes, "the reference of a booking") {
            BookingReference($0)
        }
        let date = try typedDate ?? standingDate(of: reference, merchant)
        guard let undoes else {
            guard let amount else {
                throw Fault(
                    name: "amount",
                    problem:
                        "expected an amount in \(currency.code) as \(currency.moneyExample), found nothing")
            }
            return Booking(
                merchant: merchant, kind: kind, reference: reference, amount: amount, date: date ?? today,
                reason: reason)
        }
        guard let original = try store.booking(undoes, of: merchant) else {
            let refusal = BookingRefusal(
                code: .undoUnknown, position: 0, merchant: merchant, reference: reference,
                reason: "the merchant has no booking \(undoes)")
            throw BookingsRefused(refusals: [refusal])
        }
        let opposite = original.booking.opposite(
            reference: reference, date: date ?? max(today, original.booking.date), reason: reason)
        return Booking(
            merchant: merchant, kind: kind, reference: reference, amount: amount ?? opposite.amount,
            date: opposite.date, reason: reason, undoes: undoes)
    }

    /// The date of what is booked or waits under the reference: the same again, with no date, is that of another day too.
    private func standingDate(of reference: BookingReference, _ merchant: MerchantID) throws -> LocalDate? {
        if let booked = try store.booking(reference, of: merchant) { return booked.booking.date }
        return try store.waitingDraft(reference, of: merchant)?.booking.date
    }

    private func required<Value>(
        _ name: String, _ text: String?, _ expected: String, _ read: (String) -> Value?
    ) throws(Fault) -> Value {
        guard let value = try optional(name, text, expected, read) else {
            throw Fault(name: name, problem: "expected \(expected), found nothing")
        }
        return value
    }

    private func optional<Value>(
        _ name: String, _ text: String?, _ expected: String, _ read: (String) -> Value?
    ) throws(Fault) -> Value? {
        guard let text else { return nil }
        guard let value = read(text) else {
            throw Fault(name: name, problem: "expected \(expected), found \(PlainText.excerpt(text))")
        }
        return value
    }
}
