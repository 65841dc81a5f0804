import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// What is left of an archive that was changed is used, and what is lost is named.
@Suite("Archives that are damaged")
struct DamagedArchiveTests {
    @Test("A flipped byte in a frame loses that batch alone, and it is named")
    func frame() throws {
        let copy = try DamagedCopy()
        for number in DamagedCopy.numbers {
            try copy.story.write(copy.flipped(inBatch: number), to: "a.zst")
            for place in ["a.zst", "."] {
                let shelf = try copy.shelf([place])
                let damaged = try #require(shelf.damaged.first)
                #expect(damaged.archive == copy.archive && damaged.read == 6)
                #expect(damaged.lost.map(\.number) == [number])
                #expect(try copy.readable(shelf) == DamagedCopy.numbers.filter { $0 != number })
                try shelf.requireAll()
                let refusal = #expect(throws: RetentionRefusal.self) { try shelf.whole(copy.archive) }
                #expect(refusal?.code == .archiveDamaged)
            }
        }
    }

    @Test("A flipped byte at the very head of a frame does not hide those behind it")
    func head() throws {
        let copy = try DamagedCopy()
        for place in 0..<8 {
            let start = try #require(copy.frames[3]?.lowerBound)
            try copy.story.write(copy.flipped(at: start + place), to: "a.zst")
            let readable = try copy.readable(copy.shelf(["a.zst"]))
            // The flag of a checksum may be gone, and the bytes be right.
            #expect(Set(readable).isSuperset(of: [1, 2, 4, 5, 7, 8]), "byte \(place): \(readable)")
        }
    }

    @Test("Damage in index, seal or footer loses no batch, and is told all the same")
    func behind() throws {
        let copy = try DamagedCopy()
        let footer = copy.bytes.count - ArchiveFrames.footerBytes
        let changed = [
            "index": copy.flipped(at: copy.indexOffset + ArchiveFrames.headBytes + 3),
            "index's head": copy.flipped(at: copy.indexOffset),
            "index's length": copy.flipped(at: copy.indexOffset + 7),
            "seal": copy.flipped(at: footer - 10),
            "footer": copy.flipped(at: footer + ArchiveFrames.headBytes),
            "mark": copy.flipped(at: copy.bytes.count - 1),
            "no footer": Array(copy.bytes.prefix(footer)),
            "no index": Array(copy.bytes.prefix(copy.indexOffset)),
        ]
        for (what, bytes) in changed.sorted(by: { $0.key < $1.key }) {
            try copy.story.write(bytes, to: "a.zst")
            let shelf = try copy.shelf(["a.zst"])
            #expect(shelf.damaged.first?.read == 7 && shelf.damaged.first?.lost == [], "\(what)")
            #expect(try copy.readable(shelf) == DamagedCopy.numbers, "\(what)")
            let finding = try copy.finding(["."])
            #expect(finding?.state == .trouble, "\(what)")
            #expect(finding?.text.contains("all of its 7 batches were read from there") == true, "\(what)")
        }
    }

    @Test("Of a file that was cut off, at its end or its beginning, the whole frames are left")
    func cut() throws {
        let copy = try DamagedCopy()
        let middle = try #require(copy.frames[4].map { ($0.lowerBound + $0.upperBound) / 2 })
        try copy.story.write(Array(copy.bytes.prefix(middle)), to: "a.zst")
        #expect(try copy.readable(copy.shelf(["a.zst"])) == [1, 2, 3])
        #expect(try copy.shelf(["."]).damaged.first?.lost.map(\.number) == [4, 5, 7, 8])
        try copy.story.write(Array(copy.bytes.dropFirst(middle)), to: "a.zst")
        #expect(try copy.readable(copy.shelf(["a.zst"])) == [5, 7, 8])
    }

