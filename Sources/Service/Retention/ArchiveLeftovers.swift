import Foundation
import Settlement
import Signing
import Store

/// Archives that the database needs no more, as a kill leaves them beside the one that took their place, or before the
/// database knew of it: files that this operator sealed as archives of this alliance, none of the database's, and each
/// batch of which stands in an archive of the database that is at hand as it was written.
struct ArchiveLeftovers {
    /// Where they are, in the order in which they were found.
    let paths: [String]
    private let digests: [String: SHA256Digest]

    /// Looks at what the shelf came by. Without keys of the seal none is known. Throws trouble of disk and database.
    init(on shelf: ArchiveShelf, of store: Store, sealKeys: [VerificationKey]) throws {
        let alliance = try store.schedule().alliance.id.text
        var held: [Int64: HeldBatch] = [:]
        for archive in try store.archives() where !shelf.paths(of: archive).isEmpty {
            for batch in try store.batches(in: archive) { held[batch.number] = batch }
        }
        let found = try shelf.strangers.filter { stranger in
            guard !sealKeys.isEmpty, let index = try Self.index(of: stranger.path, sealKeys) else {
                return false
            }
            return index.alliance == alliance && !index.entries.isEmpty
                && index.entries.allSatisfy { entry in
                    let batch = held[entry.number]
                    return batch?.merchant == entry.merchant && batch?.batch == entry.batch
                }
        }
        paths = found.map(\.path)
        digests = Dictionary(found.map { ($0.path, $0.digest) }) { first, _ in first }
    }

    /// Removes them, each if it is still the file that was looked at, but for those that were told already (`places`,
    /// as `FilePlace` has them). Gives what stands in the way. Whoever calls it holds the `RetentionLock`, so that none
    /// is one that a run is about to need.
    func remove(besides places: Set<String> = []) -> [String] {
        paths.filter { !places.contains(FilePlace.of($0)) }.compactMap { path in
            do {
                guard try ArchiveFile.digest(of: path) == digests[path] else {
                    return "\(path) was changed meanwhile, and stays"
                }
                guard unlink(path) == 0 || errno == ENOENT else {
                    throw Failure.fromSystem(path, "take it away")
                }
                try WholeFile.synchronizeFolder(folderName(of: path))
                return nil
            } catch { return "\(error)" }
        }
    }

    /// What a file that is whole says it holds; nil for one that is no archive of this operator.
    private static func index(of path: String, _ sealKeys: [VerificationKey]) throws -> ArchiveIndex? {
        do {
            return try ArchiveFile(path, sealKeys: sealKeys).index
        } catch is RetentionRefusal { return nil }
    }
}
