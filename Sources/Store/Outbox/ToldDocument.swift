public import Settlement
import Signing

/// A document as news brings it: whole, or, of one that is large, what it is known by.
public struct ToldDocument: Hashable, Sendable {
    /// Nil: it has more bytes than were asked for.
    public let bytes: [UInt8]?
    public let byteCount: Int
    /// `sha256:` + hex of its bytes.
    public let digest: String
    public let signature: String
    public let seal: String
}

/// A statement as news brings it.
public struct ToldStatement: Hashable, Sendable {
    /// 1, 2, 3 … per merchant.
    public let number: Int64
    /// The closing balance.
    public let balance: Money
    /// `sha256:` + hex of DETAILS.csv, and its rows without the header.
    public let detailsDigest: String
    public let detailsRows: Int64
    public let document: ToldDocument
}

extension Store {
    /// A merchant's statement of a period, its document whole if it has `mostBytes` at most; nil if there is none.
    public func toldStatement(
        of merchant: MerchantID, period: Int, mostBytes: Int
    ) throws -> ToldStatement? {
        try reading("read a statement") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return nil }
            let query = try Prepared(
                database,
                """
                SELECT number, balance, details_digest, details_rows, length(document),
                    CASE WHEN length(document) <= ?3 THEN document END, digest, signature, seal
                FROM statements WHERE merchant = ?1 AND period = ?2
                """)
            query.bind(1, number)
            query.bind(2, period)
            query.bind(3, mostBytes)
            return try query.first { row in
                ToldStatement(
                    number: row.integer(0), balance: Money(row.integer(1)), detailsDigest: row.text(2),
                    detailsRows: row.integer(3),
                    document: ToldDocument(
                        bytes: row.isNull(5) ? nil : row.bytes(5), byteCount: Int(row.integer(4)),
                        digest: row.text(6), signature: row.text(7), seal: row.text(8)))
            }
        }
    }

    /// The receipt of a batch by its number, whole if it has `mostBytes` at most; nil if there is no such batch.
    public func toldReceipt(
        numbered number: Int64, mostBytes: Int
    ) throws -> (batch: BatchID, sequence: Int64, document: ToldDocument)? {
        try reading("read a receipt") { database in
            let query = try Prepared(
                database,
                "SELECT id, sequence, receipt, receipt_signature, receipt_seal FROM batches WHERE batch = ?")
            query.bind(1, number)
            return try query.first { row in
                // What is large is gone over where it is, and not kept.
                let document = row.withBytes(2) { bytes in
                    ToldDocument(
                        bytes: bytes.count <= mostBytes ? [UInt8](bytes) : nil, byteCount: bytes.count,
                        digest: SHA256Digest(of: bytes).text, signature: row.text(3), seal: row.text(4))
                }
                return (row.identifier(0), row.integer(1), document)
            }
        }
    }
}
