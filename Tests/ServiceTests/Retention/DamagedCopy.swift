import Foundation
import Settlement
import Signing
import Store

@testable import Service

/// The long story with seven batches in an archive `a.zst`, and copies of that which are not as it was written.
struct DamagedCopy {
    static let numbers: [Int64] = [1, 2, 3, 4, 5, 7, 8]

    let story: ArchivedStory
    /// The archive as it was written.
    let bytes: [UInt8]
    let archive: StoredArchive
    let held: [HeldBatch]
    /// Where each batch's frame stands in it, by number.
    let frames: [Int64: Range<Int>]

    init() throws {
        story = try ArchivedStory()
        guard let archive = try story.retain().archive else { throw Failure.misused("a.zst", "is not made") }
        self.archive = archive
        bytes = try story.bytes(of: "a.zst")
        held = try story.read { try $0.batches(in: archive) }
        let file = try ArchiveFile(story.scratch.file("a.zst"), sealKeys: [])
        var frames: [Int64: Range<Int>] = [:]
        var end = 0
        for entry in file.index.entries {
            frames[entry.number] = end..<end + Int(entry.packed)
            end += Int(entry.packed)
        }
        self.frames = frames
    }

    /// Where the index begins.
    var indexOffset: Int { frames.values.map(\.upperBound).max() ?? 0 }

    /// The archive with one byte changed.
    func flipped(at place: Int) -> [UInt8] {
        var changed = bytes
        changed[place] ^= 1
        return changed
    }

    /// The archive with a byte changed in the middle of a batch's frame.
    func flipped(inBatch number: Int64) -> [UInt8] {
        let frame = frames[number] ?? 0..<0
        return flipped(at: (frame.lowerBound + frame.upperBound) / 2)
    }

    /// A shelf of files beside the data folder, and of folders there.
    func shelf(_ places: [String]) throws -> ArchiveShelf {
        try story.read { store in
            try ArchiveShelf(
                places.map(story.scratch.file), of: store, sealKeys: store.sealKeys() ?? [])
        }
    }

    /// What a shelf gives of the archive's batches: each has to be that of the database, or nothing.
    func readable(_ shelf: ArchiveShelf) throws -> [Int64] {
        try held.compactMap { batch in
            guard let bytes = try shelf.bytes(of: batch.number, in: archive) else { return nil }
            guard SHA256Digest(of: bytes) == batch.digest else {
                throw Failure.refused(batch.batch, "other bytes were given for it")
            }
            return batch.number
        }
    }

    func finding(_ places: [String]) throws -> Diagnosis.Finding? {
        try Diagnosis(
            .init(data: story.folder, archives: places.map(story.scratch.file), now: ArchivedStory.at)
        ).findings.first { $0.what == "archives" }
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: story.scratch.file(name), withIntermediateDirectories: false)
    }
}
