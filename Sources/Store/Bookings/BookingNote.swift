import Settlement

/// What the audit says of a booking, a draft or its end: all but date and reason, which the entry of the act has none of.
public enum BookingNote {
    public static func text(
        kind: String, reference: String, amount: Int64, person: String, drafter: String?, undoes: String?
    ) -> String {
        "\(kind) \(reference) of \(amount) by \(person)"
            + (drafter.map { ", drafted by \($0)" } ?? "") + (undoes.map { ", undoes \($0)" } ?? "")
    }

    static func text(_ booking: Booking, by person: PersonName, drafter: PersonName? = nil) -> String {
        text(
            kind: booking.kind.rawValue, reference: booking.reference.text,
            amount: booking.amount.minorUnits, person: person.text, drafter: drafter?.text,
            undoes: booking.undoes?.text)
    }
}
