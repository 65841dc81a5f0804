import HTTPTypes

extension HTTPField.Name {
    /// Detached JWS of a batch, or of the receipt that answers it.
    static let settledSignature = headerName("Settled-Signature")
    /// The operator's seal of a receipt.
    static let settledSeal = headerName("Settled-Seal")

    /// How the records of a batch stand.
    static let settledState = headerName("Settled-State")
    /// `true` on the answer to a dry run.
    static let settledDryRun = headerName("Settled-Dry-Run")
    /// Of what is sent: RFC 3230, and RFC 9530 that took its place.
    static let digest = headerName("Digest")
    static let reprDigest = headerName("Repr-Digest")

    private static func headerName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token of RFC 9110") }
        return name
    }
}
