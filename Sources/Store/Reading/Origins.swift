import GRDB
public import Settlement
import Signing

/// The batch and the line that brought a record.
public struct RecordOrigin: Hashable, Sendable {
    public let number: RecordNumber
    public let merchant: MerchantID
    /// As the signed batch says it; where an archive has its bytes, as what was stored of it says.
    public let record: Settlement.Record
    /// 1-based, of the batch's bytes.
    public let line: Int
    public let batch: SigningBatch
    /// The ordinal of the period that it settles in.
    public let period: Int
    /// Whether its own period had closed when it came.
    public let late: Bool
}

/// A stored batch as evidence: who signed what, and when it came.
public struct SigningBatch: Hashable, Sendable {
    /// Its place in the order of arrival.
    public let number: Int64
    public let merchant: MerchantID
    public let batch: BatchID
    public let signer: Signer
    public let sequence: Int64
    public let received: Instant
    /// `sha256:` + hex of its bytes.
    public let digest: String
    public let keyID: String
    /// The detached JWS.
    public let signature: String
    /// The archive that has its bytes; nil: they are stored.
    public let archive: StoredArchive?
}

/// A line of a batch that named a record's id without becoming one.
public struct RecordCopy: Hashable, Sendable {
    public let batch: SigningBatch
    public let line: Int
    /// As that line says it; nil where an archive has the bytes.
    public let record: Settlement.Record?
    /// Why it was refused; nil: it was equal, and ignored.
    public let code: RecordRefusalCode?
}

extension Store {
    /// What brought these records, each read from the bytes of its signed batch unless an archive has those. Throws
    /// `StoreTrouble` where they do not say what is stored.
    public func origins(of numbers: some Sequence<RecordNumber>) throws -> [RecordNumber: RecordOrigin] {
        try origins(of: numbers) { _, _ in nil }
    }

    /// The number of a merchant's record; nil if none bears the id.
    public func number(of id: RecordID, _ merchant: MerchantID) throws -> RecordNumber? {
        try reading("look for a record") { database in
            guard let merchant = try inForce(database).roster.number(of: merchant) else { return nil }
            return try IdentityLookup(database).find(id, of: merchant)
        }
    }

    /// Lines of a merchant's batches that bear an id and became no record: equal copies, and what was
    /// refused. Reads every batch that had any; of one whose bytes an archive has only what was refused is known, and
    /// `unread` names its archive where it had copies.
    public func copies(
        of id: RecordID, _ merchant: MerchantID
    ) throws -> (copies: [RecordCopy], unread: [StoredArchive]) {
        try reading("look for copies") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return ([], []) }
            let finder = try OriginFinder(database, try inForce(database).roster)
            let query = try Prepared(
                database,
                """
                SELECT batch FROM batches WHERE merchant = ? AND (duplicates > 0 OR refused > 0) ORDER BY batch
                """)
            query.bind(1, number)
            let batches = try query.all { $0.integer(0) }
            return (try batches.flatMap { try finder.copies(of: id, in: $0) }, finder.unread)
        }
    }

    /// Lines of a merchant's batches that bear an id and were refused alone, in the order of arrival. Throws
    /// `StoreTrouble` where the bytes of the batch do not have the record that was refused.
    public func refusals(of id: RecordID, _ merchant: MerchantID) throws -> [RecordCopy] {
        try reading("look for refused records") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return [] }
            let finder = try OriginFinder(database, roster)
            let query = try Prepared(
                database,
                """
                SELECT DISTINCT record_refusals.batch FROM record_refusals JOIN batches USING (batch)
                WHERE record_refusals.id = ? AND merchant = ? ORDER BY 1
                """)
            query.bind(1, id)
            query.bind(2, number)
            return try query.all { $0.integer(0) }.flatMap { batch in
                let refused = try finder.copies(of: id, in: batch).filter { $0.code != nil }
                guard !refused.isEmpty else {
                    throw StoreTrouble.damaged(
                        "record_refusals", "batch \(batch)",
                        "the batch's bytes have no such record at the line that was refused")
                }
                return refused
            }
        }
    }
}
