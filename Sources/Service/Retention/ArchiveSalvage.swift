import CZstd
import Foundation
import Settlement
import Signing
import Store

/// Single batches out of archives that are not as they were written: whatever frame of them still unpacks to the digest
/// that the database has for a batch is that batch, wherever in the file it stands, and whoever wrote the file. So neither
/// index nor seal is needed, and several copies complement each other. Of one thread at a time.
final class ArchiveSalvage {
    private struct Place {
        let path: String
        let frame: FrameSearch.Frame
    }

    /// By the digest of their bytes.
    private let wanted: [SHA256Digest: [HeldBatch]]
    private let mostLength: Int
    private let expected: Int
    private let count: Int
    /// By the batch's number.
    private var places: [Int64: Place] = [:]
    /// The files that were not looked through to their ends, as they ask for more work than any archive.
    private(set) var givenUp: Set<String> = []

    init(of batches: [HeldBatch]) {
        wanted = Dictionary(grouping: batches, by: \.digest)
        mostLength = Int(min(batches.map(\.length).max() ?? 0, ArchiveIndex.mostBytes))
        expected = batches.reduce(0) { $0 + Int(min($1.length, ArchiveIndex.mostBytes)) }
        count = batches.count
    }

    /// Whether all that is looked for was found.
    var isComplete: Bool { places.count == count }

    /// Looks through a file; gives the numbers of the batches that it has, those that others have too among them. Throws
    /// trouble of the disk.
    func look(through path: String) throws(Failure) -> Set<Int64> {
        guard count > 0 else { return [] }
        var found: Set<Int64> = []
        let search = try FrameSearch(path, mostLength: mostLength, expected: expected)
        try search.forEach { frame in
            let batches = wanted[frame.digest] ?? []
            // A longer one was packed by nobody who wanted it short: it is not taken into memory.
            guard !batches.isEmpty, frame.packed <= ZSTD_compressBound(frame.length) else { return false }
            for batch in batches where found.insert(batch.number).inserted && places[batch.number] == nil {
                places[batch.number] = Place(path: path, frame: frame)
            }
            return true
        }
        if search.hasGivenUp { givenUp.insert(path) }
        return found
    }

    func has(_ batch: Int64) -> Bool { places[batch] != nil }

    /// The bytes of a batch; nil where none of the files has them. Throws `archiveDamaged` where they were changed since
    /// they were found.
    func bytes(of batch: Int64) throws -> [UInt8]? {
        guard let place = places[batch] else { return nil }
        let file = try Descriptor(opening: place.path, flags: O_RDONLY, attempt: "read it")
        let frame = try file.bytes(at: place.frame.offset, count: place.frame.packed)
        guard let bytes = ArchiveFrames.unpack(frame, length: place.frame.length),
            SHA256Digest(of: bytes) == place.frame.digest
        else {
            throw RetentionRefusal(
                .archiveDamaged,
                "\(place.path) was changed while it was read: begin again, with another copy of it")
        }
        return bytes
    }
}
