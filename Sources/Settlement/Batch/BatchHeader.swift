/// The first line of a batch: what it claims to hold. Rulebook §3.
public struct BatchHeader: Hashable, Sendable {
    public let merchant: MerchantID
    /// Unique per merchant.
    public let batch: BatchID
    /// 1, 2, 3 … per merchant and signer; 1 … 10^15 (the upper bound is ours).
    public let sequence: Int64
    /// Count of the records, 0 … 10^9 (the upper bound is ours).
    public let records: Int64
    /// Sum of points per record type; a type that is absent is 0.
    public let totals: [RecordType: Int64]
    /// All or nothing.
    public let strict: Bool

    public init(
        merchant: MerchantID, batch: BatchID, sequence: Int64, records: Int64, totals: [RecordType: Int64],
        strict: Bool = false
    ) {
        self.merchant = merchant
        self.batch = batch
        self.sequence = sequence
        self.records = records
        self.totals = totals
        self.strict = strict
    }
}

/// Who signed a batch. Sequences run per merchant and signer. Rulebook §3.
public enum Signer: String, Hashable, Comparable, Sendable, CaseIterable {
    case merchant
    case `operator`

    public static func < (left: Signer, right: Signer) -> Bool { left.rawValue < right.rawValue }
}

/// The two forms of a batch; both mean the same.
public enum BatchForm: String, Hashable, Sendable, CaseIterable {
    case ndjson
    case csv

    /// The media type it travels as.
    public var mediaType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv"
        }
    }
}
