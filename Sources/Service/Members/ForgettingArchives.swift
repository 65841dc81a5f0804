import Foundation
import Settlement
import Signing
import Store

/// The archives that are at hand while a member is forgotten.
struct ForgettingArchives {
    let shelf: ArchiveShelf
    /// The names of those that are in none of the folders that were named, or named files are in.
    let absent: [String]
    private let named: [String]
    private let store: Store
    private let sealKeys: [VerificationKey]

    /// Throws as `ArchiveShelf`. A file in whose place another stands by now is taken for that one.
    init(_ request: MemberForgetting.Request) throws {
        named = request.archives
        store = request.folder.store
        sealKeys = request.folder.signer.sealKeys
        let known = try store.archives()
        let shelf = try ArchiveShelf(Self.places(named, known), of: store, sealKeys: sealKeys)
        let folders = Self.folders(of: named)
        absent = known.filter { archive in
            !shelf.holds(archive) && !folders.contains { WholeFile.exists($0 + "/" + archive.name) }
        }.map(\.name)
        self.shelf = shelf
    }

    /// The bytes that they have of batches.
    var bytes: ArchivedBytes { { [shelf] in try shelf.bytes(of: $0, in: $1) } }

    /// The bytes of a batch that an archive has, or the database; they have to be there.
    func batch(
        _ number: Int64, in archive: StoredArchive?
    ) throws -> (bytes: [UInt8], form: BatchForm) {
        guard let arrival = try store.arrival(number), let form = BatchForm(rawValue: arrival.form),
            let bytes = try archive.map({ try shelf.bytes(of: number, in: $0) }) ?? arrival.bytes
        else { throw StoreTrouble.damaged("batches", "row \(number)") }
        return (bytes, form)
    }

    /// Throws `archiveMissing` that names all of these that are not at hand, or `archiveDamaged` where one is of which
    /// batches are lost.
    func require(_ archives: [StoredArchive]) throws {
        let unread = Set(archives).filter { !shelf.isComplete($0) }.sorted { $0.number < $1.number }
        let damaged = unread.compactMap { shelf.damage(of: $0)?.reason }
        let missing = unread.filter { shelf.damage(of: $0) == nil }
        guard damaged.isEmpty else {
            throw RetentionRefusal(
                .archiveDamaged,
                (damaged + missing.map { "\($0.inWords) is not at hand" }).joined(separator: "; "))
        }
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

    /// Takes away what a kill left in the folders of archives: files in whose place others stand, those that no
    /// database came to need, and drafts. Gives those that are gone, and what was in the way, or is left to a person; not
    /// of files that were told already. Whoever calls it holds the `RetentionLock`: no draft there is of a `settled
    /// retain` that still runs on this data.
    func removeLeftovers(
        besides told: [String] = [], _ progress: SimulationProgress = .silent
    ) -> (removed: [String], unfinished: [String]) {
        do {
            // What the database knows of has changed since.
            let known = try store.archives()
            let folders = Self.folders(of: named)
            let places = Set(told.map(FilePlace.of))
            let shelf = try ArchiveShelf(folders, of: known, sealKeys: sealKeys)
            let leftovers = try ArchiveLeftovers(on: shelf, of: store, sealKeys: sealKeys)
            let drafts = folders.flatMap(DraftFile.paths)
            let unfinished = leftovers.remove(besides: places) + drafts.compactMap(Self.remove)
            let before = try FilesFromBefore(
                in: folders, on: shelf, of: store, besides: places.union(leftovers.paths.map(FilePlace.of)),
                progress)
            return (
                (leftovers.paths + drafts).filter { !WholeFile.exists($0) }, unfinished + before.lines
            )
        } catch { return ([], [Failure(error, place: "--archives").description]) }
    }

    /// Gives what stands in the way.
    private static func remove(_ draft: String) -> String? {
        do throws(Failure) {
            guard unlink(draft) == 0 || errno == ENOENT else { throw .fromSystem(draft, "take it away") }
            try WholeFile.synchronizeFolder(folderName(of: draft))
            return nil
        } catch { return "\(error)" }
    }

    /// Each once, however it is named.
    private static func folders(of named: [String]) -> [String] {
        let folders = named.map { FolderCheck.isFolder($0) ? $0 : folderName(of: $0) }
        return Dictionary(folders.map { (FilePlace.of($0), $0) }) { first, _ in first }.values.sorted()
    }

    /// Where a run before, of this member or another, wrote an archive anew, the file of then may be gone, or there all
    /// the same: who names it as before means what came in its place, which is in the same folder.
    private static func places(_ named: [String], _ known: [StoredArchive]) throws -> [String] {
        try named.map { place in
            let folder = folderName(of: place)
            if !FolderCheck.isFolder(place),
                ArchiveName.isFormer(ArchiveShelf.name(of: place), of: known.map(\.name))
            {
                return folder
            }
            let hasOthers = known.contains { WholeFile.exists(folder + "/" + $0.name) }
            return try hasOthers && isNoMore(place, known) ? folder : place
        }
    }

    private static func isNoMore(_ place: String, _ known: [StoredArchive]) throws -> Bool {
        guard WholeFile.exists(place) else { return true }
        guard !FolderCheck.isFolder(place), try ArchiveFile.isArchive(place) else { return false }
        let digest = try ArchiveFile.digest(of: place)
        return !known.contains { $0.digest == digest || $0.name == ArchiveShelf.name(of: place) }
    }
}
