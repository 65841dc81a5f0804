public import Settlement
public import Signing
public import Store

/// The single door: raw bytes and a signature come in, a receipt or a refusal goes out. Rulebook §3.
///
/// It blocks while it checks and stores, so callers that serve others run it on a thread of its own. The
/// store's writer is the only serializer.
public struct Intake: Sendable {
    public enum Answer: Sendable {
        /// New, and durable.
        case stored(SealedDocument, Receipt)
        /// The same bytes as a batch that is stored: the first receipt, byte for byte.
        case copy(SealedDocument)
    }

    /// The largest batch that is taken.
    public let limitBytes: Int
    /// The most records that one may have: their number, not only their bytes, takes memory.
    public let limitRecords: Int
    let store: Store
    let keys: BatchKeys
    let signer: DocumentSigner
    /// Who was forgotten: what comes of them later is stored under their pseudonyms.
    let pseudonyms: Pseudonyms
    private let notes: RefusalNotes
    let measures = IntakeMeasures()

    /// The largest batch when nothing else is said: 64 MiB.
    public static let standardBytes = 64 << 20
    /// The most records of a batch when nothing else is said. With all of them refused and listed on a receipt, their
    /// ids as long as may be in 64 MiB, the daemon takes up to 290 MB while it is stored.
    public static let standardRecords = 350_000

    public init(
        store: Store, master: MasterSecret, signer: DocumentSigner, pseudonyms: Pseudonyms, limitBytes: Int,
        limitRecords: Int = Self.standardRecords
    ) {
        self.store = store
        keys = store.keys(master: master)
        self.signer = signer
        self.pseudonyms = pseudonyms
        self.limitBytes = limitBytes
        self.limitRecords = limitRecords
        notes = RefusalNotes(store: store)
    }

    /// Checks and stores one batch; `received` is the instant at which its last byte was here.
    ///
    /// Throws `BatchRefusal`, of which an audit entry is kept and nothing else, or what the store throws when
    /// it cannot do its work: then nothing is kept, and the same bytes may come again. Of a batch that lay in
    /// the spool, `owner` is whose folder it was: another's key is refused there. `admit` is asked before a new batch is
    /// stored, with the receipt that it would get: what it throws keeps the batch out and is thrown on.
    public func take(
        _ bytes: [UInt8], form: BatchForm, signature: String?, received: Instant, of owner: SpoolOwner? = nil,
        admit: @escaping @Sendable (Receipt) throws -> Void = { _ in }
    ) throws -> Answer {
        let begun = ContinuousClock.now
        var signer: MerchantID?
        do {
            let authentic = try AuthenticBatch(
                bytes: bytes, form: form, signature: signature, limit: limitBytes,
                mostRecords: limitRecords, received: received, keys: try keys.lookup())
            signer = authentic.keyMerchant
            try owner?.check(authentic)
            let answer = try take(authentic, received: received, admit)
            measures.count(answer, bytes: bytes.count, took: .now - begun)
            return answer
        } catch let refusal as BatchRefusal {
            measures.count(refusal)
            // Whose key it was is known of a valid signature only; before that, a key id is anyone's claim.
            let (digest, keyID) = (SHA256Digest(of: bytes).text, Self.keyID(signature))
            try notes.note(refusal, digest: digest, keyID: keyID, merchant: signer, at: received)
            throw refusal
        } catch {
            measures.failed.add()
            throw error
        }
    }

    /// Whether the bytes are whole and signed by a key that may sign; notes nothing and keeps nothing.
    func isSigned(_ bytes: [UInt8], form: BatchForm, signature: String, received: Instant) throws -> Bool {
        do {
            _ = try AuthenticBatch(
                bytes: bytes, form: form, signature: signature, limit: limitBytes,
                mostRecords: limitRecords, received: received, keys: try keys.lookup())
            return true
        } catch is BatchRefusal {
            return false
        }
    }

    /// The refusal of a batch that is too large to be read at all.
    public var tooLarge: BatchRefusal {
        BatchRefusal(
            .tooLarge, reason: "the batch is too large, expected at most \(limitBytes) bytes",
            expected: "at most \(limitBytes) bytes", found: "more")
    }

    /// Notes a refusal of bytes that were not kept long enough to be looked at.
    public func noteUnread(_ refusal: BatchRefusal, signature: String?, received: Instant) throws {
        measures.count(refusal)
        try notes.note(refusal, digest: nil, keyID: Self.keyID(signature), at: received)
    }

    /// Throws what keeps a batch from being stored now, if anything does.
    func tryWriting() throws { try store.tryWriting() }

    /// Writes down how many refusals were only counted; called now and then, and at the end.
    public func settleNotes(at instant: Instant) throws { try notes.settle(at: instant) }

    /// Who sends a batch, as far as that is known before its bytes are here. `bytes` is the length that was
    /// announced, if one was.
    ///
    /// Throws the refusal that the batch is certain of. One that does not announce its length is refused for its
    /// signature before it can turn out to be too large as well.
    func foresee(signature: String?, bytes: Int?, at instant: Instant) throws -> Claimant {
        if let bytes, bytes > limitBytes {
            throw BatchRefusal(
                .tooLarge, reason: tooLarge.reason, expected: tooLarge.expected, found: "\(bytes) bytes")
        }
        if let merchant = try key(of: signature, at: instant).merchant { return .merchant(merchant) }
        return .operator
    }

    private func key(of signature: String?, at instant: Instant) throws -> BatchKey {
        let named = try Self.keyID(signature).flatMap { try keys.known($0) }
        return try AuthenticBatch.key(of: signature, received: instant) { _ in named }.key
    }

    private func take(
        _ authentic: AuthenticBatch, received: Instant, _ admit: @escaping @Sendable (Receipt) throws -> Void
    ) throws -> Answer {
        if let receipt = try store.copy(of: authentic) { return .copy(receipt) }
        let verified = try verified(authentic, received: received)
        let appended = try store.append(
            verified, received: received, admit: admit,
            sealNotice: { [signer] in signer.seal($0.bytes, for: $0.merchant.text) }
        ) { [signer] receipt in
            signer.seal(receipt.bytes, for: receipt.merchant.text)
        }
        switch appended {
        case .stored(let document, let receipt): return .stored(document, receipt)
        case .copy(let document): return .copy(document)
        case .rehearsed: preconditionFailure("what is to be stored is not rehearsed")
        }
    }

    /// What of a batch may be stored: nothing in it names a member who was forgotten.
    func verified(_ authentic: AuthenticBatch, received: Instant) throws -> VerifiedBatch {
        let schedule = try store.schedule()
        return try VerifiedBatch(authentic, schedule: schedule, received: received)
            .redacted(pseudonyms, schedule: schedule, received: received)
    }

    private static func keyID(_ signature: String?) -> String? {
        signature.flatMap { try? DetachedJWS(parsing: $0).keyID }
    }
}
