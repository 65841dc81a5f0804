public import Signing

/// All that a close writes besides lots, allocations, debts and outcomes.
public struct ClosedPeriod: Sendable {
    /// One merchant's statement of the period.
    public struct Statement: Sendable {
        public let merchant: MerchantID
        /// 1, 2, 3 … per merchant.
        public let number: Int64
        public let document: SealedDocument
        /// `sha256:` + hex of the document's bytes.
        public let digest: String
        /// `sha256:` + hex of the whole DETAILS.csv.
        public let detailsDigest: String
        /// Rows of DETAILS.csv, the header not counted.
        public let detailsRows: Int64
        /// The closing balance.
        public let balance: Money
        /// The closing open points.
        public let points: Points
    }

    /// By merchant, ascending.
    public let statements: [Statement]
    /// The closing's number, 1, 2, 3 …
    public let number: Int64
    public let closing: SealedDocument
    /// `sha256:` + hex of the closing's bytes.
    public let digest: String
    /// Closings of the journal's accounts by name, zeros left out.
    public let journal: [String: Money]
    public let records: RecordCounts
}

/// Counts of records by what became of them at one close.
public struct RecordCounts: Hashable, Sendable {
    public var settled: Int64 = 0
    public var pending: Int64 = 0
    public var refused: Int64 = 0
    /// Those of `settled` whose own period had closed when they were stored.
    public var late: Int64 = 0

    public init() {}

    /// All of them, each once.
    public var all: Int64 { settled + pending + refused }
}
