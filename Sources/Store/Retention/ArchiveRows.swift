import GRDB
import Settlement
import Signing

/// Which batches' bytes are in which archive.
struct ArchiveRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// All archives, by number. Throws `StoreTrouble` where a row is not as it was written, or one is gone.
    func all() throws -> [StoredArchive] {
        var expected: Int64 = 0
        let found = try Prepared(database, Self.select + " ORDER BY archive").all { row in
            expected += 1
            guard row.integer(0) == expected else { throw Self.gone(expected) }
            return try Self.archive(row)
        }
        // Its batches stand behind their archive, so that the last one is missed too.
        let last =
            try Prepared(database, "SELECT coalesce(max(archive), 0) FROM archived_batches")
            .first { $0.integer(0) } ?? 0
        guard last <= expected else { throw Self.gone(last) }
        return found
    }

    /// The archive that holds a batch's bytes; nil where they are in `batches`. Throws as `all`.
    func archive(holding batch: Int64) throws -> StoredArchive? {
        let query = try Prepared(
            database, "SELECT batch, archive, length, sum FROM archived_batches WHERE batch = ?")
        query.bind(1, batch)
        guard let number = try query.first({ try Self.archived($0).archive }) else { return nil }
        let archive = try Prepared(database, Self.select + " WHERE archive = ?")
        archive.bind(1, number)
        guard let found = try archive.first({ try Self.archive($0) }) else { throw Self.gone(number) }
        return found
    }

    /// The batches that an archive holds, by number, each with the digest of the bytes that it has there. Throws as `all`.
    func batches(in archive: Int64) throws -> [HeldBatch] {
        let query = try Prepared(
            database,
            """
            SELECT a.batch, a.archive, a.length, a.sum,
                coalesce((SELECT id FROM merchants WHERE merchant = b.merchant), '?'), b.id,
                coalesce(r.digest, b.digest)
            FROM archived_batches a JOIN batches b ON b.batch = a.batch
                LEFT JOIN redacted_batches r ON r.batch = a.batch
            WHERE a.archive = ? ORDER BY a.batch
            """)
        query.bind(1, archive)
        return try query.all { row in
            let number = try Self.archived(row).batch
            guard let digest = SHA256Digest(bytes: row.bytes(6)) else {
                throw StoreTrouble.damaged("batches", "batch \(number)")
            }
            return HeldBatch(
                number: number, merchant: row.text(4), batch: row.text(5), digest: digest,
                length: row.integer(2))
        }
    }

    /// Goes over all rows: each is as it was written, each archive has as many batches as it says, and those have no
    /// bytes beside. Throws `StoreTrouble`.
    func verify() throws {
        var counts: [Int64: Int64] = [:]
        try Prepared(
            database,
            """
            SELECT a.batch, a.archive, a.length, a.sum, length(b.bytes)
            FROM archived_batches a LEFT JOIN batches b ON b.batch = a.batch ORDER BY a.batch
            """
        ).forEach { row in
            let (batch, archive) = try Self.archived(row)
            guard row.integerOrNil(4) == 0 else {
                throw StoreTrouble.damaged(
                    "archived_batches", "row \(batch)", "its batch has bytes, or is not there")
            }
            counts[archive, default: 0] += 1
        }
        for archive in try all() where counts[archive.number] != archive.batches {
            throw StoreTrouble.damaged(
                "archived_batches", "those of archive \(archive.number)",
                "there are \(counts[archive.number] ?? 0), it says \(archive.batches)")
        }
    }

    /// Batches up to one whose records are all settled or refused before a period, with how many bytes they have.
    func archivable(before period: Int, through last: Int64) throws -> [(number: Int64, bytes: Int64)] {
        let query = try Prepared(database, Self.archivable)
        query.bind(1, last)
        query.bind(2, period)
        return try query.all { ($0.integer(0), $0.integer(1)) }
    }

    /// A record that was carried has a row in `outcomes` of each close that looked at it.
    private static let archivable = """
        SELECT batch, length(bytes) FROM batches WHERE batch IN (
            SELECT batch FROM batches WHERE batch <= ?1
            EXCEPT SELECT batch FROM batch_periods WHERE period >= ?2
            EXCEPT SELECT (
                SELECT batch FROM record_chunks WHERE first <= outcomes.record ORDER BY first DESC LIMIT 1)
                FROM outcomes WHERE period >= ?2
            EXCEPT SELECT batch FROM archived_batches)
        ORDER BY batch
        """

    // MARK: Writing

    /// Notes an archive and empties the bytes of its batches. Throws `archiveSuperseded` where one is not as it was.
    func add(
        digest: SHA256Digest, name: String, made: Instant, keptFrom: Int, batches: [ArchivedBatch]
    ) throws -> StoredArchive {
        let archive = StoredArchive(
            number: try RowNumbers.next("archive", of: "archives", database), digest: digest, name: name,
            made: made, keptFrom: keptFrom, batches: Int64(batches.count))
        let insert = try Prepared(
            database,
            """
            INSERT INTO archives (archive, digest, name, made, kept_from, batches, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, archive.number)
        insert.bind(2, digest.bytes)
        insert.bind(3, name)
        insert.bind(4, made.milliseconds)
        insert.bind(5, keptFrom)
        insert.bind(6, archive.batches)
        insert.bind(7, Self.sum(archive))
        try insert.run()
        for batch in batches {
            try requireUnchanged(batch)
            try empty(batch, into: archive.number)
        }
        return archive
    }

    /// Notes that another file stands in an archive's place, and how long the bytes of its batches are that changed.
    /// Throws `archiveUnknown` where one of them is in no such archive.
    func replace(_ rewritten: RewrittenArchive) throws {
        guard let archive = try all().first(where: { $0.number == rewritten.number }) else {
            throw RetentionRefusal(.archiveUnknown, "there is no archive number \(rewritten.number)")
        }
        let present = StoredArchive(
            number: archive.number, digest: rewritten.digest, name: rewritten.name, made: archive.made,
            keptFrom: archive.keptFrom, batches: archive.batches)
        let update = try Prepared(
            database, "UPDATE archives SET (digest, name, sum) = (?, ?, ?) WHERE archive = ?")
        update.bind(1, present.digest.bytes)
        update.bind(2, present.name)
        update.bind(3, Self.sum(present))
        update.bind(4, present.number)
        try update.run()
        for (batch, now) in rewritten.batches {
            guard try self.archive(holding: batch)?.number == rewritten.number else {
                throw RetentionRefusal(
                    .archiveUnknown, "batch number \(batch) is not in archive number \(rewritten.number)")
            }
            let update = try Prepared(
                database, "UPDATE archived_batches SET (length, sum) = (?, ?) WHERE batch = ?")
            update.bind(1, now.length)
            update.bind(2, RowSum.of([batch, rewritten.number, now.length]))
            update.bind(3, batch)
            try update.run()
        }
    }

    private func requireUnchanged(_ batch: ArchivedBatch) throws {
        let query = try Prepared(
            database,
            """
            SELECT coalesce(r.digest, b.digest), length(bytes)
            FROM batches b LEFT JOIN redacted_batches r USING (batch) WHERE batch = ?
            """)
        query.bind(1, batch.number)
        let found = try query.first { (digest: $0.bytes(0), length: $0.integer(1)) }
        guard found?.digest == batch.digest.bytes, found?.length == batch.length else {
            throw RetentionRefusal(
                .archiveSuperseded,
                "batch number \(batch.number) is not as it was when the archive was written, nothing was changed:"
                    + " see with `settled audit --act bytes_archived` whether it was archived meanwhile")
        }
    }

    private func empty(_ batch: ArchivedBatch, into archive: Int64) throws {
        let insert = try Prepared(
            database, "INSERT INTO archived_batches (batch, archive, length, sum) VALUES (?, ?, ?, ?)")
        insert.bind(1, batch.number)
        insert.bind(2, archive)
        insert.bind(3, batch.length)
        insert.bind(4, RowSum.of([batch.number, archive, batch.length]))
        try insert.run()
        let update = try Prepared(database, "UPDATE batches SET bytes = zeroblob(0) WHERE batch = ?")
        update.bind(1, batch.number)
        try update.run()
    }

    // MARK: Reading

    private static let select = "SELECT archive, digest, name, made, kept_from, batches, sum FROM archives"

    private static func archive(_ row: Prepared) throws -> StoredArchive {
        guard let digest = SHA256Digest(bytes: row.bytes(1)) else {
            throw StoreTrouble.damaged("archives", "row \(row.integer(0))")
        }
        let archive = StoredArchive(
            number: row.integer(0), digest: digest, name: row.text(2), made: row.instant(3),
            keptFrom: Int(clamping: row.integer(4)), batches: row.integer(5))
        guard sum(archive) == row.integer(6) else {
            throw StoreTrouble.damaged("archives", "row \(archive.number)")
        }
        return archive
    }

    private static func archived(_ row: Prepared) throws -> (batch: Int64, archive: Int64) {
        guard RowSum.of([row.integer(0), row.integer(1), row.integer(2)]) == row.integer(3) else {
            throw StoreTrouble.damaged("archived_batches", "row \(row.integer(0))")
        }
        return (row.integer(0), row.integer(1))
    }

    private static func sum(_ archive: StoredArchive) -> Int64 {
        RowSum.of(
            [archive.number, archive.made.milliseconds, Int64(archive.keptFrom), archive.batches],
            [archive.name], bytes: archive.digest.bytes)
    }

    private static func gone(_ number: Int64) -> StoreTrouble {
        .damaged("archives", "row \(number)", "it is not there")
    }
}
