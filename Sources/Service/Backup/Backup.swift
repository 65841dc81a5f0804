import Foundation
public import Settlement
public import Signing
public import Store

/// A copy of the database, made while the daemon runs, checked, and there whole or not at all.
public struct Backup: Sendable {
    public let path: String
    /// Bytes of the file, and of the database in it.
    public let fileBytes: Int64
    public let databaseBytes: Int64
    /// SHA-256 of the file.
    public let digest: SHA256Digest
    public let isPacked: Bool
    /// What is in it.
    public let contents: DatabaseContents
    /// When the last batch in it was received; nil: there is none.
    public let lastReceived: Instant?
    /// What has bytes of its batches, and is not in it.
    public let archives: [StoredArchive]
    /// Older backups that were taken away.
    public let removed: [String]

    /// What is asked for.
    public struct Request: Sendable {
        public let data: DataFolder
        /// A file, a path with `{date}`, or a folder.
        public let target: String
        /// Packed as zstd.
        public let isPacked: Bool
        /// How many backups of these names stay, this one among them; nil: all.
        public let keep: Int?
        public let at: Instant

        public init(data: DataFolder, target: String, isPacked: Bool, keep: Int?, at: Instant) {
            self.data = data
            self.target = target
            self.isPacked = isPacked
            self.keep = keep
            self.at = at
        }
    }

    /// Makes it. Throws `refused` where a file of that name is there, or where the copy is not whole, and trouble of the
    /// disk; nothing is left behind then.
    public init(_ request: Request, progress: SimulationProgress = .silent) throws {
        defer { progress.clear() }
        try request.data.requireFounded()
        let store = try Store.openToRead(folder: request.data.path)
        defer { try? store.shut() }
        let name = try Self.name(request, alliance: store.schedule().alliance.id)
        path = name?.path(at: request.at, isPacked: request.isPacked) ?? request.target
        isPacked = request.isPacked
        guard !WholeFile.exists(path) else {
            throw Failure.refused(
                path, "is already there, and no backup is overwritten",
                hint: "name another file, or put {date} into the name")
        }
        let draft = DraftFile(beside: path)
        contents = try Self.copy(store, to: draft, of: path, progress)
        let copied = try Self.verified(draft, of: path, contents, progress)
        lastReceived = copied.lastReceived
        archives = copied.archives
        databaseBytes = try draft.byteCount()
        let made = request.isPacked ? try Self.packed(draft, beside: path, progress) : draft
        digest = try Self.digest(of: made.path)
        fileBytes = try made.byteCount()
        try made.publish(as: path)
        removed = try request.keep.flatMap { try name?.prune(keeping: $0) } ?? []
    }

    /// The names that the target stands for; nil: one file.
    private static func name(_ request: Request, alliance: AllianceID) throws -> BackupName? {
        if request.target.hasSuffix("/") || FolderCheck.isFolder(request.target) {
            let folder =
                request.target.count > 1 && request.target.hasSuffix("/")
                ? String(request.target.dropLast()) : request.target
            try createFolder(folder, mode: 0o700)
            return BackupName(in: folder, of: alliance)
        }
        guard let name = BackupName(path: request.target) else {
            guard request.keep == nil else {
                throw Failure.misused(
                    "--keep", "\(request.target) names one file, expected a folder or a name with {date}")
            }
            return nil
        }
        return name
    }

    private static func copy(
        _ store: Store, to draft: DraftFile, of path: String, _ progress: SimulationProgress
    ) throws -> DatabaseContents {
        do {
            return try OnlineCopy.write(from: store.path, to: draft.path) { part in
                progress.show("copying, \(Int(part * 100)) %")
            }
        } catch let trouble as StoreTrouble {
            throw Failure.trouble(
                path, "cannot be written: \(trouble.cause)",
                hint: trouble.hint ?? "no backup was made; the database is as it was")
        }
    }

    /// Holds the copy against what was copied, and checks it as a whole; gives when its last batch was received, and the
    /// archives that it knows of.
    private static func verified(
        _ draft: DraftFile, of path: String, _ contents: DatabaseContents, _ progress: SimulationProgress
    ) throws -> (lastReceived: Instant?, archives: [StoredArchive]) {
        let copy = try Store.openToRead(file: draft.path)
        defer { try? copy.shut() }
        let findings = try DatabaseCheck(copy, progress: progress).findings
        guard let first = findings.first else {
            guard try DatabaseContents(ofFile: draft.path) == contents else {
                throw Failure.trouble(
                    path, "does not hold the rows that were copied", hint: "look after the disk")
            }
            return (try copy.growth(since: Instant(milliseconds: 0)).lastReceived, try copy.archives())
        }
        throw Failure.refused(
            path, "the copy is not whole, so no backup was made: \(first)",
            hint: "`settled doctor --full` says whether the database is; the last good backup and"
                + " `settled rederive` are the way out")
    }

    /// Packs the draft, and unpacks it again to see that it is the same.
    private static func packed(
        _ draft: DraftFile, beside path: String, _ progress: SimulationProgress
    ) throws -> DraftFile {
        let packed = DraftFile(beside: path)
        progress.show("packing")
        try PackedFile.pack(draft.path, into: packed.path)
        progress.show("unpacking, to see that it is the same")
        let stream = SHA256Stream()
        try PackedFile.unpack(packed.path) { stream.update($0) }
        guard try stream.finish() == digest(of: draft.path) else {
            throw Failure.trouble(path, "does not unpack to what was packed", hint: "look after the disk")
        }
        return packed
    }

    private static func digest(of path: String) throws(Failure) -> SHA256Digest {
        let file = try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it")
        let stream = SHA256Stream()
        while let piece = try file.readPiece(1 << 20) { stream.update(piece) }
        return stream.finish()
    }
}
