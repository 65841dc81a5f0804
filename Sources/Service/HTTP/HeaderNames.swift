import HTTPTypes

extension HTTPField.Name {
    /// Detached JWS of a batch, or of the receipt that answers it.
    static let settledSignature = headerName("Settled-Signature")
    /// The operator's seal of a receipt.
    static let settledSeal = headerName("Settled-Seal")

    private static func headerName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token of RFC 9110") }
        return name
    }
}
