import Foundation
import Settlement
import Store
import Testing

@testable import Service

/// What still has the id beside the archives, and is no archive that may be taken away: each run tells of it.
@Suite("Files from before a member was forgotten")
struct FilesFromBeforeTests {
    @Test(
        "Damaged copies of an old archive are told by every run, whatever they are called, until they are gone"
    )
    func damagedCopies() throws {
        let copy = try DamagedCopy()
        let story = copy.story
        try copy.makeFolder("qa")
        // The one ends as an archive and has lost its index, the other one does not end as one.
        let bad = [
            "qa/a.zst": copy.flipped(at: copy.indexOffset),
            "qa/kept.bin": Array(copy.bytes.prefix(copy.indexOffset)),
        ]
        for (name, bytes) in bad { try story.write(bytes, to: name) }
        let archives = ["a.zst", "qa/a.zst"]
        let first = try story.forget("ben", archives: archives)
        #expect(first.counts?.archivedBatches == 4 && first.removed == [story.scratch.file("a.zst")])
        let again = try story.forget("ben", archives: archives)
        for done in try [first, again, story.forget("ben", archives: archives)] {
            let unfinished = done.unfinished
            #expect(unfinished.count == 2, "\(unfinished)")
            for (name, what) in [("a.zst", "bears the name of an archive"), ("kept.bin", "as they were")] {
                let start = story.scratch.file("qa/" + name) + " "
                #expect(unfinished.count { $0.hasPrefix(start) && $0.contains(what) } == 1, "\(unfinished)")
            }
            #expect(done.lines.contains("not done yet; see to it, and run it again:"))
            #expect(done.counts != nil || done.lines[0].hasSuffix(": something is left to do"))
        }
        for name in bad.keys { try FileManager.default.removeItem(atPath: story.scratch.file(name)) }
        let last = try story.forget("ben", archives: archives)
        #expect(last.unfinished == [] && last.lines[0].hasSuffix(": what was left to do is done"))
        #expect(try story.rederive(["a.2.zst"]).isGood)
    }

    @Test("An archive that a run of `settled retain` left before the database knew of it is told, and stays")
    func unknownArchive() throws {
        let story = try ArchivedStory()
        let path = story.scratch.file("a.zst")
        try story.withRequest("a.zst") { request, found in
            let draft = DraftFile(beside: request.file)
            _ = try Retention.write(found, to: draft, request, keptFrom: "2026-03")
            _ = try PublishedArchive(draft, as: request.file)
        }
        let spool = story.scratch.file("spool")
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: false)
        for _ in 0..<2 {
            let done = try story.forget("ben", archives: ["."], searched: [spool])
            #expect(done.unfinished.count == 1, "\(done.lines)")
            #expect(
                done.unfinished[0].contains("a.zst has batches as they were before members were forgotten"))
            #expect(done.lines.last?.hasSuffix(" names it; packed files were not looked into") == true)
            #expect(WholeFile.exists(path))
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try story.forget("ben", archives: ["."]).unfinished == [])
    }

    @Test("Of a damaged archive that has lost no batch a whole one is made, and the old file is told")
    func damaged() throws {
        for damage in [damagedIndex, damagedSeal, withoutFooter] {
            let copy = try DamagedCopy()
            let story = copy.story
            try story.write(damage(copy), to: "a.zst")
            let done = try story.forget("ben", archives: ["a.zst"])
            #expect(done.counts?.archivedBatches == 4 && done.removed == [])
            #expect(done.rewritten == [story.scratch.file("a.2.zst")])
            #expect(try story.rederive(["a.2.zst"]).isGood)
            let again = try story.forget("ben", archives: ["a.zst"])
            for unfinished in [done.unfinished, again.unfinished] {
                #expect(
                    unfinished.count == 1 && unfinished[0].contains("a.zst bears the name"), "\(unfinished)")
            }
            #expect(story.scratch.names == ["a.2.zst", "a.zst", "data"])
        }
    }

    private func damagedIndex(_ copy: DamagedCopy) -> [UInt8] {
        copy.flipped(at: copy.indexOffset + ArchiveFrames.headBytes + 3)
    }

    private func damagedSeal(_ copy: DamagedCopy) -> [UInt8] {
        copy.flipped(at: copy.bytes.count - ArchiveFrames.footerBytes - 10)
    }

    private func withoutFooter(_ copy: DamagedCopy) -> [UInt8] {
        Array(copy.bytes.dropLast(ArchiveFrames.footerBytes))
    }

    @Test(
        "Archives that are at hand and damaged are told as that, all of them, beside those that are not there"
    )
    func allDamaged() throws {
        let story = try ArchivedStory()
        try story.retain("a.zst", periods: 2)
        try story.retain("b.zst")
        func refusal() -> RetentionRefusal? {
            return #expect(throws: RetentionRefusal.self) { try story.forget("ben", archives: ["."]) }
        }
        for name in ["a.zst", "b.zst"] { try story.write([1, 2, 3], to: name) }
        let both = refusal()
        #expect(both?.code == .archiveDamaged)
        for name in ["a.zst", "b.zst"] {
            let path = story.scratch.file(".") + "/" + name
            #expect(
                both?.reason.contains("\(path) is not as it was written") == true, "\(both?.reason ?? "")")
        }
        try FileManager.default.removeItem(atPath: story.scratch.file("b.zst"))
        let one = refusal()
        #expect(one?.code == .archiveDamaged)
        #expect(one?.reason.contains(/the archive b\.zst, sha256:\S+ is not at hand/) == true)
    }
}
