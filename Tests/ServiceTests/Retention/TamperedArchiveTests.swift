import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// An archive that is not as it was written gives no byte.
@Suite("Archives that were changed")
struct TamperedArchiveTests {
    private static let archived: Result<(story: ArchivedStory, bytes: [UInt8]), any Error> = Result {
        let story = try ArchivedStory()
        try story.retain()
        return (story: story, bytes: try story.bytes(of: "a.zst"))
    }

    private static let keys = Result { try archived.get().story.opened { $0.signer.sealKeys } }

    /// Where the index begins, as the footer says.
    private static func indexOffset(_ bytes: [UInt8]) throws -> Int {
        try #require(ArchiveFrames.indexOffset(Array(bytes.suffix(ArchiveFrames.footerBytes))))
    }

    /// Writes an archive of these bytes beside the other, and opens it by itself.
    private func file(_ bytes: [UInt8], _ keys: [VerificationKey]? = nil) throws -> ArchiveFile {
        let scratch = try Scratch()
        let path = scratch.file("x.zst")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try ArchiveFile(path, sealKeys: try keys ?? Self.keys.get())
    }

    @Test("As it was written, it gives every batch that it names, and none that it does not")
    func whole() throws {
        let file = try file(Self.archived.get().bytes)
        #expect(file.index.alliance == "test" && file.index.keptFrom == "2026-03")
        #expect(file.index.entries.map(\.number) == [1, 2, 3, 4, 5, 7, 8])
        for entry in file.index.entries {
            let bytes = try #require(try file.bytes(of: entry.number))
            #expect(SHA256Digest(of: bytes) == entry.digest)
        }
        #expect(try file.bytes(of: 6) == nil)
        #expect(ArchiveIndex(file.index.bytes) == file.index)
    }

    @Test("Any byte that is another is told before anything is built of it")
    func anyByte() throws {
        let (story, bytes) = try Self.archived.get()
        let scratch = try Scratch()
        let known = try story.read { try $0.archives() }
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
            var changed = bytes
            changed[place] ^= 1
            try Data(changed).write(to: URL(fileURLWithPath: scratch.file("a.zst")))
            for named in [scratch.file("a.zst"), scratch.path] {
                let refusal = #expect(throws: RetentionRefusal.self) {
                    try ArchiveShelf([named], of: known, sealKeys: []).requireAll()
                }
                #expect(refusal?.code == .archiveDamaged, "byte \(place): \(refusal?.reason ?? "")")
            }
        }
        // Under another name it is known by nothing.
        try Data(bytes.dropLast()).write(to: URL(fileURLWithPath: scratch.file("b.zst")))
        let refusal = #expect(throws: RetentionRefusal.self) {
            try ArchiveShelf([scratch.file("b.zst")], of: known, sealKeys: [])
        }
        #expect(refusal?.code == .archiveUnknown)
        #expect(throws: Failure.self) {
            try ArchiveShelf([scratch.file("none")], of: known, sealKeys: [])
        }
    }

    @Test("A frame that was changed gives nothing, though its archive opens")
    func frame() throws {
        let bytes = try Self.archived.get().bytes
        let offset = try Self.indexOffset(bytes)
        for place in stride(from: 8, to: offset, by: max(1, offset / 16)) {
            var changed = bytes
            changed[place] ^= 1
            let file = try file(changed)
            #expect(throws: RetentionRefusal.self) {
                for entry in file.index.entries { _ = try file.bytes(of: entry.number) }
            }
        }
    }

    @Test("An index that was changed, or sealed by another, is not believed")
    func index() throws {
        let bytes = try Self.archived.get().bytes
        let offset = try Self.indexOffset(bytes)
        let start = offset + ArchiveFrames.headBytes
        let text = String(decoding: bytes[start...], as: UTF8.self)
        let place = try #require(text.range(of: "\"merchant\":\"M\""))
        var changed = bytes
        changed[start + text.utf8.distance(from: text.startIndex, to: place.upperBound) - 2] = UInt8(
            ascii: "N")
        let other = DocumentSigner(
            master: try MasterSecret([UInt8](repeating: 9, count: 32)), version: 1)
        for (bytes, keys) in [(changed, nil), (bytes, other.sealKeys)]
            as [([UInt8], [VerificationKey]?)]
        {
            let refusal = #expect(throws: RetentionRefusal.self) { try file(bytes, keys) }
            #expect(refusal?.code == .archiveDamaged)
            #expect(refusal?.reason.contains("its seal does not hold") == true, "\(refusal?.reason ?? "")")
        }
    }

    @Test("A file that is cut off, empty or of another kind is no archive")
    func foreign() throws {
        let bytes = try Self.archived.get().bytes
        for bytes in [[], Array(bytes.dropLast()), Array(bytes.prefix(100)), Array("{}".utf8)] as [[UInt8]] {
            let refusal = #expect(throws: RetentionRefusal.self) { try file(bytes) }
            #expect(refusal?.code == .archiveUnknown)
        }
    }

    @Test("A footer that points elsewhere is told")
    func footer() throws {
        let bytes = try Self.archived.get().bytes
        let body = Array(bytes.dropLast(ArchiveFrames.footerBytes))
        for offset in [0, 1, body.count - 8, body.count] {
            let refusal = #expect(throws: RetentionRefusal.self) {
                try file(body + ArchiveFrames.footer(indexAt: offset))
            }
            #expect(refusal?.code == .archiveDamaged, "\(offset)")
        }
        let beyond = #expect(throws: RetentionRefusal.self) {
            try file(body + ArchiveFrames.footer(indexAt: .max))
        }
        #expect(beyond?.code == .archiveUnknown)
    }
}
