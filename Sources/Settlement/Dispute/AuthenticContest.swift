import Signing

/// A merchant's contest with the exact bytes in which it said so, and a signature that holds over them: authorised as a
/// batch is.
public struct AuthenticContest: Sendable {
    public let bytes: [UInt8]
    /// The detached JWS as it came.
    public let signature: String
    public let keyID: String
    public let merchant: MerchantID
    public let contest: Contest

    /// Checks size, signature and form. `received` is the instant at which the last byte was here, `keys` finds a key by its
    /// id.
    ///
    /// Throws, in this order, `ContestRefusal` of `contest_too_large`; `BatchRefusal` of `signature_malformed`,
    /// `key_unknown`, `key_revoked`, `signature_invalid`; `ContestRefusal` of `contest_operator_key` and
    /// `contest_malformed`.
    public init(
        bytes: [UInt8], signature: String?, received: Instant, keys: (String) -> BatchKey?
    ) throws {
        guard bytes.count <= Contest.mostBytes else {
            throw Contest.tooLarge(found: "\(bytes.count) bytes")
        }
        let (jws, key) = try AuthenticBatch.verify(signature, of: bytes, received: received, keys: keys)
        guard let merchant = key.merchant else {
            throw ContestRefusal(
                .operatorKey, reason: "the key \(jws.keyID) is the operator's, who opens disputes by command",
                expected: "a key of the merchant's", found: "a key of the operator's")
        }
        contest = try Contest(parsing: bytes)
        self.bytes = bytes
        self.signature = jws.text
        keyID = jws.keyID
        self.merchant = merchant
    }
}