    @Test("One that has no batch left is refused as before: empty, cut off at once, or of another alliance")
    func nothingLeft() throws {
        let copy = try DamagedCopy()
        let other = copy.story.scratch.file("other.zst")
        let writer = try ArchiveWriter(other)
        for batch in copy.held {
            let entry = ArchiveIndex.Entry(
                number: batch.number, merchant: batch.merchant, batch: batch.batch, digest: batch.digest,
                length: batch.length, packed: 1)
            try writer.add(Array("another's \(batch.number)".utf8), inPlaceOf: entry)
        }
        let master = try MasterSecret([UInt8](repeating: 9, count: 32))
        try writer.finish(
            alliance: "other", made: ArchivedStory.at, keptFrom: "2026-03",
            signer: DocumentSigner(master: master, version: 1))
        let others = try copy.story.bytes(of: "other.zst")
        for bytes in [[], Array(copy.bytes.prefix(20)), others] as [[UInt8]] {
            try copy.story.write(bytes, to: "a.zst")
            let named = #expect(throws: RetentionRefusal.self) { try copy.shelf(["a.zst"]) }
            #expect(named?.code == .archiveDamaged)
            let found = #expect(throws: RetentionRefusal.self) { try copy.shelf(["."]).requireAll() }
            #expect(found?.code == .archiveDamaged)
            #expect(found?.reason.contains("no batch of that can be read from it") == true)
            #expect(try copy.finding(["a.zst"])?.text.hasPrefix("archive_damaged") == true)
        }
        // Under its own name it is none of this data's.
        let unknown = #expect(throws: RetentionRefusal.self) { try copy.shelf(["other.zst"]) }
        #expect(unknown?.code == .archiveUnknown)
    }

    @Test("Two damaged copies complement each other, one of them under another name")
    func complement() throws {
        let copy = try DamagedCopy()
        for folder in ["one", "two"] { try copy.makeFolder(folder) }
        try FileManager.default.removeItem(atPath: copy.story.scratch.file("a.zst"))
        try copy.story.write(copy.flipped(inBatch: 2), to: "one/a.zst")
        for name in ["a.zst", "renamed.zst"] {
            try copy.story.write(copy.flipped(inBatch: 7), to: "two/" + name)
            for places in [["one", "two"], ["two", "one"], ["one/a.zst", "two/" + name]] {
                let shelf = try copy.shelf(places)
                let damaged = try #require(shelf.damaged.first)
                #expect(damaged.read == 7 && damaged.lost.isEmpty && damaged.copies.count == 2)
                #expect(try copy.readable(shelf) == DamagedCopy.numbers)
            }
            #expect(try copy.shelf(["two"]).damaged.first?.lost.map(\.number) == [7])
            try FileManager.default.removeItem(atPath: copy.story.scratch.file("two/" + name))
        }
        #expect(try copy.shelf(["one"]).damaged.first?.lost.map(\.number) == [2])
    }

