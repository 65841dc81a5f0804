import Settlement
import Signing
import Store

/// The archives that are at hand while a member is forgotten.
struct ForgettingArchives {
    let shelf: ArchiveShelf
    private let known: [StoredArchive]

    /// Throws as `ArchiveShelf`; a file in whose place another stands by now is taken for that one.
    init(_ request: MemberForgetting.Request) throws {
        known = try request.folder.store.archives()
        shelf = try ArchiveShelf(
            Self.places(request.archives, known), of: known, sealKeys: request.folder.signer.sealKeys)
    }

    /// The bytes that they have of batches.
    var bytes: ArchivedBytes { { [shelf] in try shelf.bytes(of: $0, in: $1) } }

    /// Throws `archiveMissing` that names all of these that are not at hand, or `archiveDamaged`.
    func require(_ archives: [StoredArchive]) throws {
        let missing = Set(archives).filter { !shelf.holds($0) }.sorted { $0.number < $1.number }
        guard missing.count > 1 else {
            for archive in missing { _ = try shelf.whole(archive) }
            return
        }
        throw RetentionRefusal(
            .archiveMissing,
            "not at hand, and with batches that name the member, or may: "
                + missing.map(\.inWords).joined(separator: "; ")
                + ": name them, or the folders that they are in, by --archives")
    }

    /// Where a run before, of this member or another, wrote an archive anew, the file of then may be gone or there all
    /// the same: whoever names it as before means the one that came in its place.
    private static func places(_ named: [String], _ known: [StoredArchive]) throws -> [String] {
        try named.flatMap { place -> [String] in
            guard try isNoMore(place, known) else { return [place] }
            let beside = known.map { folderName(of: place) + "/" + $0.name }.filter { WholeFile.exists($0) }
            return beside.isEmpty ? [place] : beside
        }
    }

    private static func isNoMore(_ place: String, _ known: [StoredArchive]) throws -> Bool {
        guard WholeFile.exists(place) else { return true }
        guard !FolderCheck.isFolder(place), try ArchiveFile.isArchive(place) else { return false }
        let digest = try ArchiveFile.digest(of: place)
        return !known.contains { $0.digest == digest }
    }
}
