public import Signing

/// A key under which batches may come. Rulebook §3.
public struct BatchKey: Sendable {
    public let verification: VerificationKey
    /// Whose batches it signs; nil: it is the operator's, and signs on behalf of any merchant.
    public let merchant: MerchantID?
    /// What is received from then on is refused; nil: the key is active.
    public let revokedFrom: Instant?

    public init(verification: VerificationKey, merchant: MerchantID?, revokedFrom: Instant? = nil) {
        self.verification = verification
        self.merchant = merchant
        self.revokedFrom = revokedFrom
    }
}

/// The exact bytes of a batch with a signature that holds over them. Nothing in them has been looked at yet.
/// Rulebook §3.
public struct AuthenticBatch: Sendable {
    public let bytes: [UInt8]
    public let digest: SHA256Digest
    public let form: BatchForm
    /// The detached JWS as it came.
    public let signature: String
    public let keyID: String
    /// Whose key it is; nil: the operator's.
    public let keyMerchant: MerchantID?
    /// Whether members were forgotten: the signature, and `digest`, are then of bytes that are no more.
    public let isRedacted: Bool

    /// Whose sequence the batch belongs to.
    public var signer: Signer { keyMerchant == nil ? .operator : .merchant }

    /// Checks size and signature. `limit` is the most bytes taken, `mostRecords` the most records, `received` the
    /// instant at which the last of them was here, `keys` finds a key by its id.
    ///
    /// Throws, in this order, `too_large`, `signature_malformed`, `key_unknown`, `key_revoked`,
    /// `signature_invalid`.
    public init(
        bytes: [UInt8], form: BatchForm, signature: String?, limit: Int, mostRecords: Int = .max,
        received: Instant, keys: (String) -> BatchKey?
    ) throws(BatchRefusal) {
        try Self.checkSize(of: bytes, limit: limit, mostRecords: mostRecords)
        let (jws, key) = try Self.verify(signature, of: bytes, received: received, keys: keys)
        self.bytes = bytes
        self.form = form
        digest = SHA256Digest(of: bytes)
        self.signature = jws.text
        keyID = jws.keyID
        keyMerchant = key.merchant
        isRedacted = false
    }

    /// What is left of a batch whose members were forgotten. Its signature holds no more, and held when it came;
    /// `digest` is that of the bytes that were signed.
    public init(
        redacted bytes: [UInt8], digest: SHA256Digest, form: BatchForm, signature: String, keyID: String,
        keyMerchant: MerchantID?
    ) {
        self.bytes = bytes
        self.digest = digest
        self.form = form
        self.signature = signature
        self.keyID = keyID
        self.keyMerchant = keyMerchant
        isRedacted = true
    }

    /// The signature that holds over these bytes, and the key that made it: of a batch, and of whatever else is handed in
    /// as batches are. Throws `signature_malformed`, `key_unknown`, `key_revoked`, `signature_invalid`.
    static func verify(
        _ signature: String?, of bytes: [UInt8], received: Instant, keys: (String) -> BatchKey?
    ) throws(BatchRefusal) -> (jws: DetachedJWS, key: BatchKey) {
        let (jws, key) = try key(of: signature, received: received, keys: keys)
        do throws(SignatureRefusal) {
            try jws.verify(payload: bytes, key: key.verification)
        } catch {
            throw invalid(error, jws, bytes)
        }
        return (jws, key)
    }

    /// What is found of bytes that are not those signed is their digest: whoever signed them can hold it against his.
    /// Of the key nothing is told: whose it is has not been proved.
    private static func invalid(
        _ refusal: SignatureRefusal, _ jws: DetachedJWS, _ bytes: [UInt8]
    ) -> BatchRefusal {
        let isOtherAlgorithm = refusal == .keyAlgorithmMismatch
        return BatchRefusal(
            .signatureInvalid, reason: "key \(jws.keyID): \(refusal)",
            expected: isOtherAlgorithm
                ? "the algorithm of the key \(jws.keyID)" : "the bytes that the key \(jws.keyID) signed",
            found: isOtherAlgorithm
                ? "another algorithm" : "\(bytes.count) bytes of \(SHA256Digest(of: bytes).text)")
    }

    /// Throws `too_large` for more bytes or, as far as lines tell, more records than are taken.
    ///
    /// A record stands on a line of its own, or the batch is malformed; before the records there are two at most. What is
    /// read later takes memory by the record.
    static func checkSize(of bytes: [UInt8], limit: Int, mostRecords: Int) throws(BatchRefusal) {
        guard bytes.count <= limit else {
            throw BatchRefusal(
                .tooLarge, reason: "the batch has \(bytes.count) bytes, expected at most \(limit)",
                expected: "at most \(limit) bytes", found: "\(bytes.count) bytes")
        }
        guard bytes.count / leastRecordBytes > mostRecords else { return }
        var lines = bytes.last == 0x0A ? 0 : 1
        for byte in bytes where byte == 0x0A { lines += 1 }
        guard lines - 2 > mostRecords else { return }
        throw BatchRefusal(
            .tooLarge, reason: "the batch has \(lines) lines, expected at most \(mostRecords) records",
            expected: "at most \(mostRecords) records", found: "\(lines) lines")
    }

    /// A row of CSV takes 32, a line of NDJSON more.
    private static let leastRecordBytes = 30

    /// The signature as it is read, and the key that it names: what can be said before a byte of the batch is
    /// here. Throws `signature_malformed`, `key_unknown`, `key_revoked`.
    public static func key(
        of signature: String?, received: Instant, keys: (String) -> BatchKey?
    ) throws(BatchRefusal) -> (jws: DetachedJWS, key: BatchKey) {
        let jws = try parsed(signature)
        guard let key = keys(jws.keyID) else {
            throw BatchRefusal(
                .keyUnknown, reason: "no key has the id \(jws.keyID) that the signature names",
                expected: "the id of a key of the merchant's", found: jws.keyID)
        }
        if let from = key.revokedFrom, received >= from {
            throw BatchRefusal(
                .keyRevoked, reason: "the key \(jws.keyID) is revoked", expected: "a key that is active",
                found: "a revoked key")
        }
        return (jws, key)
    }

    private static func parsed(_ signature: String?) throws(BatchRefusal) -> DetachedJWS {
        guard let signature else {
            throw BatchRefusal(
                .signatureMalformed, reason: "there is no signature, expected a detached JWS",
                expected: DetachedJWS.expected, found: "nothing")
        }
        do throws(SignatureRefusal) {
            return try DetachedJWS(parsing: signature)
        } catch {
            throw BatchRefusal(
                .signatureMalformed, reason: "the signature is no detached JWS of our form: \(error)",
                expected: DetachedJWS.expected, found: error.found)
        }
    }
}
