import GRDB
public import Settlement
public import Signing

/// A file that bytes of batches were moved to, as the database knows it.
public struct StoredArchive: Hashable, Sendable {
    /// 1, 2, 3 … in the order in which they were made.
    public let number: Int64
    /// Of the whole file.
    public let digest: SHA256Digest
    /// What the file was called when it was made, without its folder.
    public let name: String
    public let made: Instant
    /// The ordinal of the first period whose batches stayed.
    public let keptFrom: Int
    public let batches: Int64
}

/// A batch whose bytes an archive holds.
public struct ArchivedBatch: Hashable, Sendable {
    /// Its place in the order of arrival.
    public let number: Int64
    /// Of its bytes as they stand: those that were signed, or redacted ones.
    public let digest: SHA256Digest
    /// How many bytes it has.
    public let length: Int64

    public init(number: Int64, digest: SHA256Digest, length: Int64) {
        self.number = number
        self.digest = digest
        self.length = length
    }
}

/// The batches whose bytes no period needs any more that is to be kept.
public struct ArchivableBatches: Hashable, Sendable {
    /// The ordinal of the first period that is kept.
    public let keptFrom: Int
    /// By their place in the order of arrival.
    public let batches: [Int64]
    /// Of their bytes, in all.
    public let bytes: Int64
}

extension Store {
    /// The archives, in the order in which they were made. Throws `StoreTrouble` where a row is not as it was written.
    public func archives() throws -> [StoredArchive] {
        try reading("list the archives") { try ArchiveRows($0).all() }
    }

    /// The batches that could be archived with the last closed periods kept: all that they brought was settled or
    /// refused in earlier ones, and a statement of an earlier one lists them. In no archive yet.
    ///
    /// Throws `periodsTooFew`.
    public func archivable(keeping periods: Int) throws -> ArchivableBatches {
        precondition(
            periods >= 1, "the last closed period is always kept: its pending records are tried again")
        return try reading("look for batches to archive") { database in
            let rows = PeriodRows(database)
            let open = try rows.earliestOpen()
            let keptFrom = open - periods
            guard keptFrom >= 1 else {
                throw RetentionRefusal(
                    .periodsTooFew, "\(open) closed, and the last \(periods) are to be kept: nothing is older"
                )
            }
            let last = try rows.lastBatch(before: keptFrom)
            let batches = try ArchiveRows(database).archivable(before: keptFrom, through: last)
            return ArchivableBatches(
                keptFrom: keptFrom, batches: batches.map { $0.number },
                bytes: batches.reduce(0) { $0 + $1.bytes }
            )
        }
    }

    /// Takes the bytes away that an archive holds, and notes which that is, durably. The archive is on the disk already,
    /// and was read again.
    ///
    /// Throws `archiveSuperseded` where any of the batches is not as it was when its bytes were read, and what
    /// `onceSure` throws, which is asked last whether the archive is still there; nothing is changed then.
    @discardableResult
    public func removeBytes(
        of batches: [ArchivedBatch], heldBy digest: SHA256Digest, named name: String, keptFrom: Int,
        at instant: Instant, onceSure: () throws -> Void = {}
    ) throws -> StoredArchive {
        precondition(!batches.isEmpty, "an archive holds a batch")
        return try writing("take the bytes of archived batches away") { database in
            let rows = ArchiveRows(database)
            let archive = try rows.add(
                digest: digest, name: name, made: instant, keptFrom: keptFrom, batches: batches)
            let bytes = batches.reduce(0) { $0 + $1.length }
            let kept = try AllianceRows(database).schedule(of: AllianceRows(database).version()).calendar
                .period(keptFrom).id
            try AuditRows(database).add(
                AuditEntry(
                    at: instant, act: .bytesArchived, digest: digest.text,
                    reason: "\(batches.count) batches of \(bytes) bytes, settled before \(kept), in \(name)"))
            try onceSure()
            return archive
        }
    }
}
