import Foundation
import Settlement
import Store
import Testing

@testable import Service

/// Members whose batches are in archives, and what is left to do where a run was ended.
@Suite("Forgetting a member whose batches are in archives")
struct ForgettingAgainTests {
    private func archives(_ story: ArchivedStory) -> [String] {
        story.scratch.names.filter { $0.hasSuffix(".zst") }
    }

    @Test("Archives are written anew, the old ones go, and all is derived again from the new ones")
    func archived() throws {
        let story = try ArchivedStory()
        try story.retain("a.zst", periods: 2)
        try story.retain("b.zst")
        let done = try story.forget("ben", archives: ["."])
        #expect(done.counts?.batches == 1 && done.counts?.archivedBatches == 4, "\(done.lines)")
        #expect(done.removed.count == 2 && done.rewritten.count == 2 && done.unfinished == [])
        #expect(archives(story) == ["a.2.zst", "b.2.zst"])
        #expect(try story.read { try $0.archives() }.map(\.name) == archives(story))
        let report = try story.rederive(["."])
        #expect(report.isGood && report.archived == 7 && report.redactedBatches.count == 5, "\(report.lines)")
        let found = try story.file(of: "ben", archives: ["."])
        #expect(found.records.count == 4 && found.copies.count == 1 && found.unread.isEmpty)
    }

