/// Why a batch is refused whole, in the order of the checks. Codes are never reused. Rulebook §3.
public enum BatchRefusalCode: String, Hashable, Sendable, CaseIterable {
    case tooLarge = "too_large"
    case signatureMalformed = "signature_malformed"
    case keyUnknown = "key_unknown"
    case keyRevoked = "key_revoked"
    case signatureInvalid = "signature_invalid"
    case merchantSuspended = "merchant_suspended"
    case malformed
    case merchantUnknown = "merchant_unknown"
    case merchantMismatch = "merchant_mismatch"
    case operatorOnly = "operator_only"
    case countMismatch = "count_mismatch"
    case totalsMismatch = "totals_mismatch"
    case batchReused = "batch_reused"
    case sequenceReused = "sequence_reused"
    case recordsRefused = "records_refused"
}

/// Why a record is refused alone at the door, in the order of the checks. Rulebook §3.
public enum RecordRefusalCode: String, Hashable, Sendable, CaseIterable {
    case idReused = "id_reused"
    case beforeStart = "before_start"
    case inFuture = "in_future"
    case tooOld = "too_old"
    case noTerms = "no_terms"
    case campaignUnknown = "campaign_unknown"
    case campaignInactive = "campaign_inactive"
    case itemUnknown = "item_unknown"
    case itemInactive = "item_inactive"
    case itemPointsMismatch = "item_points_mismatch"
    case pointsExceedTerms = "points_exceed_terms"
}

/// Why a stored record is refused at a close, or would be if it stayed pending. Rulebook §5.
public enum SettlementRefusalCode: String, Hashable, Sendable, CaseIterable {
    case originalMismatch = "original_mismatch"
    case originalRefused = "original_refused"
    case exceedsOriginal = "exceeds_original"
    case insufficientPoints = "insufficient_points"
    case originalUnknown = "original_unknown"
}

/// A batch refused whole: nothing of it is kept but an audit entry.
public struct BatchRefusal: Error, Hashable, Sendable {
    public let code: BatchRefusalCode
    /// 1-based line, where one can be named.
    public let line: Int?
    /// The member or column, where one can be named.
    public let field: String?
    /// One sentence: what is wrong, what was expected, what was found. Holds no member's id and no secret.
    public let reason: String
    /// What should have stood there, and what did, where that can be said in a few words. Neither holds a
    /// member's id.
    public let expected: String?
    public let found: String?
    /// All refused records of a `strict` batch; empty otherwise.
    public let records: RefusedRecords

    public init(
        _ code: BatchRefusalCode, line: Int? = nil, field: String? = nil, reason: String,
        expected: String? = nil, found: String? = nil, records: RefusedRecords = []
    ) {
        self.code = code
        self.line = line
        self.field = field
        self.reason = reason
        self.expected = expected
        self.found = found
        self.records = records
    }
}
