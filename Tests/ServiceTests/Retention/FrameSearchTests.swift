import Foundation
import Signing
import Testing

@testable import Service

/// Frames are found in any file, and no file makes the search take more memory or time than it has.
@Suite("Frames in damaged files")
struct FrameSearchTests {
    private static let small = Array("a batch of some bytes".utf8)

    /// The frames that are found in some bytes, each taken.
    private func frames(in bytes: [UInt8], mostLength: Int = 1 << 20) throws -> [FrameSearch.Frame] {
        let scratch = try Scratch()
        let path = scratch.file("x.zst")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var found: [FrameSearch.Frame] = []
        try FrameSearch(path, mostLength: mostLength, expected: mostLength).forEach { frame in
            found.append(frame)
            return true
        }
        return found
    }

    @Test("Frames are found where they stand, with what they unpack to")
    func found() throws {
        let packer = FramePacker()
        let contents = [Self.small, [UInt8](repeating: 7, count: 300_000), [1]]
        let packed = contents.map { packer.pack($0) }
        let noise = [UInt8](repeating: 0x28, count: 99)
        let found = try frames(in: noise + packed[0] + packed[1] + noise + packed[2] + noise)
        #expect(found.map(\.length) == contents.map(\.count))
        #expect(found.map(\.digest) == contents.map { SHA256Digest(of: $0) })
        #expect(found.map(\.packed) == packed.map(\.count))
        #expect(found[0].offset == 99 && found[2].offset == 198 + packed[0].count + packed[1].count)
    }

    @Test("Nothing is found in an empty file, in noise, and in the beginning of a frame")
    func nothing() throws {
        let packed = FramePacker().pack(Self.small)
        for bytes in [[], [0x28], Array("text".utf8), Array(packed.dropLast()), Array(packed.prefix(4))]
            as [[UInt8]]
        {
            #expect(try frames(in: bytes).isEmpty)
        }
        #expect(try frames(in: packed).count == 1)
    }

    @Test("A frame that unpacks to more than any batch is passed over, and the next one found")
    func bomb() throws {
        let packer = FramePacker()
        let bomb = packer.pack([UInt8](repeating: 0, count: 8 << 20))
        #expect(bomb.count < 4_096)
        let found = try frames(in: bomb + packer.pack(Self.small))
        #expect(found.map(\.digest) == [SHA256Digest(of: Self.small)])
    }

    @Test("A frame that would look back on more than a batch gets no memory for that")
    func window() throws {
        // No checksum, no length; a window of 2^38 bytes; one last block of a byte that is repeated.
        let hostile: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xE0, 0x03 | 8, 0x00, 0x00, 0x61]
        let found = try frames(in: hostile + FramePacker().pack(Self.small))
        #expect(found.map(\.digest) == [SHA256Digest(of: Self.small)])
        // The same with a window of 1 KiB is a frame.
        var good = hostile
        good[5] = 0x00
        #expect(try frames(in: good).map(\.digest) == [SHA256Digest(of: [0x61])])
    }

    @Test("Frames that begin everywhere and each unpack to much end the search before all are tried")
    func work() throws {
        // A block of 128 KiB out of one byte, and then what is no block.
        let begun: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38, 0x02, 0x00, 0x10, 0x61]
        let many = [UInt8]((0..<2_000).map { _ in begun }.joined())
        let scratch = try Scratch()
        let path = scratch.file("x.zst")
        try Data(many + FramePacker().pack(Self.small)).write(to: URL(fileURLWithPath: path))
        let search = try FrameSearch(path, mostLength: 1 << 20, expected: Self.small.count)
        try search.forEach { _ in true }
        #expect(search.hasGivenUp)
        let patient = try FrameSearch(path, mostLength: 1 << 20, expected: 1 << 30)
        var found = 0
        try patient.forEach { _ in
            found += 1
            return true
        }
        #expect(!patient.hasGivenUp && found == 1)
    }
}
