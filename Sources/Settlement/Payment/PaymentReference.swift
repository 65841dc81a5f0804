/// The names that a payment run gives to what it orders: made of the run's number and the merchant, so that the same run
/// always has the same.
public enum PaymentReference {
    /// Of an instruction, end to end, at most 35 characters: `R7-M001`. A merchant's id that is too long for it, or has
    /// characters that not every bank takes, is told by its place in the run: `R7.3`.
    public static func of(run: Int64, _ merchant: MerchantID, place: Int) -> BookingReference {
        let text = "R\(run)-\(merchant)"
        return BookingReference(
            verified: SEPAText.acceptsIdentifier(text, atMost: 35) ? text : "R\(run).\(place)")
    }

    /// What who owes quotes when they pay by themselves.
    public static func creditorReference(run: Int64, place: Int) -> CreditorReference? {
        try? CreditorReference(of: "R\(run)N\(place)")
    }
}
