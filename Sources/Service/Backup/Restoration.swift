import Foundation
public import Settlement
import Signing
public import Store

/// A backup put back as the database of a data folder, whole or not at all.
public struct Restoration: Sendable {
    public let folder: DataFolder
    public let alliance: AllianceID
    /// What is in it now.
    public let contents: DatabaseContents
    /// When the last batch in it was received; nil: there is none.
    public let lastReceived: Instant?
    /// What has bytes of its batches, and is not in it.
    public let archives: [StoredArchive]
    /// When the operator last did anything that is in it, as the audit says.
    public let lastAct: Instant?
    /// The schema that the backup had, if it was an older one.
    public let upgradedFrom: Int?
    /// Whether the master secret is in the folder, or where it was said to be; it is the right one then.
    public let hasSecret: Bool
    /// The last version of the master secret, where the backup knows nothing of it: the daemon's first start takes it
    /// into use.
    public let waitingVersion: Int?

    /// Puts the backup at `file`, packed or not, into a folder that has no database yet; the folder is made if it is not
    /// there.
    ///
    /// Throws `refused` for a folder that has a database or a part of one, for a file that is no backup or not as it was
    /// written, of a newer program, or not signed by the secret that is at hand; and trouble of the disk. Nothing is left in
    /// the folder then.
    public init(
        _ file: String, into folder: DataFolder, progress: SimulationProgress = .silent,
        upgrading: (SchemaUpgrade) -> Void = { _ in }
    ) throws {
        defer { progress.clear() }
        guard WholeFile.exists(file) else {
            throw Failure.misused(file, "there is no such file, expected a backup")
        }
        try Self.requireFree(folder)
        try createFolder(folder.path, mode: 0o700)
        let draft = DraftFile(beside: folder.databasePath)
        progress.show("reading the backup")
        try Self.copy(file, to: draft.path)
        progress.show("checking the file")
        let found = try Self.verifiedFile(draft.path, named: file)
        if found < Store.presentSchema { try Store.upgrade(file: draft.path, upgrading: upgrading) }
        upgradedFrom = found < Store.presentSchema ? found : nil
        let store = try Store.openToRead(file: draft.path)
        defer { try? store.shut() }
        if let finding = try DatabaseCheck(store, progress: progress).findings.first {
            throw Self.broken(file, finding)
        }
        hasSecret = WholeFile.exists(folder.secretPath)
        let master = hasSecret ? try MasterSecretFile.read(folder.secretPath) : nil
        let inUse = try master.map { try folder.requireOwn($0, of: store).count }
        waitingVersion = master.flatMap { $0.latest > inUse ?? 0 ? $0.latest : nil }
        alliance = try store.schedule().alliance.id
        contents = try DatabaseContents(ofFile: draft.path)
        lastReceived = try store.growth(since: Instant(milliseconds: 0)).lastReceived
        archives = try store.archives()
        lastAct = try store.audit(limit: 1).first?.at
        self.folder = folder
        try store.shut()
        try draft.giveToFoldersOwner()
        try draft.publish(as: folder.databasePath)
    }

    /// A log that is left over would be taken for the new database's own.
    private static func requireFree(_ folder: DataFolder) throws(Failure) {
        for end in ["", "-wal", "-shm", "-journal"] where WholeFile.exists(folder.databasePath + end) {
            throw .refused(
                folder.databasePath + end, "is already there, and no database is overwritten",
                hint: "stop the daemon and move the old files away, or name another folder")
        }
    }

    private static func copy(_ file: String, to draft: String) throws {
        let isPacked = try PackedFile.isPacked(file)
        let output = try Descriptor(newSecret: draft)
        if isPacked {
            try PackedFile.unpack(file) { try output.writeAll([UInt8]($0)) }
        } else {
            let input = try Descriptor(opening: file, flags: O_RDONLY, attempt: "read it")
            while let piece = try input.readPiece(1 << 20) { try output.writeAll(piece) }
        }
        try output.synchronize()
    }

    /// The schema of a file that SQLite finds whole.
    private static func verifiedFile(_ draft: String, named file: String) throws -> Int {
        do {
            let schema = try DatabaseContents(ofFile: draft).schema
            guard schema > 0 else { throw broken(file, "no alliance was founded in it") }
            let findings = try Store.integrityFindings(ofFile: draft)
            if let finding = findings.first { throw broken(file, finding) }
            return schema
        } catch let trouble as StoreTrouble {
            throw Failure.refused(
                file, "cannot be restored: \(trouble.cause)", hint: trouble.isDamage ? other : trouble.hint)
        }
    }

    private static func broken(_ file: String, _ finding: String) -> Failure {
        .refused(file, "is not as it was written: \(finding)", hint: other)
    }

    private static let other = "nothing was changed; take another backup"
}
