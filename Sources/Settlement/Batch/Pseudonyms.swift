public import Signing

/// Members who were forgotten, told by their ids although none of these is kept: whoever knows an id can make its
/// pseudonym, and that is known.
public struct Pseudonyms: Sendable {
    private let keys: [PseudonymKey]
    private let known: Set<MemberID>

    /// `known` are the pseudonyms that members got, `keys` those that made them: each is asked about each id.
    public init(keys: [PseudonymKey], known: Set<MemberID>) {
        precondition(known.isEmpty || !keys.isEmpty, "without the keys nobody tells who was forgotten")
        self.keys = keys
        self.known = known
    }

    /// Of where nobody was forgotten.
    public static let none = Pseudonyms(keys: [], known: [])

    public var isEmpty: Bool { known.isEmpty }

    /// What stands for a member who was forgotten; nil: the member was not. Takes an HMAC a key, unless nobody was.
    public func pseudonym(of member: UnsafeRawBufferPointer) -> MemberID? {
        guard !isEmpty else { return nil }
        for key in keys {
            let pseudonym = MemberID(verified: key.pseudonym(of: member))
            if known.contains(pseudonym) { return pseudonym }
        }
        return nil
    }
}

extension VerifiedBatch {
    /// The batch with pseudonyms for all members who were forgotten, and the digest of the bytes that were signed;
    /// itself where it names nobody of them. `schedule` and `received` are those it was verified with.
    ///
    /// Throws `too_large` where the pseudonyms make it longer than 2^31 − 1 bytes.
    public consuming func redacted(
        _ pseudonyms: Pseudonyms, schedule: Schedule, received: Instant
    ) throws(BatchRefusal) -> VerifiedBatch {
        let authentic = authentic
        guard !pseudonyms.isEmpty,
            let redacted = try BatchRedaction.redacted(
                authentic.bytes, form: authentic.form, { pseudonyms.pseudonym(of: $0) })
        else { return self }
        // A large one would have both on the heap.
        _ = consume self
        return try VerifiedBatch(
            AuthenticBatch(
                redacted: redacted.bytes, digest: authentic.digest, form: authentic.form,
                signature: authentic.signature, keyID: authentic.keyID, keyMerchant: authentic.keyMerchant),
            schedule: schedule, received: received)
    }
}
