import GRDB
import Settlement
import Signing

/// Gives the bytes of a batch that an archive has, by the batch's number; nil where that archive is not at hand.
public typealias ArchivedBytes = (Int64, StoredArchive) throws -> [UInt8]?

/// Finds what brought records. A batch may be large: of its content only what is wanted is kept, and of one batch at a
/// time.
final class OriginFinder {
    /// A batch, and those of its records that are wanted, in the order of its lines; nil where an archive has them that is
    /// not at hand.
    private typealias Content = (batch: SigningBatch, records: [BatchRecord]?)

    private let database: Database
    private let roster: Roster
    private let chunks: RecordChunks
    private let archived: ArchivedBytes
    private var missed: [Int64: StoredArchive] = [:]

    init(
        _ database: Database, _ roster: Roster, archived: @escaping ArchivedBytes = { _, _ in nil }
    ) throws {
        self.database = database
        self.roster = roster
        self.archived = archived
        chunks = try RecordChunks(database)
    }

    /// The archives in which equal copies were to be looked for and that are not at hand.
    var unread: [StoredArchive] { missed.values.sorted { $0.number < $1.number } }

    /// Reads each batch that brought any of them once.
    func origins(of numbers: some Sequence<RecordNumber>) throws -> [RecordNumber: RecordOrigin] {
        let query = try Prepared(
            database, "SELECT batch FROM record_chunks WHERE first <= ? ORDER BY first DESC LIMIT 1")
        var batches: [Int64: [RecordNumber]] = [:]
        for number in Set(numbers).sorted() {
            query.bind(1, number.value)
            guard let batch = try query.first({ $0.integer(0) }) else {
                throw trouble("record \(number.value)")
            }
            batches[batch, default: []].append(number)
        }
        var origins: [RecordNumber: RecordOrigin] = [:]
        for (batch, numbers) in batches.sorted(by: { $0.key < $1.key }) {
            for origin in try self.origins(of: numbers, in: batch) { origins[origin.number] = origin }
        }
        return origins
    }

    private func origins(of numbers: [RecordNumber], in batch: Int64) throws -> [RecordOrigin] {
        let stored = try numbers.map { number in
            try chunks.withRecord(number) { (number: number, record: $0.stored, line: $0.view.line) }
        }
        let lines = Set(stored.map(\.line))
        let (signing, records) = try content(of: batch) { lines.contains($0.line) }
        let said = records.map { records in
            Dictionary(records.map { ($0.line, $0.record) }) { first, _ in first }
        }
        return try stored.map { number, stored, line in
            guard said.map({ $0[line] == stored.record }) ?? true,
                roster.known(stored.merchant) == signing.merchant
            else {
                throw trouble("line \(line) of batch \(signing.batch) of \(signing.merchant)")
            }
            return RecordOrigin(
                number: number, merchant: signing.merchant, record: stored.record, line: line, batch: signing,
                period: stored.period, late: stored.late)
        }
    }

    /// Lines of a batch that bear an id and became no record: the first `most` of them, and how many there are.
    func copies(
        of id: RecordID, in batch: Int64, most: Int
    ) throws -> (copies: [RecordCopy], count: Int) {
        var lines: [Int] = []
        let (signing, records) = try content(of: batch) {
            guard $0.record.id == id else { return false }
            lines.append($0.line)
            // One of them may have become the record.
            return lines.count <= most + 1
        }
        let refused = try refused(in: batch, bearing: id)
        guard let records else {
            try noteUnread(batch, signing)
            return (
                refused.keys.sorted().prefix(most).map {
                    RecordCopy(batch: signing, line: $0, record: nil, code: refused[$0] ?? nil)
                }, refused.count
            )
        }
        guard !lines.isEmpty else { return ([], 0) }
        let own = try acceptedLines(of: batch)
        let copies = records.filter { !own.contains($0.line) }.prefix(most).map {
            RecordCopy(batch: signing, line: $0.line, record: $0.record, code: refused[$0.line] ?? nil)
        }
        return (copies, lines.count { !own.contains($0) })
    }