    @Test("An archive that is needed and not named is told, also for lines that became no record")
    func missing() throws {
        let story = try ArchivedStory()
        let first = try #require(try story.retain("a.zst", periods: 2).archive)
        let second = try #require(try story.retain("b.zst").archive)
        let before = try story.dump
        func refusal(_ member: String, _ archives: [String]) -> RetentionRefusal? {
            return #expect(throws: RetentionRefusal.self) { try story.forget(member, archives: archives) }
        }
        let both = refusal("ben", [])
        #expect(both?.code == .archiveMissing)
        for archive in [first, second] {
            #expect(
                both?.reason.contains("\(archive.name), \(archive.digest)") == true, "\(both?.reason ?? "")")
        }
        let one = refusal("ben", ["a.zst"])
        #expect(one?.code == .archiveMissing && one?.reason.contains("b.zst, ") == true)
        #expect(refusal("dan", [])?.code == .archiveMissing)
        #expect(try story.dump == before && archives(story) == ["a.zst", "b.zst"])
        let dan = try story.forget("dan", archives: ["a.zst"])
        #expect(dan.counts?.records == 0 && dan.counts?.archivedBatches == 1, "\(dan.lines)")
        #expect(archives(story) == ["a.2.zst", "b.zst"])
        #expect(try story.rederive(["."]).isGood)
    }

    @Test("An archive that has lost a batch is not written anew, and it is said which")
    func damaged() throws {
        let copy = try DamagedCopy()
        let story = copy.story
        try story.write(copy.flipped(inBatch: 2), to: "a.zst")
        let before = try story.dump
        for archives in [["a.zst"], ["."]] {
            let refusal = #expect(throws: RetentionRefusal.self) {
                try story.forget("ben", archives: archives)
            }
            #expect(refusal?.code == .archiveDamaged, "\(refusal?.reason ?? "")")
            #expect(
                refusal?.reason.contains("6 of its batches were read from there, 1 are lost: batch") == true)
            #expect(refusal?.reason.contains("(number 2)") == true, "\(refusal?.reason ?? "")")
        }
        #expect(try story.dump == before && archives(story) == ["a.zst"])
    }

    @Test(
        "Ended before the transaction, nothing has changed; run again it does all and leaves nothing of the first"
    )
    func endedBefore() throws {
        let story = try ArchivedStory()
        try story.retain()
        let before = try story.dump
        try story.opened { open in
            let request = story.request(open, "ben", archives: ["."], at: "2026-05-01T00:00:00Z")
            let run = try ForgettingRun(request, .silent)
            let found = try #require(try run.find())
            let anew = try RewrittenArchives(
                found.archived, of: ForgettingArchives(request), to: run.pseudonym, request, .silent)
            // Killed while it wrote them: drafts that nobody looks at. Then with their names.
            #expect(archives(story) == ["a.zst"])
            try anew.publish()
        }
        #expect(try story.dump == before && archives(story) == ["a.2.zst", "a.zst"])
        #expect(try story.rederive(["."]).isGood)
        let done = try story.forget("ben", archives: ["a.zst"])
        #expect(done.earlier == nil && done.counts?.archivedBatches == 4 && done.unfinished == [])
        #expect(archives(story) == ["a.3.zst"], "\(done.lines)")
        #expect(try story.rederive(["."]).isGood)
    }

    @Test("Ended behind the transaction, run again in the same words it takes away what holds the id")
    func endedBehind() throws {
        let story = try ArchivedStory()
        try story.retain()
        let old = try story.bytes(of: "a.zst")
        let pseudonym = try story.forget("ben", archives: ["a.zst"]).pseudonym
        let forgotten = try story.dump
        // As a kill leaves it that comes before the old file is taken away.
        try story.write(old, to: "a.zst")
        let again = try story.forget("ben", archives: ["a.zst"])
        #expect(again.earlier?.pseudonym == pseudonym && again.pseudonym == pseudonym)
        #expect(again.counts == nil && again.unfinished == [])
        #expect(again.removed == [story.scratch.file("a.zst")] && archives(story) == ["a.2.zst"])
        #expect(again.lines[0].hasPrefix("was forgotten on 2026-05-02T00:00:00+00:00 by ana already"))
        #expect(try members(Array(again.json.utf8))["changed"] is NSNull)
        // The file of then is gone, and its name says where the other one is; or nobody says anything of archives.
        for archives in [["a.zst"], ["."], []] {
            let more = try story.forget("ben", archives: archives)
            #expect(more.counts == nil && more.removed == [] && more.unfinished == [], "\(more.lines)")
        }
        #expect(try story.dump == forgotten, "nothing of it is done, or noted, twice")
        #expect(try story.rederive(["."]).isGood)
    }

    @Test("Run again without archives it says that it looked into no folder of theirs")
    func absent() throws {
        let story = try ArchivedStory()
        try story.retain("a.zst", periods: 2)
        try story.retain("b.zst")
        let first = try story.forget("dan", archives: ["a.zst"])
        #expect(first.counts != nil && first.absentArchives == [], "it was told which are needed")
        let again = try story.forget("dan")
        #expect(again.counts == nil && again.unfinished == [])
        #expect(again.absentArchives == ["a.2.zst", "b.zst"])
        #expect(again.lines[0].hasSuffix("what was left to do in the database is done"), "\(again.lines)")
        #expect(
            again.lines.contains {
                $0.hasPrefix("no folder was looked into") && $0.contains("archives a.2.zst, b.zst: name")
            }, "\(again.lines)")
        let json = try members(Array(again.json.utf8))
        #expect(json["absent_archives"] as? [String] == ["a.2.zst", "b.zst"])
        // The folder of a file that is named is looked into.
        for archives in [["."], ["a.2.zst"], ["b.zst"]] {
            let more = try story.forget("dan", archives: archives)
            #expect(more.absentArchives == [] && more.lines[0].hasSuffix("what was left to do is done"))
        }
    }

    @Test("Drafts that a kill left in the folders of archives go, and nothing else of a like name")
    func drafts() throws {
        let story = try ArchivedStory()
        try story.retain()
        let others = [
            ".settled-backup-0123456789abcdef", ".settled-backup-0123456789abcde.tmp",
            ".settled-backup-0123456789abcdeg.tmp", ".settled-backup-0123456789abcdef.tmp2",
            "settled-backup-0123456789abcdef.tmp",
        ]
        let drafts = [".settled-backup-0123456789abcdef.tmp", ".settled-backup-0123456789abcdef.tmp-journal"]
        for name in others + drafts { try story.write([1], to: name) }
        #expect(try story.forget("ben", archives: ["."], isDryRun: true).removed == [])
        let done = try story.forget("ben", archives: ["a.zst"])
        #expect(done.unfinished == [] && done.removed.count == 3, "\(done.lines)")
        for name in drafts { #expect(done.removed.contains(story.scratch.file(name)), "\(name)") }
        #expect(Set(story.scratch.names) == Set(others + ["a.2.zst", "data"]))
        // One that cannot be taken away is left to do.
        try FileManager.default.createDirectory(
            atPath: story.scratch.file(drafts[0]), withIntermediateDirectories: false)
        let again = try story.forget("ben", archives: ["."])
        #expect(again.removed == [] && again.unfinished.count == 1, "\(again.lines)")
        #expect(again.unfinished.first?.contains(drafts[0]) == true)
    }

    @Test("A backup from before has of archives that were written anew the batches that did not change")
    func restored() throws {
        let story = try ArchivedStory()
        try story.retain()
        let before = try story.bytes(of: "data/settled.sqlite")
        let done = try story.forget("ben", archives: ["."])
        #expect(
            done.lines.contains {
                $0.hasPrefix("make a new backup now") && $0.contains("keep copies of the old ones with it")
            }, "\(done.lines)")
        for end in ["-wal", "-shm"] { unlink(story.folder.databasePath + end) }
        try story.write(before, to: "data/settled.sqlite")
        for place in [".", "a.2.zst"] {
            let report = try story.rederive([place])
            let damaged = try #require(report.damagedArchives.first)
            #expect(damaged.read == 3 && damaged.lost.count == 4 && !report.isGood, "\(report.lines)")
            #expect(damaged.copies == [story.scratch.file("a.2.zst")] || place == ".", "\(damaged.copies)")
        }
        let refusal = #expect(throws: RetentionRefusal.self) { try story.forget("ben", archives: ["."]) }
        #expect(refusal?.code == .archiveDamaged && refusal?.reason.contains("4 are lost") == true)
    }

    @Test("A file that is no archive of this data is left alone")
    func strangers() throws {
        let story = try ArchivedStory()
        try story.retain()
        let other = try story.scratch.write("not an archive", to: "other.zst")
        let refusal = #expect(throws: RetentionRefusal.self) {
            try story.forget("ben", archives: ["other.zst"])
        }
        #expect(refusal?.code == .archiveUnknown)
        let done = try story.forget("ben", archives: ["."])
        #expect(done.unfinished == [] && WholeFile.exists(other))
    }
}
