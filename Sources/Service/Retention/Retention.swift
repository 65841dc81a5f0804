public import Settlement
import Signing
public import Store

/// Bytes of old batches moved from the database to an archive, which is there whole, sealed and read again before any
/// of them is taken away. A kill at any moment leaves each byte in the database, in the archive, or in both.
public struct Retention: Sendable {
    /// What is asked for.
    public struct Request: Sendable {
        public let folder: OpenFolder
        /// So many closed periods, the last ones, keep the bytes of their batches; at least 1.
        public let periods: Int
        /// The archive to make.
        public let file: String
        /// Only to say what would be moved.
        public let isDryRun: Bool
        public let at: Instant

        public init(folder: OpenFolder, periods: Int, file: String, isDryRun: Bool = false, at: Instant) {
            self.folder = folder
            self.periods = periods
            self.file = file
            self.isDryRun = isDryRun
            self.at = at
        }
    }

    public let path: String
    /// The first period that keeps its batches' bytes, by id.
    public let keptFrom: String
    /// How many batches were moved, or would be, and how many bytes they have.
    public let batches: Int64
    public let bytes: Int64
    /// Nil where nothing was moved: there was nothing, or it was a dry run.
    public let archive: StoredArchive?
    /// Bytes of the archive.
    public let fileBytes: Int64?

    /// Does it. Throws `RetentionRefusal`, `misused` for a file without a name, and trouble of disk and database;
    /// nothing is changed then.
    public init(_ request: Request, progress: SimulationProgress = .silent) throws {
        defer { progress.clear() }
        let lock = try RetentionLock(in: request.folder.folder.path)
        defer { withExtendedLifetime(lock) {} }
        let store = request.folder.store
        let found = try store.archivable(keeping: request.periods)
        path = request.file
        keptFrom = try store.schedule().calendar.period(found.keptFrom).id
        batches = Int64(found.batches.count)
        bytes = found.bytes
        if !found.batches.isEmpty { try Self.requireFree(request.file, store) }
        guard !found.batches.isEmpty, !request.isDryRun else {
            archive = nil
            fileBytes = nil
            return
        }
        let draft = DraftFile(beside: request.file)
        let held = try Self.write(found, to: draft, request, keptFrom: keptFrom, progress)
        let digest = try Self.verified(draft, held, request, progress)
        fileBytes = try draft.byteCount()
        let published = try PublishedArchive(draft, as: request.file)
        progress.show("taking the bytes out of the database")
        archive = try Self.takeOut(held, heldBy: digest, in: published, request, keptFrom: found.keptFrom)
    }

    /// Takes the bytes out of the database, if the archive still lies where it was put. One that no batch came to
    /// need is taken away.
    static func takeOut(
        _ held: [ArchivedBatch], heldBy digest: SHA256Digest, in archive: PublishedArchive,
        _ request: Request,
        keptFrom: Int
    ) throws -> StoredArchive {
        do {
            return try request.folder.store.removeBytes(
                of: held, heldBy: digest, named: ArchiveShelf.name(of: archive.path), keptFrom: keptFrom,
                at: request.at, onceSure: archive.requireInPlace)
        } catch let refusal as RetentionRefusal where refusal.code == .archiveSuperseded {
            try archive.withdraw()
            throw refusal
        }
    }

    /// No archive is overwritten, and none gets a name that cannot be told. Under the lock alone a file that the
    /// database does not know is one that no run is about to need.
    private static func requireFree(_ path: String, _ store: Store) throws {
        let name = ArchiveShelf.name(of: path)
        guard !name.isEmpty, !path.hasSuffix("/"), PlainText.of(name) == name else {
            throw Failure.misused("--archive", "expected the name of a file, found \(PlainText.quoted(path))")
        }
        guard WholeFile.exists(path) else { return }
        let isOwn =
            try !FolderCheck.isFolder(path)
            && store.archives().map(\.digest).contains(ArchiveFile.digest(of: path))
        throw RetentionRefusal(
            .archiveExists,
            isOwn
                ? "\(path) is one of this data's archives: keep it, and name another file"
                : "\(path) is there, and the database needs nothing of it, as of a run that was ended before it was"
                    + " done: name another file, or take it away")
    }

    /// Writes the archive as a draft.
    static func write(
        _ found: ArchivableBatches, to draft: DraftFile, _ request: Request, keptFrom: String,
        _ progress: SimulationProgress = .silent
    ) throws -> [ArchivedBatch] {
        let store = request.folder.store
        let writer = try ArchiveWriter(draft.path)
        for (place, number) in found.batches.enumerated() {
            if place % 64 == 0 { progress.show("packing batch \(place + 1) of \(found.batches.count)") }
            guard let arrival = try store.arrival(number), arrival.archive == nil else {
                throw RetentionRefusal(
                    .archiveSuperseded, "batch number \(number) was archived meanwhile; nothing was changed")
            }
            try writer.add(arrival)
        }
        try writer.finish(
            alliance: store.schedule().alliance.id.text, made: request.at, keptFrom: keptFrom,
            signer: request.folder.signer)
        return writer.batches
    }

    /// Reads every batch of the draft again, and its seal; gives the digest of the file.
    static func verified(
        _ draft: DraftFile, _ held: [ArchivedBatch], _ request: Request,
        _ progress: SimulationProgress = .silent
    ) throws -> SHA256Digest {
        let digest = try ArchiveFile.digest(of: draft.path)
        let archive = try ArchiveFile(draft.path, sealKeys: request.folder.signer.sealKeys)
        for (place, batch) in held.enumerated() {
            if place % 64 == 0 { progress.show("reading batch \(place + 1) of \(held.count) again") }
            guard let bytes = try archive.bytes(of: batch.number), SHA256Digest(of: bytes) == batch.digest
            else {
                throw Failure.trouble(
                    request.file, "does not hold what was written to it", hint: "look after the disk")
            }
        }
        return digest
    }
}
