import Settlement
import Signing
import Store

/// Writes an archive, batch by batch. Of one thread at a time.
final class ArchiveWriter {
    private let output: Descriptor
    private let packer = FramePacker()
    private var entries: [ArchiveIndex.Entry] = []
    private var offset = 0

    /// Makes the file, mode 0600; it must not be there.
    init(_ path: String) throws(Failure) { output = try Descriptor(newSecret: path) }

    /// What was added.
    var batches: [ArchivedBatch] {
        entries.map { ArchivedBatch(number: $0.number, digest: $0.digest, length: $0.length) }
    }

    /// Adds a batch behind those before it. Throws trouble of the disk, and `StoreTrouble` for one whose bytes are not
    /// those that were stored, or that stand there since a member was forgotten.
    func add(_ arrival: StoredArrival) throws {
        let digest = SHA256Digest(of: arrival.bytes)
        guard digest == arrival.standing else {
            throw StoreTrouble.damaged("batches", "batch \(arrival.id)")
        }
        let frame = packer.pack(arrival.bytes)
        try output.writeAll(frame)
        offset += frame.count
        entries.append(
            ArchiveIndex.Entry(
                number: arrival.number, merchant: arrival.merchant, batch: arrival.id, digest: digest,
                length: Int64(arrival.bytes.count), packed: Int64(frame.count)))
    }

    /// Adds a batch as another archive has it, packed already.
    func copy(_ frame: [UInt8], of entry: ArchiveIndex.Entry) throws(Failure) {
        try output.writeAll(frame)
        offset += frame.count
        entries.append(entry)
    }

    /// Adds a batch that another archive has, with other bytes; the index says of what these are.
    func add(_ bytes: [UInt8], inPlaceOf entry: ArchiveIndex.Entry) throws(Failure) {
        let frame = packer.pack(bytes)
        let replaced = ArchiveIndex.Entry(
            number: entry.number, merchant: entry.merchant, batch: entry.batch,
            digest: SHA256Digest(of: bytes), length: Int64(bytes.count), packed: Int64(frame.count))
        try copy(frame, of: replaced)
    }

    /// Writes what follows the batches; all of it is on the disk when this returns.
    func finish(alliance: String, made: Instant, keptFrom: String, signer: DocumentSigner) throws {
        let index = ArchiveIndex(alliance: alliance, made: made, keptFrom: keptFrom, entries: entries)
        let sealed = signer.seal(index.bytes, for: DocumentFacts.operatorName)
        try output.writeAll(ArchiveFrames.frame(.index, sealed.bytes))
        try output.writeAll(ArchiveFrames.frame(.seal, Array(sealed.seal.utf8)))
        try output.writeAll(ArchiveFrames.footer(indexAt: offset))
        try output.synchronize()
    }
}
