import Foundation
import Settlement
import Signing
import Store

/// An archive written anew beside the old file, with other bytes of some of its batches, and sealed by the present
/// signer.
///
/// The old file stays until the database has the new one in its place: a kill at any moment leaves both, one of them the
/// database's, and the other one is told by `ArchiveLeftovers`. Whoever makes one holds the `RetentionLock`, and calls
/// `publish`, then the transaction, then `removeOld`, or `withdraw` where that failed.
final class ArchiveRewriting {
    /// For the transaction that puts it in the old one's place.
    let rewritten: RewrittenArchive
    /// Where it will be.
    let path: String
    private let archive: StoredArchive
    private let store: Store
    /// The old one, wherever it is at hand.
    private let old: [String]
    /// Where the new one's owner is taken from.
    private let source: String
    private let draft: DraftFile
    private var published: PublishedArchive?

    /// Writes it as a draft, and reads all of it again.
    ///
    /// `replacing`: the bytes that come in place of a batch's own, by its number; the frames of all others are copied as
    /// they are. Throws `archiveMissing` and `archiveDamaged` as `ArchiveSource`, and trouble of the disk; nothing is
    /// left behind then.
    init(
        _ archive: StoredArchive, on shelf: ArchiveShelf, replacing: [Int64: [UInt8]], folder: OpenFolder,
        at instant: Instant, progress: SimulationProgress = .silent
    ) throws {
        defer { progress.clear() }
        let source = try ArchiveSource(archive, on: shelf, of: folder.store)
        let held = try folder.store.batches(in: archive)
        precondition(
            Set(replacing.keys).isSubset(of: held.map(\.number)), "a batch is replaced where its bytes are")
        guard held.map(\.number) == source.entries.map(\.number) else {
            throw RetentionRefusal(
                .archiveDamaged,
                "\(source.path) has other batches than the database says; nothing was changed")
        }
        let place = folderName(of: source.path)
        let name = try ArchiveName.next(
            after: source.name, in: place, taken: Set(folder.store.archives().map(\.name)))
        path = place + "/" + name
        draft = DraftFile(beside: path)
        try Self.write(source, replacing, to: draft, folder.signer, instant, progress)
        let digest = try Self.verified(draft, held, replacing, folder.signer, path, progress)
        rewritten = RewrittenArchive(
            number: archive.number, digest: digest, name: name,
            batches: replacing.mapValues { (SHA256Digest(of: $0), Int64($0.count)) })
        self.archive = archive
        store = folder.store
        old = shelf.paths(of: archive)
        self.source = source.path
    }

    /// Gives it its name, durably. Throws `refused` where something has that name by now.
    func publish() throws {
        try draft.giveToOwner(of: source)
        published = try PublishedArchive(draft, as: path)
    }

    /// Throws `archiveGone` unless its name is still that of the file that was written: to be asked last in the
    /// transaction.
    func requireInPlace() throws {
        guard let published else { preconditionFailure("an archive is published before it is needed") }
        try published.requireInPlace()
    }

    /// Once the database has the new one in its place: removes the old file, and its copies that were at hand. Gives
    /// what stands in the way, or is left to do; nil: nothing.
    func removeOld() -> String? {
        do {
            let digests = try store.archives().map(\.digest)
            guard digests.contains(rewritten.digest), !digests.contains(archive.digest) else {
                return "\(old.joined(separator: ", ")) stays: the database still knows \(archive.inWords)"
            }
        } catch { return "\(old.joined(separator: ", ")) stays: \(error)" }
        let left = old.compactMap { path -> String? in
            guard unlink(path) == 0 || errno == ENOENT else {
                return "\(path) cannot be taken away: \(systemReason()); take it away yourself"
            }
            do { try WholeFile.synchronizeFolder(folderName(of: path)) } catch { return "\(error)" }
            return nil
        }
        return left.isEmpty ? nil : left.joined(separator: "; ")
    }

    /// Takes the new one away again, unless the database came to need it. Gives what stands in the way.
    @discardableResult
    func withdraw() -> String? {
        do {
            guard try !store.archives().map(\.digest).contains(rewritten.digest) else { return nil }
            try published?.withdraw()
            return nil
        } catch { return "\(path) stays, and nothing needs it: \(error)" }
    }

    private static func write(
        _ source: ArchiveSource, _ replacing: [Int64: [UInt8]], to draft: DraftFile, _ signer: DocumentSigner,
        _ instant: Instant, _ progress: SimulationProgress
    ) throws {
        let writer = try ArchiveWriter(draft.path)
        let entries = source.entries
        for (place, entry) in entries.enumerated() {
            if place % 64 == 0 { progress.show("packing batch \(place + 1) of \(entries.count) again") }
            if let bytes = replacing[entry.number] {
                try writer.add(bytes, inPlaceOf: entry)
            } else {
                try source.copy(entry, to: writer)
            }
        }
        try writer.finish(
            alliance: source.alliance, made: instant, keptFrom: source.keptFrom, signer: signer)
    }

    /// Reads every batch of the draft again, against what was meant to be written and what the database has of the
    /// others, and its seal; gives the digest of the file.
    private static func verified(
        _ draft: DraftFile, _ held: [HeldBatch], _ replacing: [Int64: [UInt8]], _ signer: DocumentSigner,
        _ path: String, _ progress: SimulationProgress
    ) throws -> SHA256Digest {
        let digest = try ArchiveFile.digest(of: draft.path)
        let archive = try ArchiveFile(draft.path, sealKeys: signer.sealKeys)
        for (place, batch) in held.enumerated() {
            if place % 64 == 0 { progress.show("reading batch \(place + 1) of \(held.count) again") }
            let expected = replacing[batch.number].map { SHA256Digest(of: $0) } ?? batch.digest
            guard let bytes = try archive.bytes(of: batch.number), SHA256Digest(of: bytes) == expected else {
                throw Failure.trouble(
                    path, "would not hold batch \(batch.batch) of \(batch.merchant) as it should",
                    hint: "nothing was changed; look after the disk")
            }
        }
        return digest
    }
}
