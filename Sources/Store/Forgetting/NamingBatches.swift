import GRDB
public import Settlement

extension Store {
    /// Batches whose bytes name a member, by number, each with the archive that has them; nil: the database. `unread`
    /// are the archives that would have to be looked through and are not at hand.
    ///
    /// The stored records tell of the batches that brought any; those with equal copies or lines refused alone are
    /// read.
    public func batches(
        naming member: MemberID, archived: ArchivedBytes
    ) throws -> (batches: [(number: Int64, archive: StoredArchive?)], unread: [StoredArchive]) {
        try reading("look for batches that name a member") { database in
            let traces = try MemberTraces(of: member, database, try inForce(database).roster)
            let naming = NamingBatches(of: member, traces, database)
            var found = try naming.certain()
            var unread: [Int64: StoredArchive] = [:]
            for batch in try naming.possible() {
                guard let archive = batch.archive else {
                    if try naming.isNamed(in: naming.bytes(of: batch.number), batch) { found.append(batch) }
                    continue
                }
                guard let bytes = try archived(batch.number, archive) else {
                    unread[archive.number] = archive
                    continue
                }
                if try naming.isNamed(in: bytes, batch) { found.append(batch) }
            }
            return (
                found.sorted { $0.number < $1.number }.map { ($0.number, $0.archive) },
                unread.values.sorted { $0.number < $1.number }
            )
        }
    }
}

/// The batches whose bytes name a member, or may.
struct NamingBatches {
    struct Batch {
        let number: Int64
        let form: BatchForm
        /// Nil: the database has its bytes.
        let archive: StoredArchive?
    }

    private let member: MemberID
    private let traces: MemberTraces
    private let database: Database

    init(of member: MemberID, _ traces: MemberTraces, _ database: Database) {
        self.member = member
        self.traces = traces
        self.database = database
    }

    /// Those that brought a record of the member.
    func certain() throws -> [Batch] { try traces.batches.map { try batch($0) } }

    /// Those that may name it although they did not: they had equal copies, or lines refused alone.
    func possible() throws -> [Batch] {
        let known = Set(traces.batches)
        return try Prepared(
            database, "SELECT batch FROM batches WHERE duplicates > 0 OR refused > 0 ORDER BY batch"
        ).all { $0.integer(0) }.filter { !known.contains($0) }.map { try batch($0) }
    }

    /// The bytes that the database has of a batch.
    func bytes(of number: Int64) throws -> [UInt8] {
        let query = try Prepared(database, "SELECT bytes FROM batches WHERE batch = ?")
        query.bind(1, number)
        guard let bytes = try query.first({ $0.bytes(0) }) else {
            throw StoreTrouble.damaged("batches", "row \(number)", "it is not there")
        }
        return bytes
    }

    func isNamed(in bytes: [UInt8], _ batch: Batch) throws -> Bool {
        try redacted(bytes, batch, member) != nil
    }

    /// The bytes with a pseudonym in the member's place; nil: they do not name it.
    func redacted(_ bytes: [UInt8], _ batch: Batch, _ pseudonym: MemberID) throws -> [UInt8]? {
        do throws(BatchRefusal) {
            return try BatchRedaction.redacted(bytes, form: batch.form, member, as: pseudonym)
        } catch {
            throw StoreTrouble.damaged("batches", "row \(batch.number)", "its bytes are those of no batch")
        }
    }

    private func batch(_ number: Int64) throws -> Batch {
        let query = try Prepared(database, "SELECT form FROM batches WHERE batch = ?")
        query.bind(1, number)
        guard let form = try query.first({ BatchForm(rawValue: $0.text(0)) }) ?? nil else {
            throw StoreTrouble.damaged("batches", "row \(number)", "it is not there, or has no form")
        }
        return Batch(
            number: number, form: form, archive: try ArchiveRows(database).archive(holding: number))
    }
}
