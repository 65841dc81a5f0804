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

    /// What of a batch's bytes, by its number, is to stand in their place.
    typealias Replacing = (_ batch: Int64, _ bytes: [UInt8]) throws -> [UInt8]
    /// Of the bytes that stand in others' place, by the batch's number.
    private typealias Replaced = [Int64: (digest: SHA256Digest, length: Int64)]

    /// Writes it as a draft, and reads all of it again.
    ///
    /// `batches`: the numbers of those whose bytes `replacing` gives anew, asked for one after the other, so that those of
    /// one alone are in memory; the frames of all others are copied as they are. Throws `archiveMissing` and
    /// `archiveDamaged` as `ArchiveSource`, what `replacing` throws, and trouble of the disk; nothing is left behind then.
    init(
        _ archive: StoredArchive, on shelf: ArchiveShelf, batches: Set<Int64>, folder: OpenFolder,
        at instant: Instant, progress: SimulationProgress = .silent, replacing: Replacing
    ) throws {
        defer { progress.clear() }
        let source = try ArchiveSource(archive, on: shelf, of: folder.store)
        let held = try folder.store.batches(in: archive)
        precondition(
            batches.isSubset(of: held.map(\.number)), "a batch is replaced where its bytes are")
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
        let writer = try ArchiveWriter(draft.path)
        let replaced = try Self.write(source, batches, to: writer, replacing, progress)
        try writer.finish(
            alliance: source.alliance, made: instant, keptFrom: source.keptFrom, signer: folder.signer)
        let digest = try Self.verified(draft, held, replaced, folder.signer, path, progress)
        rewritten = RewrittenArchive(
            number: archive.number, digest: digest, name: name, batches: replaced)
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
    func withdraw() -> String? {
        do {
            guard try !store.archives().map(\.digest).contains(rewritten.digest) else { return nil }
            try published?.withdraw()
            return nil
        } catch { return "\(path) stays, and nothing needs it: \(error)" }
    }

    /// Writes the frames of all batches; gives what stands in others' place.
    private static func write(
        _ source: ArchiveSource, _ batches: Set<Int64>, to writer: ArchiveWriter, _ replacing: Replacing,
        _ progress: SimulationProgress
    ) throws -> Replaced {
        var replaced: Replaced = [:]
        let entries = source.entries
        for (place, entry) in entries.enumerated() {
            if place % 64 == 0 { progress.show("packing batch \(place + 1) of \(entries.count) again") }
            if batches.contains(entry.number) {
                let bytes = try replacing(entry.number, source.bytes(of: entry))
                try writer.add(bytes, inPlaceOf: entry)
                replaced[entry.number] = (SHA256Digest(of: bytes), Int64(bytes.count))
            } else {
                try source.copy(entry, to: writer)
            }
        }
        return replaced
    }

    /// Reads every batch of the draft again, against what was meant to be written and what the database has of the
    /// others, and its seal; gives the digest of the file.
    private static func verified(
        _ draft: DraftFile, _ held: [HeldBatch], _ replaced: Replaced, _ signer: DocumentSigner,
        _ path: String, _ progress: SimulationProgress
    ) throws -> SHA256Digest {
        let digest = try ArchiveFile.digest(of: draft.path)
        let archive = try ArchiveFile(draft.path, sealKeys: signer.sealKeys)
        for (place, batch) in held.enumerated() {
            if place % 64 == 0 { progress.show("reading batch \(place + 1) of \(held.count) again") }
            let expected = replaced[batch.number]?.digest ?? batch.digest
            guard let bytes = try archive.bytes(of: batch.number), SHA256Digest(of: bytes) == expected else {
                throw Failure.trouble(
                    path, "would not hold batch \(batch.batch) of \(batch.merchant) as it should",
                    hint: "nothing was changed; look after the disk")
            }
        }
        return digest
    }
}