    /// Lines of a batch that bear an id and were refused alone. Throws `StoreTrouble` where its bytes have no such record
    /// at one of them.
    func refusals(of id: RecordID, at lines: Set<Int>, in batch: Int64) throws -> [RecordCopy] {
        let (signing, records) = try content(of: batch) { lines.contains($0.line) && $0.record.id == id }
        let refused = try refused(in: batch, bearing: id)
        guard let records else {
            return lines.sorted().map {
                RecordCopy(batch: signing, line: $0, record: nil, code: refused[$0] ?? nil)
            }
        }
        guard records.count == lines.count else {
            throw StoreTrouble.damaged(
                "record_refusals", "batch \(batch)",
                "the batch's bytes have no such record at the line that was refused")
        }
        return records.map {
            RecordCopy(batch: signing, line: $0.line, record: $0.record, code: refused[$0.line] ?? nil)
        }
    }

    /// Lines of a batch that name a member and became no record. Of a batch that is not at hand none are known, as the
    /// store has no member of them.
    func copies(naming member: MemberID, in batch: Int64) throws -> [MemberCopy] {
        let (signing, records) = try content(of: batch) { $0.record.member == member }
        guard let records else {
            if let archive = signing.archive { missed[archive.number] = archive }
            return []
        }
        guard !records.isEmpty else { return [] }
        let own = try acceptedLines(of: batch)
        let refused = try refused(in: batch)
        return records.filter { !own.contains($0.line) }.map {
            MemberCopy(
                record: $0.record,
                copy: RecordCopy(
                    batch: signing, line: $0.line, record: $0.record, code: refused[$0.line] ?? nil))
        }
    }

    private func noteUnread(_ batch: Int64, _ signing: SigningBatch) throws {
        let query = try Prepared(database, "SELECT duplicates FROM batches WHERE batch = ?")
        query.bind(1, batch)
        guard let archive = signing.archive, try query.first({ $0.integer(0) }) ?? 0 > 0 else { return }
        missed[archive.number] = archive
    }

    /// What was refused alone, by line; nil as an id: whatever it bears.
    private func refused(
        in batch: Int64, bearing id: RecordID? = nil
    ) throws -> [Int: RecordRefusalCode?] {
        let query = try Prepared(
            database,
            "SELECT line, code FROM record_refusals WHERE batch = ?" + (id == nil ? "" : " AND id = ?"))
        query.bind(1, batch)
        if let id { query.bind(2, id) }
        var refused: [Int: RecordRefusalCode?] = [:]
        try query.forEach {
            refused.updateValue(
                RecordRefusalCode(rawValue: $0.text(1)), forKey: Int(clamping: $0.integer(0)))
        }
        return refused
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

    private func content(of number: Int64, where isWanted: (BatchRecord) -> Bool) throws -> Content {
        let archive = try ArchiveRows(database).archive(holding: number)
        let redaction = try RedactionRows(database).batch(number)
        let query = try Prepared(
            database,
            """
            SELECT merchant, id, signer, sequence, received, digest, key_id, signature, form, bytes
            FROM batches WHERE batch = ?
            """)
        query.bind(1, number)
        let found = try query.first { row -> Content in
            guard let form = BatchForm(rawValue: row.text(8)), let signer = Signer(rawValue: row.text(2)),
                let digest = SHA256Digest(bytes: row.bytes(5)), let merchant = roster.known(row.integer(0))
            else { throw trouble("batch \(number)") }
            let batch = SigningBatch(
                number: number, merchant: merchant, batch: row.identifier(1),
                signer: signer, sequence: row.integer(3), received: row.instant(4),
                digest: digest.text, redacted: redaction?.redacted, keyID: row.text(6),
                signature: row.text(7), archive: archive)
            let bytes = try archive.map { try archived(number, $0) } ?? row.bytes(9)
            return (batch, try bytes.map { try records(in: $0, form, of: number, where: isWanted) })
        }
        guard let found else { throw trouble("batch \(number)") }
        return found
    }

    private func records(
        in bytes: [UInt8], _ form: BatchForm, of number: Int64, where isWanted: (BatchRecord) -> Bool
    ) throws -> [BatchRecord] {
        var wanted: [BatchRecord] = []
        do {
            try BatchContent.forEach(in: bytes, form: form) { if isWanted($0) { wanted.append($0) } }
        } catch { throw trouble("batch \(number)") }
        return wanted
    }

    private func trouble(_ what: String) -> StoreTrouble {
        StoreTrouble(
            "find what brought a record", because: "\(what) does not say what is stored",
            hint:
                "the database was changed behind the program's back: see with `settled rederive` what differs",
            kind: .damage)
    }
}
