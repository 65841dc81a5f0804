import GRDB
public import Settlement

/// A dispute that bears a signature, as it stands: what it takes to hold it against what was signed. It is read without
/// trust.
public struct StoredContest: Sendable {
    public let number: Int64
    public let merchant: String
    public let reference: String
    /// The ordinal; nil where it is against a record.
    public let period: Int64?
    public let line: Int64?
    public let record: String?
    public let bytes: [UInt8]
    public let signature: String
    /// When a step says that it was opened, and by whom with what words; nil: none does.
    public let opened: Instant?
    public let reason: String?
    public let person: String?
}

extension DisputeRows {
    static func contests(_ database: Database) throws -> [StoredContest] {
        try Prepared(
            database,
            """
            SELECT d.dispute, coalesce((SELECT id FROM merchants m WHERE m.merchant = d.merchant), '?'), reference,
                period, line, record, bytes, signature, at, text, person
            FROM disputes d LEFT JOIN dispute_steps s ON s.dispute = d.dispute AND s.act = 'opened'
            WHERE signature IS NOT NULL ORDER BY d.dispute, s.step
            """
        ).all { row in
            StoredContest(
                number: row.integer(0), merchant: row.text(1), reference: row.text(2),
                period: row.integerOrNil(3), line: row.integerOrNil(4), record: row.textOrNil(5),
                bytes: row.bytes(6), signature: row.text(7), opened: row.instantOrNil(8),
                reason: row.textOrNil(9), person: row.textOrNil(10))
        }
    }
}
