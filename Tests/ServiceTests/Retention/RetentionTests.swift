import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// Bytes of old batches go to an archive, whole, and come from there again.
@Suite("Retention")
struct RetentionTests {
    @Test("What was moved is read again from the archive or its folder, and all comes out as before")
    func moved() throws {
        let story = try ArchivedStory()
        let before = try story.read { store in try (1...10).map { try #require(try store.arrival($0)) } }
        let made = try story.retain()
        let archive = try #require(made.archive)
        #expect(made.keptFrom == "2026-03" && made.batches == 7 && archive.batches == 7)
        let moved = [1, 2, 3, 4, 5, 7, 8]
        #expect(made.bytes == moved.reduce(0) { $0 + Int64(before[$1 - 1].bytes.count) })
        #expect(try mode(of: made.path) == 0o600)
        #expect(story.scratch.names == ["a.zst", "data"])
        #expect(try SHA256Digest(of: story.bytes(of: "a.zst")) == archive.digest)
        try story.read { store in
            for number in 1...10 {
                let arrival = try #require(try store.arrival(Int64(number)))
                #expect((arrival.archive == archive) == moved.contains(number))
                #expect(arrival.bytes == (moved.contains(number) ? [] : before[number - 1].bytes))
                #expect(arrival.receipt == before[number - 1].receipt)
            }
        }
        for place in [["a.zst"], ["."]] {
            let report = try story.rederive(place)
            #expect(report.isGood && report.archived == 7 && report.signatures == 10, "\(report.lines)")
            #expect(report.lines.contains("from archives: the bytes of 7 batches"))
        }
        // Any zstd unpacks it to the batches' bytes, one after the other.
        var unpacked: [UInt8] = []
        try PackedFile.unpack(made.path) { unpacked.append(contentsOf: $0) }
        #expect(unpacked == moved.flatMap { before[$0 - 1].bytes })
    }

    @Test("Without the master secret archived batches count as not checked, and not as signed by another")
    func withoutSecret() throws {
        let story = try ArchivedStory()
        let before = try story.rederive([], secret: false)
        try story.retain()
        let report = try story.rederive(["a.zst"], secret: false)
        #expect(report.isGood && report.archived == 7, "\(report.lines)")
        #expect(report.unchecked == before.unchecked && report.unchecked > 0, "\(report.lines)")
        #expect(report.signatures == before.signatures, "\(report.lines)")
    }

    @Test("Done twice, nothing is left to move; with fewer periods kept a second archive takes the rest")
    func twice() throws {
        let story = try ArchivedStory()
        let first = try story.retain(periods: 2)
        #expect(first.keptFrom == "2026-02" && first.batches == 5, "\(first.lines)")
        let again = try story.retain(periods: 2)
        #expect(again.batches == 0 && again.archive == nil)
        #expect(again.lines[0].hasPrefix("nothing to archive"), "\(again.lines)")
        let second = try story.retain("b.zst")
        #expect(second.batches == 2 && second.archive?.number == 2)
        #expect(try story.rederive(["b.zst", "a.zst"]).archived == 7)
        let refusal = #expect(throws: RetentionRefusal.self) { try story.rederive(["a.zst"]) }
        #expect(refusal?.code == .archiveMissing)
        #expect(refusal?.reason.contains("b.zst, \(second.archive?.digest.text ?? "?")") == true)
    }

    @Test("A dry run says what would be moved, and moves nothing")
    func dryRun() throws {
        let story = try ArchivedStory()
        let dry = try story.retain(isDryRun: true)
        #expect(dry.batches == 7 && dry.archive == nil && dry.fileBytes == nil)
        #expect(dry.lines[0].hasPrefix("would be moved to "), "\(dry.lines)")
        #expect(story.scratch.names == ["data"])
        #expect(try story.read { try $0.archives() }.isEmpty)
        #expect(try story.rederive([]).isGood)
        let json = try members(Array(dry.json.utf8))
        #expect(json["archive"] is NSNull && json["batches"] as? Int == 7 && json["digest"] == nil)
    }

    @Test("Ended before the archive had its name, or before the bytes were taken out, nothing is lost")
    func ended() throws {
        let story = try ArchivedStory()
        // Killed while it wrote: a draft that nobody looks at.
        let left = try story.withRequest("a.zst") { request, found in
            let draft = DraftFile(beside: request.file)
            _ = try Retention.write(found, to: draft, request, keptFrom: "2026-03")
            return try withExtendedLifetime(draft) {
                try [UInt8](Data(contentsOf: URL(fileURLWithPath: draft.path)))
            }
        }
        try story.write(Array(left.prefix(left.count / 2)), to: ".settled-backup-0123456789abcdef.tmp")
        #expect(try story.rederive(["."]).archived == 0)
        // Killed before the database's transaction: a whole archive that the database knows nothing of.
        try story.write(left, to: "a.zst")
        #expect(try story.rederive(["."]).archived == 0)
        let refusal = #expect(throws: RetentionRefusal.self) { try story.retain() }
        #expect(refusal?.code == .archiveExists)
        #expect(refusal?.reason.contains("needs nothing of it") == true, "\(refusal?.reason ?? "")")
        try story.retain("b.zst")
        #expect(try story.rederive(["."]).archived == 7)
        #expect(try story.bytes(of: "a.zst") == left)
        // One that is needed is called so.
        _ = try story.opened { open in
            try PeriodCloser(store: open.store, signer: open.signer)
                .close(3, at: instant("2026-05-03T00:00:00Z"), forced: true)
        }
        let kept = #expect(throws: RetentionRefusal.self) { try story.retain("b.zst") }
        #expect(kept?.code == .archiveExists && kept?.reason.contains("keep it") == true)
    }

    @Test("While a run is at work another one is refused, and tells of no file that it may go")
    func busy() throws {
        let story = try ArchivedStory()
        try story.write([1], to: "a.zst")
        let lock = try RetentionLock(in: story.folder.path)
        for isDryRun in [false, true] {
            let refusal = #expect(throws: RetentionRefusal.self) { try story.retain(isDryRun: isDryRun) }
            #expect(refusal?.code == .retentionBusy)
        }
        withExtendedLifetime(lock) {}
        #expect(try mode(of: story.folder.path + "/" + RetentionLock.name) == 0o600)
        #expect(story.scratch.names == ["a.zst", "data"])
    }

    /// Publishes an archive, does something to the file or the batches, and goes on to the transaction.
    private func takeOut(
        _ story: ArchivedStory, after change: (OpenFolder, [ArchivedBatch]) throws -> Void
    ) throws {
        try story.withRequest("a.zst") { request, found in
            let draft = DraftFile(beside: request.file)
            let held = try Retention.write(found, to: draft, request, keptFrom: "2026-03")
            let digest = try Retention.verified(draft, held, request)
            let published = try PublishedArchive(draft, as: request.file)
            try change(request.folder, held)
            _ = try Retention.takeOut(
                held, heldBy: digest, in: published, request, keptFrom: found.keptFrom)
        }
    }

    @Test("An archive that is taken away or replaced before the transaction ends costs no byte")
    func gone() throws {
        for replacement in [nil, [1, 2, 3]] as [[UInt8]?] {
            let story = try ArchivedStory()
            let refusal = #expect(throws: RetentionRefusal.self) {
                try takeOut(story) { _, _ in
                    try FileManager.default.removeItem(atPath: story.scratch.file("a.zst"))
                    if let replacement { try story.write(replacement, to: "a.zst") }
                }
            }
            #expect(refusal?.code == .archiveGone)
            #expect(try story.read { try $0.archives() }.isEmpty)
            #expect(try story.rederive([]).isGood)
            #expect(story.scratch.names == (replacement == nil ? ["data"] : ["a.zst", "data"]))
        }
    }

    @Test("An archive whose batches another took meanwhile does not stay behind")
    func superseded() throws {
        let story = try ArchivedStory()
        let refusal = #expect(throws: RetentionRefusal.self) {
            try takeOut(story) { folder, held in
                try folder.store.removeBytes(
                    of: [held[0]], heldBy: SHA256Digest(of: [1]), named: "b.zst", keptFrom: 2,
                    at: ArchivedStory.at)
            }
        }
        #expect(refusal?.code == .archiveSuperseded)
        #expect(story.scratch.names == ["data"])
    }

