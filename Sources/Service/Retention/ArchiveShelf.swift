import Foundation
import Settlement
import Signing
import Store

/// The archives of a database that are at hand, each known by the digest of its whole file; and where none is as it was
/// written, what of it can still be read.
struct ArchiveShelf {
    /// A file that may be an archive, and is none of the database's as they were written.
    struct Stranger {
        let path: String
        let digest: SHA256Digest
        /// Whether it was named by itself, and not found in a folder.
        let isNamed: Bool
    }

    private let known: [StoredArchive]
    private var files: [SHA256Digest: ArchiveFile] = [:]
    /// Where each of those is, copies included.
    private var paths: [SHA256Digest: [String]] = [:]
    private(set) var strangers: [Stranger] = []
    /// Archives that are at hand only in files that were changed, and have any batch in them.
    private(set) var damaged: [DamagedArchive] = []
    private var salvage: ArchiveSalvage?

    /// Looks through files and folders for the archives of a database. Throws as the other one, but for an archive
    /// that was changed and still has any batch: that one is `damaged`.
    init(_ places: [String], of store: Store, sealKeys: [VerificationKey]) throws {
        try self.init(places, of: store.archives(), sealKeys: sealKeys) { try store.batches(in: $0) }
    }

    /// Looks through files and folders. Other files in a folder are passed over; one that is named by itself has to be
    /// one of the database's archives. `batches`: those that an archive should have; without them none is looked for in
    /// one that was changed.
    ///
    /// Throws `archiveUnknown` where it is none, `archiveDamaged` where it has the name of one and other bytes.
    init(
        _ places: [String], of known: [StoredArchive], sealKeys: [VerificationKey],
        batches: (StoredArchive) throws -> [HeldBatch] = { _ in [] }
    ) throws {
        self.known = known
        for place in places {
            if FolderCheck.isFolder(place) {
                for name in try Self.files(in: place) { try look(at: place + "/" + name, sealKeys) }
            } else {
                try look(at: place, sealKeys, isNamed: true)
            }
        }
        let telling = try readDamaged(batches)
        for stranger in strangers where stranger.isNamed && !telling.contains(stranger.path) {
            throw unknown(stranger)
        }
    }

    /// Throws `archiveMissing` or `archiveDamaged` unless every archive is at hand, as it was written or in part.
    func requireAll() throws {
        for archive in known where !holds(archive) { _ = try whole(archive) }
    }

    /// An archive that is at hand as it was written. Throws `archiveMissing` and `archiveDamaged`.
    func whole(_ archive: StoredArchive) throws -> ArchiveFile {
        if let file = files[archive.digest] { return file }
        if let refusal = damage(of: archive) { throw refusal }
        throw RetentionRefusal(
            .archiveMissing,
            "\(archive.inWords) is not at hand, and has the bytes of \(Figures.count(archive.batches)) batches:"
                + " name it, or the folder that it is in, by --archives")
    }

    /// What is wrong with an archive that is at hand, but not as it was written; nil for others.
    func damage(of archive: StoredArchive) -> RetentionRefusal? {
        guard files[archive.digest] == nil else { return nil }
        if let part = damaged.first(where: { $0.archive == archive }) {
            return RetentionRefusal(.archiveDamaged, part.inWords)
        }
        return strangers.first { Self.name(of: $0.path) == archive.name }.map { changed($0, archive) }
    }

    /// Where an archive is at hand as it was written, copies of it included.
    func paths(of archive: StoredArchive) -> [String] { paths[archive.digest] ?? [] }

    /// Files that bear the name of an archive that is at hand elsewhere, and are not as it was written.
    var badCopies: [String] {
        strangers.filter { stranger in
            known.contains { files[$0.digest] != nil && $0.name == Self.name(of: stranger.path) }
        }.map(\.path)
    }

    /// Whether an archive is at hand, as it was written or in part.
    func holds(_ archive: StoredArchive) -> Bool {
        files[archive.digest] != nil || damaged.contains { $0.archive == archive }
    }

