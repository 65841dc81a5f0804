import Foundation
import GRDB
import Settlement
import Signing
import Testing

@testable import Service
@testable import Store

/// An archive written anew stands beside the old one until the database has it, and whatever a kill leaves is told.
@Suite("Archives that are written anew")
struct ArchiveRewritingTests {
    private static let replaced = Array("other bytes of batch 3\n".utf8)

    private func rewriting(
        _ copy: DamagedCopy, _ folder: OpenFolder, places: [String] = ["."]
    ) throws -> ArchiveRewriting {
        try ArchiveRewriting(
            copy.archive, on: copy.shelf(places), batches: [3], folder: folder,
            at: instant("2026-06-01T00:00:00Z")
        ) { _, _ in Self.replaced }
    }

    /// Puts it in the old one's place, as the transaction of a forgetting does.
    private func commit(_ rewritten: RewrittenArchive, _ story: ArchivedStory) throws {
        let queue = try DatabaseQueue(path: story.folder.databasePath)
        defer { try? queue.close() }
        try queue.write { try ArchiveRows($0).replace(rewritten) }
    }

    @Test("Frames that do not change are copied as they are, the others are packed anew, and all is sealed")
    func written() throws {
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            let made = try rewriting(copy, folder)
            #expect(copy.story.scratch.names.filter { !$0.hasPrefix(".") } == ["a.zst", "data"])
            try made.publish()
            #expect(copy.story.scratch.names == ["a.2.zst", "a.zst", "data"])
            let (path, rewritten) = (copy.story.scratch.file("a.2.zst"), made.rewritten)
            #expect(rewritten.name == "a.2.zst" && rewritten.number == copy.archive.number)
            #expect(try rewritten.digest == ArchiveFile.digest(of: path) && mode(of: path) == 0o600)
            #expect(rewritten.batches.keys.sorted() == [3])
            #expect(rewritten.batches[3]?.digest == SHA256Digest(of: Self.replaced))
            #expect(rewritten.batches[3]?.length == Int64(Self.replaced.count))
            let old = try ArchiveFile(copy.story.scratch.file("a.zst"), sealKeys: folder.signer.sealKeys)
            let new = try ArchiveFile(path, sealKeys: folder.signer.sealKeys)
            #expect(new.index.entries.map(\.number) == DamagedCopy.numbers)
            #expect(new.index.keptFrom == old.index.keptFrom && new.index.alliance == old.index.alliance)
            for number in DamagedCopy.numbers where number != 3 {
                #expect(try new.frame(of: number)?.bytes == old.frame(of: number)?.bytes)
                #expect(try new.frame(of: number)?.entry == old.frame(of: number)?.entry)
            }
            #expect(try new.bytes(of: 3) == Self.replaced)
            #expect(try copy.story.bytes(of: "a.zst") == copy.bytes)
        }
    }

    @Test("Bytes are asked for one batch after the other; where one cannot be given nothing is left behind")
    func asked() throws {
        struct Nothing: Error {}
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            var asked: [Int64] = []
            func rewriting(failingAt last: Int64?) throws -> ArchiveRewriting {
                asked = []
                return try ArchiveRewriting(
                    copy.archive, on: copy.shelf(["."]), batches: [7, 2, 4], folder: folder,
                    at: ArchivedStory.at
                ) { number, bytes in
                    #expect(SHA256Digest(of: bytes) == copy.held.first { $0.number == number }?.digest)
                    asked.append(number)
                    if number == last { throw Nothing() }
                    return Array("other bytes of batch \(number)\n".utf8)
                }
            }
            #expect(throws: Nothing.self) { try rewriting(failingAt: 4) }
            #expect(asked == [2, 4] && copy.story.scratch.names == ["a.zst", "data"])
            let made = try rewriting(failingAt: nil)
            #expect(asked == [2, 4, 7] && made.rewritten.batches.keys.sorted() == asked)
            try made.publish()
            let new = try ArchiveFile(copy.story.scratch.file("a.2.zst"), sealKeys: folder.signer.sealKeys)
            for number in asked {
                let bytes = Array("other bytes of batch \(number)\n".utf8)
                #expect(try new.bytes(of: number) == bytes)
                let told = try #require(made.rewritten.batches[number])
                #expect(told.digest == SHA256Digest(of: bytes) && told.length == Int64(bytes.count))
            }
        }
    }

    @Test("The old file and its copies go once the database has the new one, and not before")
    func removed() throws {
        let copy = try DamagedCopy()
        try copy.makeFolder("copies")
        try copy.story.write(copy.bytes, to: "copies/renamed.zst")
        try copy.story.write(copy.flipped(at: 99), to: "copies/a.zst")
        try copy.story.opened { folder in
            let made = try rewriting(copy, folder, places: [".", "copies"])
            try made.publish()
            #expect(made.removeOld()?.contains("the database still knows the archive a.zst") == true)
            #expect(copy.story.scratch.names.contains("a.zst"))
            try made.requireInPlace()
            try commit(made.rewritten, copy.story)
            // What the database needs is not withdrawn.
            #expect(made.withdraw() == nil)
            #expect(made.removeOld() == nil)
            #expect(copy.story.scratch.names == ["a.2.zst", "copies", "data"])
            // What is not as it was written is told by `FilesFromBefore`.
            #expect(WholeFile.exists(copy.story.scratch.file("copies/a.zst")))
            #expect(!WholeFile.exists(copy.story.scratch.file("copies/renamed.zst")))
            let known = try folder.store.archives()
            #expect(known.map(\.name) == ["a.2.zst"])
            #expect(try copy.shelf(["a.2.zst"]).whole(known[0]).bytes(of: 3) == Self.replaced)
        }
    }

    @Test("Withdrawn, or let go before it had its name, it leaves everything as it was")
    func withdrawn() throws {
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            _ = try rewriting(copy, folder)
            #expect(copy.story.scratch.names == ["a.zst", "data"])
            let made = try rewriting(copy, folder)
            try made.publish()
            #expect(made.withdraw() == nil)
            #expect(copy.story.scratch.names == ["a.zst", "data"])
        }
        #expect(try copy.story.bytes(of: "a.zst") == copy.bytes)
    }

    @Test("What cannot be withdrawn is told together with what went wrong")
    func left() throws {
        let copy = try DamagedCopy()
        let made = try copy.story.opened { folder in
            let made = try rewriting(copy, folder, places: ["a.zst"])
            try made.publish()
            return made
        }
        // The database cannot be asked any more whether it needs the file.
        let trouble = try #require(made.withdraw())
        let path = copy.story.scratch.file("a.2.zst")
        #expect(trouble.hasPrefix("\(path) stays, and nothing needs it") && WholeFile.exists(path))
        let refusal = RetentionRefusal(.archiveGone, "it is gone")
        let told = ForgettingRun.failure(refusal, leaving: [trouble]) as? Failure
        #expect(told?.kind == .refused && told?.problem == "\(refusal); \(trouble)")
        #expect(ForgettingRun.failure(refusal, leaving: []) is RetentionRefusal)
    }

    @Test("Taken away before the transaction ends, it is told")
    func gone() throws {
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            let made = try rewriting(copy, folder)
            try made.publish()
            try FileManager.default.removeItem(atPath: copy.story.scratch.file("a.2.zst"))
            let refusal = #expect(throws: RetentionRefusal.self) { try made.requireInPlace() }
            #expect(refusal?.code == .archiveGone)
        }
    }

    @Test("It takes the first free name, and overwrites nothing that took it meanwhile")
    func names() throws {
        let copy = try DamagedCopy()
        try copy.story.write([1], to: "a.2.zst")
        try copy.story.opened { folder in
            let made = try rewriting(copy, folder)
            #expect(made.rewritten.name == "a.3.zst")
            try copy.story.write([2], to: "a.3.zst")
            #expect(throws: Failure.self) { try made.publish() }
            #expect(try copy.story.bytes(of: "a.3.zst") == [2])
        }
        let folder = copy.story.scratch.path
        for (name, next) in [
            ("2026.settled.zst", "2026.settled.2.zst"), ("2026.settled.2.zst", "2026.settled.3.zst"),
            ("2026", "2026.2"), ("2026.settled.0.zst", "2026.settled.0.2.zst"), (".zst", ".zst.2"),
        ] {
            #expect(ArchiveName.next(after: name, in: folder, taken: []) == next)
        }
        #expect(ArchiveName.next(after: "b.zst", in: folder, taken: ["b.2.zst"]) == "b.3.zst")
        for (name, isFormer) in [
            ("b.zst", true), ("b.2.zst", true), ("b.3.zst", false), ("b.4.zst", false), ("b", false),
            ("c.zst", false), ("a.zst", false), ("a.2.zst", false),
        ] {
            #expect(ArchiveName.isFormer(name, of: ["a.zst", "a.2.zst", "b.3.zst"]) == isFormer, "\(name)")
        }
    }

    @Test("Of an archive that is damaged or not at hand none is made")
    func refused() throws {
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            let missing = #expect(throws: RetentionRefusal.self) { try rewriting(copy, folder, places: []) }
            #expect(missing?.code == .archiveMissing)
            try copy.story.write(copy.flipped(inBatch: 2), to: "a.zst")
            let damaged = #expect(throws: RetentionRefusal.self) { try rewriting(copy, folder) }
            #expect(damaged?.code == .archiveDamaged)
        }
        #expect(copy.story.scratch.names == ["a.zst", "data"])
    }

    @Test(
        "Killed before the transaction the new file is left over, killed after it the old one; neither is needed"
    )
    func leftovers() throws {
        let copy = try DamagedCopy()
        func leftovers(_ folder: OpenFolder, _ keys: [VerificationKey]? = nil) throws -> ArchiveLeftovers {
            try ArchiveLeftovers(
                on: copy.shelf(["."]), of: folder.store, sealKeys: keys ?? folder.signer.sealKeys)
        }
        try copy.story.opened { folder in
            #expect(try leftovers(folder).paths.isEmpty)
            let made = try rewriting(copy, folder)
            try made.publish()
            #expect(try leftovers(folder).paths.map { ArchiveShelf.name(of: $0) } == ["a.2.zst"])
            #expect(try leftovers(folder, []).paths.isEmpty)
            try commit(made.rewritten, copy.story)
            let after = try leftovers(folder)
            #expect(after.paths.map { ArchiveShelf.name(of: $0) } == ["a.zst"])
            #expect(after.remove(besides: Set(after.paths.map(FilePlace.of))) == [])
            #expect(copy.story.scratch.names == ["a.2.zst", "a.zst", "data"])
            #expect(after.remove() == [])
            #expect(copy.story.scratch.names == ["a.2.zst", "data"])
        }
    }

    @Test("A leftover is removed if it is still what was looked at; what may be needed is none")
    func removedLeftovers() throws {
        let copy = try DamagedCopy()
        try copy.story.opened { folder in
            let made = try rewriting(copy, folder)
            try made.publish()
            let new = try copy.story.bytes(of: "a.2.zst")
            func found() throws -> ArchiveLeftovers {
                try ArchiveLeftovers(
                    on: copy.shelf(["."]), of: folder.store, sealKeys: folder.signer.sealKeys)
            }
            let first = try found()
            try copy.story.write([1], to: "a.2.zst")
            #expect(first.remove().first?.contains("was changed meanwhile, and stays") == true)
            #expect(try copy.story.bytes(of: "a.2.zst") == [1])
            // Damaged: what it is cannot be told.
            try copy.story.write(Array(new.dropLast()), to: "a.2.zst")
            #expect(try found().paths.isEmpty)
            try copy.story.write(new, to: "a.2.zst")
            // Its batches are in an archive that is not at hand as it was written.
            try copy.story.write(copy.flipped(inBatch: 2), to: "a.zst")
            #expect(try found().paths.isEmpty)
            try copy.story.write(copy.bytes, to: "a.zst")
            #expect(try found().remove() == [])
            #expect(copy.story.scratch.names == ["a.zst", "data"])
        }
    }
}
