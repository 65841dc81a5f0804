import Foundation
import Signing
import Store

/// Files in the folders of archives that have batches as they were before members were forgotten, or may: what else
/// they are is not known well enough to remove them, so that a person has to.
///
/// They are told by what can be read from them, whoever wrote them and however damaged they are: a batch that unpacks
/// to the digest which was signed, where other bytes stand for it since; and by a name that an archive of the database
/// had before it was written anew.
struct FilesFromBefore {
    /// For a person: each file, what is wrong with it, and what to do.
    let lines: [String]

    /// Looks at all files of the folders that a shelf was made of, hidden ones apart, but for archives of the database
    /// and those that were told already (`places`, as `FilePlace` has them). Throws trouble of disk and database; of a
    /// file that cannot be read it is told.
    init(
        in folders: [String], on shelf: ArchiveShelf, of store: Store, besides places: Set<String> = [],
        _ progress: SimulationProgress = .silent
    ) throws {
        let known = try store.archives()
        let (own, names) = (Set(known.flatMap { shelf.paths(of: $0) }), known.map(\.name))
        let signed = try store.signedDigestsOfRedactedBatches()
        lines = try folders.flatMap { folder in
            try ArchiveShelf.files(in: folder).map { folder + "/" + $0 }
        }.filter { !own.contains($0) && !places.contains(FilePlace.of($0)) }.compactMap { path -> String? in
            progress.show("looking into \(path)")
            do { return try Self.line(of: path, signed, names) } catch { return "\(error)" }
        }
    }

    /// Nil for a file that has nothing of it.
    private static func line(
        of path: String, _ signed: Set<SHA256Digest>, _ names: [String]
    ) throws(Failure) -> String? {
        if ArchiveName.isFormer(ArchiveShelf.name(of: path), of: names) {
            return
                "\(path) bears the name of an archive that was written anew, and is none of this data's: it may"
                + " name the member, take it away yourself"
        }
        guard !signed.isEmpty else { return nil }
        let size = Int(try Descriptor(opening: path, flags: O_RDONLY, attempt: "read it").status().st_size)
        // Of how many bytes it was packed nobody says: so many times its own is more than any batch comes to.
        let search = try FrameSearch(
            path, mostLength: Int(ArchiveIndex.mostBytes), expected: 15 * min(size, 1 << 50))
        var isFromBefore = false
        try search.forEach { frame in
            let isOne = signed.contains(frame.digest)
            if isOne { isFromBefore = true }
            return isOne
        }
        if isFromBefore {
            return
                "\(path) has batches as they were before members were forgotten: take it away yourself, if no"
                + " other data needs it"
        }
        return search.hasGivenUp
            ? "\(path) could not be looked through to its end; if it was an archive, take it away yourself"
            : nil
    }
}

/// Where a file is, however its path is written.
enum FilePlace {
    static func of(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}