    @Test("A rederivation under way stops at an archive that is made meanwhile")
    func meanwhile() throws {
        let story = try ArchivedStory()
        let stored = try Store.openToRead(folder: story.folder.path)
        defer { try? stored.shut() }
        let history = try stored.history()
        let shelf = try ArchiveShelf([], of: stored.archives(), sealKeys: [])
        try story.retain()
        let request = try Rederivation.Request(
            data: story.folder.path, secret: story.folder.secretPath, jwks: nil, from: nil, through: nil,
            scratch: nil)
        let scratch = try Scratch()
        var run = try RederivationRun(
            request, stored: stored, history: history, shelf: shelf, scratch: scratch.path, progress: .silent)
        defer { try? run.derived.shut() }
        let refusal = #expect(throws: RetentionRefusal.self) { try run.finished() }
        #expect(refusal?.code == .archiveMissing && refusal?.reason.contains("made meanwhile") == true)
    }

    @Test("Too few periods and a name that is none are refused")
    func refused() throws {
        let story = try ArchivedStory()
        let refusal = #expect(throws: RetentionRefusal.self) { try story.retain(periods: 3) }
        #expect(refusal?.code == .periodsTooFew)
        for name in ["", "folder/", "a\nb"] { #expect(throws: Failure.self) { try story.retain(name) } }
        #expect(story.scratch.names == ["data"])
    }

    @Test("Doctor, backup and restore say where the bytes are")
    func told() throws {
        let story = try ArchivedStory()
        func finding(_ archives: [String]) throws -> Diagnosis.Finding? {
            try Diagnosis(
                .init(data: story.folder, archives: archives.map(story.scratch.file), now: ArchivedStory.at)
            ).findings.first { $0.what == "archives" }
        }
        #expect(try finding([]) == nil)
        let archive = try #require(try story.retain().archive)
        let words = "the bytes of 7 batches are in the archive a.zst, \(archive.digest)"
        #expect(try finding([])?.state == .ok && finding([])?.text.hasPrefix(words) == true)
        #expect(try finding(["a.zst"])?.text == words + ", as they were written")
        let backup = try Backup(
            .init(
                data: story.folder, target: story.scratch.file("b.sqlite"), isPacked: false, keep: nil,
                at: ArchivedStory.at))
        #expect(backup.lines.contains("not in it: \(words); keep copies of those too"), "\(backup.lines)")
        let restored = try Restoration(
            backup.path, into: DataFolder(story.scratch.file("again"), secret: story.folder.secretPath))
        #expect(restored.archives == [archive] && restored.lines.contains { $0.hasPrefix(words) })
        #expect(
            restored.json.contains(
                #""archives":[{"name":"a.zst","digest":"\#(archive.digest)","batches":7}]"#))
        try story.write(Array(try story.bytes(of: "a.zst").dropLast()), to: "a.zst")
        let damaged = try finding(["."])
        #expect(damaged?.state == .trouble && damaged?.text.hasPrefix("archive_damaged") == true)
    }

    @Test("What explains a record says that its batch's bytes are in an archive, and what it cannot know")
    func explained() throws {
        let story = try ArchivedStory()
        let archive = try #require(try story.retain().archive)
        let life = try story.read { store in
            try #require(
                try RecordLife(
                    RecordID(verified: "m2"), of: MerchantID(verified: "M"), in: store, for: .operator))
        }
        #expect(life.origin.batch.archive == archive && life.origin.line == 3)
        // Batch B-4, in the archive too, had an equal copy of it.
        #expect(life.copies.isEmpty && life.unread == [archive])
        let text = ExplanationText(life.schedule).lines(life).joined(separator: "\n")
        #expect(text.contains("    its bytes are in the archive a.zst, \(archive.digest)"), "\(text)")
        #expect(text.contains("whether it came again is not known of batches in the archive a.zst"))
        #expect(life.json.contains(#""archive":"\#(archive.digest)""#))
        // Of what was refused alone the store knows the id.
        let copies = try story.read {
            try $0.copies(of: RecordID(verified: "m5"), MerchantID(verified: "M")).copies
        }
        #expect(copies.map(\.code) == [.pointsExceedTerms])
    }
}
