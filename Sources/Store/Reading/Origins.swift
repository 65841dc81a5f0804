import GRDB
public import Settlement
public import Signing

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
    /// `sha256:` + hex of the bytes that were signed.
    public let digest: String
    /// Of those that stand since a member was forgotten; nil: they are the same.
    public let redacted: SHA256Digest?
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
    /// refused. The first `most` in the order of arrival, and how many there are. Reads every batch that had equal copies
    /// or refused the id; of one whose bytes an archive has only what was refused is known, and `unread` names its archive
    /// where it had copies.
    public func copies(
        of id: RecordID, _ merchant: MerchantID, most: Int = 1_000
    ) throws -> (copies: [RecordCopy], count: Int, unread: [StoredArchive]) {
        try reading("look for copies") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return ([], 0, []) }
            let finder = try OriginFinder(database, try inForce(database).roster)
            let query = try Prepared(
                database,
                """
                SELECT batch FROM batches WHERE merchant = ?1 AND (duplicates > 0 OR refused > 0
                    AND batch IN (SELECT batch FROM record_refusals WHERE id = ?2))
                ORDER BY batch
                """)
            query.bind(1, number)
            query.bind(2, id)
            var (copies, count): ([RecordCopy], Int) = ([], 0)
            for batch in try query.all({ $0.integer(0) }) {
                let found = try finder.copies(of: id, in: batch, most: most - copies.count)
                copies += found.copies
                count += found.count
            }
            return (copies, count, finder.unread)
        }
    }

    /// Lines of a merchant's batches that bear an id and were refused alone: the first `most` in the order of arrival, how
    /// many there are, and the code of the last. Reads only the batches of those that it gives. Throws `StoreTrouble` where
    /// the bytes of a batch do not have a record that was refused.
    public func refusals(
        of id: RecordID, _ merchant: MerchantID, most: Int = 1_000
    ) throws -> (refused: [RecordCopy], count: Int, last: RecordRefusalCode?) {
        try reading("look for refused records") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return ([], 0, nil) }
            let query = try Prepared(
                database,
                """
                SELECT record_refusals.batch, line, code FROM record_refusals JOIN batches USING (batch)
                WHERE record_refusals.id = ? AND merchant = ? ORDER BY 1, 2
                """)
            query.bind(1, id)
            query.bind(2, number)
            var lines: [Int64: Set<Int>] = [:]
            var (count, last): (Int, RecordRefusalCode?) = (0, nil)
            try query.forEach { row in
                count += 1
                last = RecordRefusalCode(rawValue: row.text(2))
                if count <= most { lines[row.integer(0), default: []].insert(Int(clamping: row.integer(1))) }
            }
            let finder = try OriginFinder(database, roster)
            let refused = try lines.sorted { $0.key < $1.key }.flatMap { batch, lines in
                try finder.refusals(of: id, at: lines, in: batch)
            }
            return (refused, count, last)
        }
    }
}
