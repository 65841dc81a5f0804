/// A payment or an adjustment that the operator books. Rulebook §6.
public struct Booking: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable { case payment, adjustment }

    public let merchant: MerchantID
    public let kind: Kind
    /// Unique per merchant, over both kinds.
    public let reference: BookingReference
    /// From the merchant's side: a payment to the merchant is negative. Not zero, within ±10^15.
    public let amount: Money
    /// The booking date.
    public let date: LocalDate
    public let reason: String
    /// The reference of the same merchant's booking that this one takes back, being its opposite.
    public let undoes: BookingReference?

    public init(
        merchant: MerchantID, kind: Kind, reference: BookingReference, amount: Money, date: LocalDate,
        reason: String, undoes: BookingReference? = nil
    ) {
        self.merchant = merchant
        self.kind = kind
        self.reference = reference
        self.amount = amount
        self.date = date
        self.reason = reason
        self.undoes = undoes
    }

    /// What takes this booking back: the same amount the other way, under a reference of its own.
    public func opposite(reference: BookingReference, date: LocalDate, reason: String) -> Booking {
        Booking(
            merchant: merchant, kind: kind, reference: reference, amount: Money(-amount.minorUnits),
            date: date, reason: reason, undoes: self.reference)
    }
}
