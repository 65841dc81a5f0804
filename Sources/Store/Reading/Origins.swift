import GRDB
public import Settlement
import Signing

/// The batch and the line that brought a record.
public struct RecordOrigin: Hashable, Sendable {
    public let number: RecordNumber
    public let merchant: MerchantID
    /// As the signed batch says it.
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
}

/// A line of a batch that named a record's id without becoming one.
public struct RecordCopy: Hashable, Sendable {
    public let batch: SigningBatch
    public let line: Int
    /// As that line says it.
    public let record: Settlement.Record
    /// Why it was refused; nil: it was equal, and ignored.
    public let code: RecordRefusalCode?
}

extension Store {
    /// What brought these records, each read from the bytes of its signed batch. Throws `StoreTrouble` where
    /// those do not say what is stored.
    public func origins(of numbers: some Sequence<RecordNumber>) throws -> [RecordNumber: RecordOrigin] {
        try reading("read records") { database in
            let finder = try OriginFinder(database, try inForce(database).roster)
            var origins: [RecordNumber: RecordOrigin] = [:]
            for number in Set(numbers).sorted() { origins[number] = try finder.origin(of: number) }
            return origins
        }
    }

    /// The number of a merchant's record; nil if none bears the id.
    public func number(of id: RecordID, _ merchant: MerchantID) throws -> RecordNumber? {
        try reading("look for a record") { database in
            guard let merchant = try inForce(database).roster.number(of: merchant) else { return nil }
            return try IdentityLookup(database).find(id, of: merchant)
        }
    }

    /// Lines of a merchant's batches that bear an id and became no record: equal copies, and what was
    /// refused. Reads every batch that had any.
    public func copies(of id: RecordID, _ merchant: MerchantID) throws -> [RecordCopy] {
        try reading("look for copies") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return [] }
            let finder = try OriginFinder(database, try inForce(database).roster)
            let query = try Prepared(
                database,
                """
                SELECT batch FROM batches WHERE merchant = ? AND (duplicates > 0 OR refused > 0) ORDER BY batch
                """)
            query.bind(1, number)
            let batches = try query.all { $0.integer(0) }
            return try batches.flatMap { try finder.copies(of: id, in: $0) }
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

/// Finds what brought records. Batches that follow one another are read once.
private final class OriginFinder {
    private let database: Database
    private let roster: Roster
    private let chunks: RecordChunks
    private var last: (batch: SigningBatch, records: [Int: Settlement.Record])?

    init(_ database: Database, _ roster: Roster) throws {
        self.database = database
        self.roster = roster
        chunks = try RecordChunks(database)
    }

    func origin(of number: RecordNumber) throws -> RecordOrigin {
        let query = try Prepared(
            database, "SELECT batch FROM record_chunks WHERE first <= ? ORDER BY first DESC LIMIT 1")
        query.bind(1, number.value)
        guard let batch = try query.first({ $0.integer(0) }) else { throw trouble("record \(number.value)") }
        let (signing, records) = try content(of: batch)
        let (stored, line) = try chunks.withRecord(number) { ($0.stored, $0.view.line) }
        guard records[line] == stored.record, roster.known(stored.merchant) == signing.merchant else {
            throw trouble("line \(line) of batch \(signing.batch) of \(signing.merchant)")
        }
        return RecordOrigin(
            number: number, merchant: signing.merchant, record: stored.record, line: line, batch: signing,
            period: stored.period, late: stored.late)
    }

    func copies(of id: RecordID, in batch: Int64) throws -> [RecordCopy] {
        let (signing, records) = try content(of: batch)
        let lines = records.filter { $0.value.id == id }.keys.sorted()
        guard !lines.isEmpty else { return [] }
        let query = try Prepared(database, "SELECT line, code FROM record_refusals WHERE batch = ?")
        query.bind(1, batch)
        var codes: [Int: RecordRefusalCode] = [:]
        try query.forEach { codes[Int($0.integer(0))] = RecordRefusalCode(rawValue: $0.text(1)) }
        let own = try acceptedLines(of: batch)
        return lines.filter { !own.contains($0) }.compactMap { line in
            records[line].map { RecordCopy(batch: signing, line: line, record: $0, code: codes[line]) }
        }
    }

    private func acceptedLines(of batch: Int64) throws -> Set<Int> {
        let query = try Prepared(
            database, "SELECT first_record, accepted, batch FROM batches WHERE batch = ?")
        query.bind(1, batch)
        let numbers = try query.first { try BatchRows.records(of: $0) } ?? 0..<0
        var lines: Set<Int> = []
        try chunks.forEach(in: numbers) { lines.insert($0.view.line) }
        return lines
    }

    /// A batch, and its records by line.
    private func content(
        of number: Int64
    ) throws -> (batch: SigningBatch, records: [Int: Settlement.Record]) {
        if let last, last.batch.number == number { return last }
        let query = try Prepared(
            database,
            """
            SELECT merchant, id, signer, sequence, received, digest, key_id, signature, form, bytes
            FROM batches WHERE batch = ?
            """)
        query.bind(1, number)
        let found = try query.first { row in
            guard let form = BatchForm(rawValue: row.text(8)), let signer = Signer(rawValue: row.text(2)),
                let digest = SHA256Digest(bytes: row.bytes(5)), let merchant = roster.known(row.integer(0))
            else { throw trouble("batch \(number)") }
            let content: BatchContent
            do { content = try BatchContent(parsing: row.bytes(9), form: form) } catch {
                throw trouble("batch \(number)")
            }
            let batch = SigningBatch(
                number: number, merchant: merchant, batch: row.identifier(1),
                signer: signer, sequence: row.integer(3), received: row.instant(4),
                digest: digest.text, keyID: row.text(6), signature: row.text(7))
            return (
                batch: batch,
                records: Dictionary(content.records.map { ($0.line, $0.record) }) { first, _ in first }
            )
        }
        guard let found else { throw trouble("batch \(number)") }
        last = found
        return found
    }

    private func trouble(_ what: String) -> StoreTrouble {
        StoreTrouble(
            "find what brought a record", because: "\(what) does not say what is stored",
            hint:
                "the database was changed behind the program's back: see with `settled rederive` what differs",
            kind: .damage)
    }
}