    /// Whether every batch of an archive can be read.
    func isComplete(_ archive: StoredArchive) -> Bool {
        files[archive.digest] != nil || damaged.contains { $0.archive == archive && $0.lost.isEmpty }
    }

    /// The bytes of a batch that an archive has; nil where that is not at hand, does not have it, or has lost it. Throws
    /// `archiveDamaged`.
    func bytes(of batch: Int64, in archive: StoredArchive) throws -> [UInt8]? {
        if let file = files[archive.digest] { return try file.bytes(of: batch) }
        return try salvage?.bytes(of: batch)
    }

    private mutating func look(
        at path: String, _ sealKeys: [VerificationKey], isNamed: Bool = false
    ) throws {
        let name = Self.name(of: path)
        guard try isNamed || ArchiveFile.isArchive(path) || known.contains(where: { $0.name == name }) else {
            return
        }
        let digest = try ArchiveFile.digest(of: path)
        guard known.contains(where: { $0.digest == digest }) else {
            return strangers.append(Stranger(path: path, digest: digest, isNamed: isNamed))
        }
        if files[digest] == nil { files[digest] = try ArchiveFile(path, sealKeys: sealKeys) }
        paths[digest, default: []].append(path)
    }

    /// Looks in all strangers for batches of archives that are not at hand as they were written. Gives the files that
    /// have any, and those that bear the name of an archive which is at hand elsewhere: what they are is told.
    private mutating func readDamaged(_ batches: (StoredArchive) throws -> [HeldBatch]) throws -> Set<String>
    {
        guard !strangers.isEmpty else { return [] }
        let absent = try known.filter { files[$0.digest] == nil }.map { (archive: $0, held: try batches($0)) }
        let salvage = ArchiveSalvage(of: absent.flatMap(\.held))
        var found: [String: Set<Int64>] = [:]
        for stranger in strangers where stranger.isNamed || !salvage.isComplete {
            found[stranger.path] = try salvage.look(through: stranger.path)
        }
        self.salvage = salvage
        for (archive, held) in absent {
            let numbers = Set(held.map(\.number))
            let lost = held.filter { !salvage.has($0.number) }
            guard lost.count < held.count else { continue }
            let copies = strangers.map(\.path).filter { path in
                Self.name(of: path) == archive.name || !(found[path] ?? []).isDisjoint(with: numbers)
            }
            damaged.append(
                DamagedArchive(
                    archive: archive, copies: copies, read: held.count - lost.count, lost: lost,
                    givenUp: lost.isEmpty ? [] : salvage.givenUp.sorted()))
        }
        return Set(damaged.flatMap(\.copies)).union(badCopies)
    }

    private func unknown(_ stranger: Stranger) -> RetentionRefusal {
        if let namesake = known.first(where: { $0.name == Self.name(of: stranger.path) }) {
            return changed(stranger, namesake)
        }
        return RetentionRefusal(
            .archiveUnknown,
            "\(stranger.path) with \(stranger.digest) is none of this data's archives: "
                + (known.isEmpty ? "there are none" : known.map(\.inWords).joined(separator: "; ")))
    }

    private func changed(_ stranger: Stranger, _ archive: StoredArchive) -> RetentionRefusal {
        let isGivenUp = salvage?.givenUp.contains(stranger.path) ?? false
        return RetentionRefusal(
            .archiveDamaged,
            "\(stranger.path) is not as it was written: it has \(stranger.digest), expected \(archive.digest), and"
                + " no batch of that can be read from it; name another copy of it"
                + (isGivenUp ? "; " + DamagedArchive.inWords(givenUp: stranger.path) : ""))
    }

    /// The names of a folder's files, hidden ones apart, sorted.
    static func files(in folder: String) throws(Failure) -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .trouble(folder, "cannot be listed: \(error.localizedDescription)")
        }
        return names.filter { name in
            var status = stat()
            return !name.hasPrefix(".") && stat(folder + "/" + name, &status) == 0
                && status.st_mode & S_IFMT == S_IFREG
        }.sorted()
    }

    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? ""
    }
}

extension StoredArchive {
    /// `the archive NAME, sha256:…`
    var inWords: String { "the archive \(PlainText.of(name)), \(digest)" }
}
