/// Where a merchant stood at the previous close. All zero and nil before its first statement.
public struct MerchantOpening: Hashable, Sendable {
    /// Number of its last statement, 0 before the first.
    public let number: Int64
    /// Digest of its last statement (`sha256:` + hex).
    public let previous: String?
    public let balance: Money
    /// Open points of its lots.
    public let points: Points

    public init(number: Int64 = 0, previous: String? = nil, balance: Money = .zero, points: Points = .zero) {
        self.number = number
        self.previous = previous
        self.balance = balance
        self.points = points
    }
}

/// Where the alliance stood at the previous close.
public struct PeriodOpening: Sendable {
    public let merchants: [MerchantID: MerchantOpening]
    /// Number of the last closing, 0 before the first.
    public let number: Int64
    /// Digest of the last closing.
    public let previous: String?
    /// Closings of the journal's accounts by name; an absent account is zero.
    public let journal: [String: Money]

    public init(
        merchants: [MerchantID: MerchantOpening] = [:], number: Int64 = 0, previous: String? = nil,
        journal: [String: Money] = [:]
    ) {
        self.merchants = merchants
        self.number = number
        self.previous = previous
        self.journal = journal
    }
}

/// An accepted batch as a statement lists it. Rulebook §7.
public struct BatchSummary: Hashable, Sendable {
    public let merchant: MerchantID
    public let signer: Signer
    public let batch: BatchID
    public let sequence: Int64
    /// `sha256:` + hex of the batch's bytes.
    public let digest: String
    public let records: Int64
    public let accepted: Int64
    public let duplicates: Int64
    public let refused: Int64

    public init(
        merchant: MerchantID, signer: Signer, batch: BatchID, sequence: Int64, digest: String, records: Int64,
        accepted: Int64, duplicates: Int64, refused: Int64
    ) {
        self.merchant = merchant
        self.signer = signer
        self.batch = batch
        self.sequence = sequence
        self.digest = digest
        self.records = records
        self.accepted = accepted
        self.duplicates = duplicates
        self.refused = refused
    }
}

/// A sequence number that a later one has overtaken.
public struct MissingSequence: Hashable, Sendable {
    public let merchant: MerchantID
    public let signer: Signer
    public let sequence: Int64

    public init(merchant: MerchantID, signer: Signer, sequence: Int64) {
        self.merchant = merchant
        self.signer = signer
        self.sequence = sequence
    }
}

/// What came in since the previous close, and what is missing now.
public struct PeriodIntake: Sendable {
    /// In any order.
    public let batches: [BatchSummary]
    /// In any order.
    public let missing: [MissingSequence]

    public init(batches: [BatchSummary] = [], missing: [MissingSequence] = []) {
        self.batches = batches
        self.missing = missing
    }
}
