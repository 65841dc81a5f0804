import Foundation
public import Signing
import Store

/// Builds a data folder's closed periods again from the signed batches, the bookings and the alliance's
/// history, in a scratch database and with the code that built them first, and holds every stored document
/// and row against what comes of it. Rulebook §4–§7.
///
/// The folder is only read. Without the master secret, what was signed with keys derived from it is not
/// checked anew, and documents are compared without their signatures; seals are checked by their public keys.
public struct Rederivation: Sendable {
    /// What is looked at.
    public struct Request: Sendable {
        /// The folder that holds the database.
        public let folder: DataFolder
        /// Nil: it is not at hand.
        public let master: MasterSecret?
        /// The seal's public keys; none: seals are only checked by way of the master secret.
        public let sealKeys: [VerificationKey]
        /// The first and the last period to compare, by id; nil: the first and the last that closed.
        public let from: String?
        public let through: String?
        /// Where the scratch database is made; nil: beside the data folder if that can be, else in the
        /// system's folder for such.
        public let scratch: String?
        /// Archives that hold bytes of batches, or folders in which they are; all of the database's are needed.
        public let archives: [String]

        public init(
            folder: DataFolder, master: MasterSecret?, sealKeys: [VerificationKey] = [], from: String? = nil,
            through: String? = nil, scratch: String? = nil, archives: [String] = []
        ) {
            self.folder = folder
            self.master = master
            self.sealKeys = sealKeys
            self.from = from
            self.through = through
            self.scratch = scratch
            self.archives = archives
        }

        /// What checks the seals.
        var checkingKeys: [VerificationKey] {
            master.map { DocumentSigner(master: $0, version: $0.latest).sealKeys } ?? sealKeys
        }
    }

    let request: Request

    public init(_ request: Request) { self.request = request }

    /// Does it all. Throws `Failure` for a folder that holds no alliance or a period that has not closed
    /// (`misused`), `refused` with `secret_mismatch` or `secret_outdated` for a master secret that is not the data's,
    /// `RetentionRefusal` where an archive is not at hand, or was changed and has no batch left, and trouble with the
    /// disk; what is found wrong stands in the report.
    public func run(progress: SimulationProgress = .silent) throws -> RederivationReport {
        try request.folder.requireFounded()
        let stored = try Store.openToRead(folder: request.folder.path)
        defer { try? stored.shut() }
        if let master = request.master { try request.folder.requireOwn(master, of: stored) }
        let history = try stored.history()
        let shelf = try ArchiveShelf(
            request.archives, of: stored, sealKeys: stored.sealKeys() ?? request.checkingKeys)
        try shelf.requireAll()
        let scratch = try ScratchFolder(beside: request.folder.path, in: request.scratch)
        defer { scratch.clear() }
        var run = try RederivationRun(
            request, stored: stored, history: history, shelf: shelf, scratch: scratch.data,
            progress: progress)
        defer { try? run.derived.shut() }
        return try run.finished()
    }
}

extension Rederivation.Request {
    /// By the words of a command: takes the master secret and the seal's keys where they lie, if they do.
    public init(
        data: String, secret: String?, jwks: String?, from: String?, through: String?, scratch: String?,
        archives: [String] = []
    ) throws(Failure) {
        let folder = DataFolder(data, secret: secret)
        let isThere = secret != nil || WholeFile.exists(folder.secretPath)
        let published = folder.keysPath + "/" + SealFile.name
        let keys = jwks ?? (WholeFile.exists(published) ? published : nil)
        self.init(
            folder: folder, master: isThere ? try MasterSecretFile.read(folder.secretPath) : nil,
            sealKeys: try keys.map { path throws(Failure) in try KeyFile.readSet(path) } ?? [], from: from,
            through: through, scratch: scratch, archives: archives)
    }
}

/// A folder for its owner alone, which goes when the work is done. That of a process which was killed is cleared by the
/// next one that works in the same place: it is locked as long as its process lives.
private struct ScratchFolder: ~Copyable {
    let path: String
    /// Where its database goes: the folder itself bears the lock, and a close locks the one that it works in.
    let data: String
    private let lock: Descriptor
    private static let prefix = "settled-rederive-"

    /// Throws `trouble` where it cannot be made.
    init(beside folder: String, in chosen: String?) throws(Failure) {
        let parent = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
            .deletingLastPathComponent().path
        let system = FileManager.default.temporaryDirectory.path
        let place = chosen ?? (access(parent, W_OK) == 0 ? parent : system)
        Self.clearAbandoned(in: place)
        let path = place + "/" + Self.prefix + SecureRandom.hexDigits(16)
        try createFolder(path, mode: 0o700)
        let data = path + "/data"
        try createFolder(data, mode: 0o700)
        let lock = try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY, attempt: "lock it")
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { throw .fromSystem(path, "lock it") }
        self.path = path
        self.data = data
        self.lock = lock
    }

    /// Removes what killed processes of this user left; whatever else has such a name stays.
    private static func clearAbandoned(in place: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        where name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 16 {
            let path = place + "/" + name
            do {
                let folder = try Descriptor(
                    opening: path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, attempt: "look at it")
                guard isOwn(folder), flock(folder.number, LOCK_EX | LOCK_NB) == 0 else { continue }
                try FileManager.default.removeItem(atPath: path)
            } catch {
                // Somebody else's, or gone meanwhile.
                continue
            }
        }
    }

    private static func isOwn(_ folder: borrowing Descriptor) -> Bool {
        var status = stat()
        return fstat(folder.number, &status) == 0 && status.st_uid == geteuid()
    }

    func clear() { try? FileManager.default.removeItem(atPath: path) }
}