    @Test("Of a file that asks for more work than any archive it is told that it was not looked through")
    func givenUp() throws {
        let copy = try DamagedCopy()
        let fourth = try #require(copy.frames[4]?.lowerBound)
        // Frames that begin with a block of 128 KiB out of one byte, and go on with what is no block.
        let begun: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38, 0x02, 0x00, 0x10, 0x61]
        let work = [UInt8]((0..<3_000).map { _ in begun }.joined())
        try copy.story.write(Array(copy.bytes[..<fourth]) + work + Array(copy.bytes[fourth...]), to: "a.zst")
        let told = copy.story.scratch.file("a.zst") + " was not looked through to its end"
        let damaged = try #require(try copy.shelf(["a.zst"]).damaged.first)
        #expect(damaged.read == 3 && damaged.lost.map(\.number) == [4, 5, 7, 8])
        #expect(damaged.givenUp == [copy.story.scratch.file("a.zst")] && damaged.inWords.contains(told))
        #expect(try copy.finding(["."])?.text.contains("was not looked through to its end") == true)
        // Nothing was found before it was given up.
        try copy.story.write(work + copy.bytes, to: "a.zst")
        let refusal = #expect(throws: RetentionRefusal.self) { try copy.shelf(["a.zst"]) }
        #expect(refusal?.code == .archiveDamaged && refusal?.reason.contains(told) == true)
        try copy.story.write(copy.flipped(inBatch: 4), to: "a.zst")
        #expect(try copy.shelf(["a.zst"]).damaged.first?.givenUp == [])
    }

    @Test("Beside a whole one a damaged copy is not needed, and the doctor warns of it")
    func beside() throws {
        let copy = try DamagedCopy()
        try copy.makeFolder("one")
        try copy.story.write(copy.flipped(inBatch: 2), to: "one/a.zst")
        for places in [["a.zst", "one"], ["one/a.zst", "a.zst"]] {
            let shelf = try copy.shelf(places)
            #expect(shelf.damaged.isEmpty && shelf.badCopies == [copy.story.scratch.file("one/a.zst")])
            #expect(try copy.readable(shelf) == DamagedCopy.numbers)
            let finding = try copy.finding(places)
            #expect(finding?.state == .warning && finding?.text.contains("one/a.zst") == true)
        }
    }

    @Test("A rederivation goes as far as the first lost batch, names each, and looks at all the others")
    func rederived() throws {
        let copy = try DamagedCopy()
        var changed = copy.flipped(inBatch: 4)
        let eighth = try #require(copy.frames[8]?.upperBound)
        changed[eighth - 6] ^= 1
        try copy.story.write(changed, to: "a.zst")
        let report = try copy.story.rederive(["a.zst"])
        let lost = copy.held.filter { [4, 8].contains($0.number) }
        #expect(!report.isGood && report.stopped?.contains(lost[0].batch) == true, "\(report.lines)")
        for batch in lost {
            let place = "batch \(batch.batch) of \(batch.merchant) (number \(batch.number))"
            #expect(
                report.findings.contains { $0.place == place && $0.problem.contains("its bytes are lost") },
                "\(report.lines)")
            #expect(report.lines.contains { $0.hasPrefix("archive_damaged: ") && $0.contains(place) })
        }
        #expect(report.batches == 3 && report.archived == 5 && report.signatures == 8, "\(report.lines)")
        let json = try members(Array(report.json.utf8))
        let damaged = try #require((json["damaged_archives"] as? [[String: Any]])?.first)
        #expect(damaged["name"] as? String == "a.zst" && damaged["read"] as? Int == 5)
        #expect((damaged["lost"] as? [[String: Any]])?.map { $0["number"] as? Int } == [4, 8])
    }

    @Test("Where no batch is lost a rederivation comes to the same, and says that the archive is damaged")
    func rederivedWhole() throws {
        let copy = try DamagedCopy()
        try copy.story.write(copy.flipped(at: copy.bytes.count - 1), to: "a.zst")
        let report = try copy.story.rederive(["."])
        #expect(report.isGood && report.archived == 7, "\(report.lines)")
        #expect(report.lines.contains { $0.hasPrefix("archive_damaged: the archive a.zst, ") })
    }

    @Test("A member's file has the lines that are left, and says which archive is damaged")
    func member() throws {
        let copy = try DamagedCopy()
        func file() throws -> MemberFile {
            try MemberFile(
                of: MemberID(verified: "ben"), in: copy.story.folder,
                archives: [copy.story.scratch.file("a.zst")], at: ArchivedStory.at)
        }
        let whole = try file()
        // Batch B-4 has lines of the member that became no record.
        let number = try #require(copy.held.first { $0.batch == "B-4" }?.number)
        let others = DamagedCopy.numbers.filter { $0 != number }
        try copy.story.write(copy.flipped(inBatch: try #require(others.last)), to: "a.zst")
        let left = try file()
        #expect(left.copies.map(\.record) == whole.copies.map(\.record) && left.damaged.count == 1)
        #expect(left.lines.last?.hasPrefix("archive_damaged: the archive a.zst, ") == true)
        #expect(left.json.contains(#""damaged_archives":[{"name":"a.zst""#))
        try copy.story.write(copy.flipped(inBatch: number), to: "a.zst")
        let lost = try file()
        #expect(lost.copies.count < whole.copies.count && lost.unread == [copy.archive])
        #expect(lost.records.count == whole.records.count)
    }
}
