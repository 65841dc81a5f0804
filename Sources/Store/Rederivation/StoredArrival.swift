import GRDB
public import Settlement
public import Signing

/// A stored batch as it arrived, and the receipt that it got: what it takes to do it again.
public struct StoredArrival: Sendable {
    /// Its place in the order of arrival, from 1.
    public let number: Int64
    public let merchant: String
    public let id: String
    /// Empty where an archive has them.
    public let bytes: [UInt8]
    /// Of the bytes that were signed, as it is stored beside them; nil where that is none.
    public let digest: SHA256Digest?
    /// Why other bytes stand now; nil: they are those that were signed.
    public let redaction: Redaction?
    /// The archive that has its bytes; nil: none.
    public let archive: StoredArchive?
    /// `ndjson` or `csv`; not trusted to be either.
    public let form: String
    public let signature: String
    public let received: Instant
    public let receipt: SealedDocument

    /// What the bytes that stand now, here or in an archive, have to have; nil where none is stored.
    public var standing: SHA256Digest? { redaction?.redacted ?? digest }
}

extension Store {
    /// The batch of a number; nil if there is none.
    public func arrival(_ number: Int64) throws -> StoredArrival? {
        try reading("read batch \(number)") { database in
            let query = try Prepared(
                database,
                """
                SELECT batch, coalesce((SELECT id FROM merchants WHERE merchant = batches.merchant), '?'), id,
                    bytes, form, signature, received, receipt, receipt_signature, receipt_seal, digest
                FROM batches WHERE batch = ?
                """)
            query.bind(1, number)
            return try query.first { row in
                StoredArrival(
                    number: row.integer(0), merchant: row.text(1), id: row.text(2), bytes: row.bytes(3),
                    digest: SHA256Digest(bytes: row.bytes(10)),
                    redaction: try RedactionRows(database).batch(number),
                    archive: try ArchiveRows(database).archive(holding: number),
                    form: row.text(4), signature: row.text(5),
                    received: row.instant(6),
                    receipt: SealedDocument(bytes: row.bytes(7), signature: row.text(8), seal: row.text(9)))
            }
        }
    }
}

extension Store {
    /// The numbers of the batches that are stored, from one on, in order.
    public func batchNumbers(from first: Int64) throws -> [Int64] {
        try reading("list the batches") { database in
            let query = try Prepared(database, "SELECT batch FROM batches WHERE batch >= ? ORDER BY batch")
            query.bind(1, first)
            return try query.all { $0.integer(0) }
        }
    }
}

/// A document that was given out, by whose it is.
public struct StoredDocument: Sendable {
    /// A merchant's id, or nil of the closing.
    public let owner: String?
    public let document: SealedDocument
}

extension Store {
    /// The statements and the closing of a period as they are stored.
    public func documents(period: Int) throws -> [StoredDocument] {
        try reading("read documents") { database in
            let query = try Prepared(
                database,
                """
                SELECT coalesce((SELECT id FROM merchants m WHERE m.merchant = s.merchant), '?'), document,
                    signature, seal FROM statements s WHERE period = ?1
                UNION ALL SELECT NULL, document, signature, seal FROM closings WHERE period = ?1
                """)
            query.bind(1, period)
            return try query.all { row in
                StoredDocument(
                    owner: row.textOrNil(0),
                    document: SealedDocument(bytes: row.bytes(1), signature: row.text(2), seal: row.text(3)))
            }
        }
    }
}
