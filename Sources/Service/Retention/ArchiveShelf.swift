import Foundation
import Settlement
import Signing
import Store

/// The archives of a database that are at hand, each known by the digest of its whole file.
struct ArchiveShelf {
    private let known: [StoredArchive]
    private var files: [SHA256Digest: ArchiveFile] = [:]
    /// Where each of those is, copies included.
    private var paths: [SHA256Digest: [String]] = [:]
    /// Files that bear the name of an archive and hold other bytes, by that name.
    private var changed: [String: (path: String, digest: SHA256Digest)] = [:]

    /// Looks through files and folders. Other files in a folder are passed over; one that is named by itself has to be
    /// one of the database's archives.
    ///
    /// Throws `archiveUnknown` where it is none, `archiveDamaged` where it has the name of one and other bytes.
    init(_ places: [String], of known: [StoredArchive], sealKeys: [VerificationKey]) throws {
        self.known = known
        for place in places {
            if FolderCheck.isFolder(place) {
                for name in try Self.files(in: place) { try look(at: place + "/" + name, sealKeys) }
            } else if try !look(at: place, sealKeys) {
                throw try Self.unknown(place, known)
            }
        }
    }

    /// Throws `archiveMissing` or `archiveDamaged` unless every archive is at hand.
    func requireAll() throws {
        for archive in known { _ = try whole(archive) }
    }

    /// An archive that is at hand as it was written. Throws as `requireAll`.
    func whole(_ archive: StoredArchive) throws -> ArchiveFile {
        if let file = files[archive.digest] { return file }
        if let (path, digest) = changed[archive.name] {
            throw RetentionRefusal(
                .archiveDamaged,
                "\(path) is not as it was written: it has \(digest), expected \(archive.digest); name another"
                    + " copy of it")
        }
        throw RetentionRefusal(
            .archiveMissing,
            "\(archive.inWords) is not at hand, and has the bytes of \(Figures.count(archive.batches)) batches:"
                + " name it, or the folder that it is in, by --archives")
    }

    /// Where an archive is at hand as it was written, copies of it included.
    func paths(of archive: StoredArchive) -> [String] { paths[archive.digest] ?? [] }

    /// Whether an archive is at hand.
    func holds(_ archive: StoredArchive) -> Bool { files[archive.digest] != nil }

    /// The bytes of a batch that an archive has; nil where that is not at hand, or does not have it. Throws
    /// `archiveDamaged`.
    func bytes(of batch: Int64, in archive: StoredArchive) throws -> [UInt8]? {
        try files[archive.digest]?.bytes(of: batch)
    }

    /// Whether a file is one of the archives.
    @discardableResult
    private mutating func look(at path: String, _ sealKeys: [VerificationKey]) throws -> Bool {
        let name = Self.name(of: path)
        guard try ArchiveFile.isArchive(path) || known.contains(where: { $0.name == name }) else {
            return false
        }
        let digest = try ArchiveFile.digest(of: path)
        guard known.contains(where: { $0.digest == digest }) else {
            if known.contains(where: { $0.name == name }) { changed[name] = (path, digest) }
            return false
        }
        if files[digest] == nil { files[digest] = try ArchiveFile(path, sealKeys: sealKeys) }
        paths[digest, default: []].append(path)
        return true
    }

    private static func unknown(_ path: String, _ known: [StoredArchive]) throws -> RetentionRefusal {
        let digest = try ArchiveFile.digest(of: path)
        if let namesake = known.first(where: { $0.name == name(of: path) }) {
            return RetentionRefusal(
                .archiveDamaged,
                "\(path) is not as it was written: it has \(digest), expected \(namesake.digest); name another copy"
                    + " of it")
        }
        return RetentionRefusal(
            .archiveUnknown,
            "\(path) with \(digest) is none of this data's archives: "
                + (known.isEmpty ? "there are none" : known.map(\.inWords).joined(separator: "; ")))
    }

    /// The names of a folder's files, hidden ones apart, sorted.
    private static func files(in folder: String) throws(Failure) -> [String] {
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
