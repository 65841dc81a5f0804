import GRDB
public import Settlement
public import Signing

/// A batch as it is listed.
public struct StoredBatch: Hashable, Sendable {
    public let summary: BatchSummary
    public let received: Instant
    public let form: BatchForm
    public let keyID: String
    public let strict: Bool
}

/// A batch as it arrived, and the receipt that it got.
public struct BatchEvidence: Hashable, Sendable {
    /// Empty where an archive has them.
    public let bytes: [UInt8]
    /// Why these are others than were signed; nil: they are those.
    public let redaction: Redaction?
    public let form: BatchForm
    /// The detached JWS it came with.
    public let signature: String
    public let receipt: SealedDocument
    /// The records that were refused alone, by line.
    public let refused: RefusedRecords
}

extension Store {
    /// The batches of a merchant, the last received first, at most `limit` of them.
    public func batches(of merchant: MerchantID, limit: Int = 1_000) throws -> [StoredBatch] {
        try reading("list batches") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return [] }
            let query = try Prepared(
                database,
                """
                SELECT \(IntakeRows.columns) FROM batches
                WHERE merchant = ? ORDER BY batch DESC LIMIT ?
                """)
            query.bind(1, number)
            query.bind(2, limit)
            return try query.all { row in
                guard let form = BatchForm(rawValue: row.text(IntakeRows.form)) else {
                    throw StoreTrouble.damaged("batches", "batch \(row.text(2))", "it has no form")
                }
                return StoredBatch(
                    summary: try IntakeRows.summary(row, roster),
                    received: row.instant(IntakeRows.received), form: form,
                    keyID: row.text(IntakeRows.keyID), strict: row.integer(IntakeRows.strict) != 0)
            }
        }
    }

    /// The exact bytes of a batch with its signature and receipt; nil if there is none of this id.
    public func batch(_ id: BatchID, of merchant: MerchantID) throws -> BatchEvidence? {
        try reading("read a batch") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return nil }
            let query = try Prepared(
                database,
                """
                SELECT batch, bytes, form, signature, receipt, receipt_signature, receipt_seal
                FROM batches WHERE merchant = ? AND id = ?
                """)
            query.bind(1, number)
            query.bind(2, id.text)
            return try query.first { row in
                guard let form = BatchForm(rawValue: row.text(2)) else {
                    throw StoreTrouble.damaged("batches", "row \(row.integer(0))", "it has no form")
                }
                return BatchEvidence(
                    bytes: row.bytes(1), redaction: try RedactionRows(database).batch(row.integer(0)),
                    form: form, signature: row.text(3),
                    receipt: SealedDocument(bytes: row.bytes(4), signature: row.text(5), seal: row.text(6)),
                    refused: try refusals(of: row.integer(0), database))
            }
        }
    }

    /// Sequence numbers that later ones have overtaken, the lowest 1,000 of each merchant and signer.
    public func missingSequences() throws -> [MissingSequence] {
        try reading("look for missing batches") {
            try IntakeRows($0, try inForce($0).roster).missingSequences()
        }
    }

    private func refusals(of batch: Int64, _ database: Database) throws -> RefusedRecords {
        let query = try Prepared(
            database, "SELECT line, id, code FROM record_refusals WHERE batch = ? ORDER BY line")
        query.bind(1, batch)
        var refused = RefusedRecords()
        try query.forEach { row in
            let line = row.integer(0)
            guard let code = RecordRefusalCode(rawValue: row.text(2)), let id = RecordID(row.text(1)),
                (1...Int64(UInt32.max)).contains(line)
            else {
                throw StoreTrouble.damaged(
                    "record_refusals", "line \(line) of batch \(batch)",
                    "its line, its id or its code is none")
            }
            refused.append(line: Int(line), id: id.text.utf8, code: code)
        }
        return refused
    }
}
