import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

extension ArchivedStory {
    /// Forgets a member, as of the day after the archives were made.
    @discardableResult
    func forget(
        _ member: String, archives: [String] = [], searched: [String] = [], isDryRun: Bool = false,
        by person: String = "ana", reason: String = "asked by letter"
    ) throws -> MemberForgetting {
        try opened { open in
            try MemberForgetting(
                request(
                    open, member, archives: archives, searched: searched, isDryRun: isDryRun, by: person,
                    reason))
        }
    }

    func request(
        _ open: OpenFolder, _ member: String, archives: [String] = [], searched: [String] = [],
        isDryRun: Bool = false, by person: String = "ana", _ reason: String = "asked by letter",
        at text: String = "2026-05-02T00:00:00Z"
    ) -> MemberForgetting.Request {
        MemberForgetting.Request(
            folder: open, member: MemberID(verified: member), person: PersonName(verified: person),
            reason: reason, archives: archives.map(scratch.file), searched: searched, isDryRun: isDryRun,
            at: instant(text))
    }

    func file(of member: String, archives: [String] = [], secret: String? = nil) throws -> MemberFile {
        try MemberFile(
            of: MemberID(verified: member), in: DataFolder(folder.path, secret: secret ?? folder.secretPath),
            archives: archives.map(scratch.file), at: instant("2026-05-03T00:00:00Z"))
    }

    /// All of the database, as text.
    var dump: String { get throws { try DatabaseDump.text(ofFile: folder.databasePath) } }
}

/// What `settled member forget` changes, what it says, and what it refuses.
@Suite("Forgetting a member")
struct MemberForgettingTests {
    @Test("Its pseudonym stands in its place, every figure stays, and all is derived again")
    func forgotten() throws {
        let story = try ArchivedStory()
        let before = try story.file(of: "ben")
        let done = try story.forget("ben")
        let counts = try #require(done.counts)
        #expect(counts.records == 4 && counts.batches == 5 && counts.archivedBatches == 0)
        #expect(counts.periods == 3 && done.earlier == nil && done.unfinished == [])
        let details = before.chapters.flatMap { chapter in
            chapter.details.map { "\(chapter.period.ordinal) \($0.merchant)" }
        }
        #expect(counts.details.map { "\($0.period) \($0.merchant)" }.sorted() == details.sorted())
        let pseudonym = done.pseudonym
        #expect(pseudonym.text.wholeMatch(of: /forgotten-[0-9a-f]{32}/) != nil, "\(pseudonym)")
        // By the id, for who has the secret, and by the pseudonym.
        for name in ["ben", pseudonym.text] {
            let after = try story.file(of: name)
            #expect(after.member == pseudonym && after.forgotten?.person == "ana" && after.untold == nil)
            #expect(after.records.map(\.origin.record.id) == before.records.map(\.origin.record.id))
            #expect(after.records.map(\.state) == before.records.map(\.state))
            #expect(after.records.allSatisfy { $0.origin.record.member == pseudonym })
            #expect(after.copies.map(\.line) == before.copies.map(\.line))
            #expect(after.lots.map(\.open) == before.lots.map(\.open) && !after.lots.isEmpty)
            #expect(after.chapters.map(\.movements.count) == before.chapters.map(\.movements.count))
        }
        let report = try story.rederive([])
        #expect(report.isGood && report.redactedBatches.count == 5, "\(report.lines)")
        #expect(report.redactedDetails.count == Int64(counts.details.count), "\(report.lines)")
        #expect(try story.opened { try DatabaseCheck($0.store).findings } == [])
        let audit = try story.read { try $0.audit(AuditFilter(act: .memberForgotten)) }
        #expect(audit.map(\.reason) == ["\(pseudonym) by ana: asked by letter"])
    }

    @Test("Without the secret it is shown by its pseudonym alone, and it is said that others cannot be told")
    func withoutSecret() throws {
        let story = try ArchivedStory()
        let nowhere = story.scratch.file("nowhere.secret")
        #expect(try story.file(of: "ben", secret: nowhere).untold == nil, "nobody was forgotten yet")
        let pseudonym = try story.forget("ben").pseudonym
        let other = try story.file(of: "ben", secret: nowhere)
        #expect(other.isEmpty && other.forgotten == nil && other.untold?.contains("nowhere.secret") == true)
        #expect(other.lines.last?.hasPrefix("whether it was forgotten cannot be told without") == true)
        #expect(try members(Array(other.json.utf8))["forgotten"] == nil)
        let known = try story.file(of: pseudonym.text, secret: nowhere)
        #expect(known.records.count == 4 && known.untold == nil)
        #expect(known.lines[1] == "forgotten on 2026-05-02T00:00:00+00:00 by ana: asked by letter")
        let told = try #require(try members(Array(known.json.utf8))["forgotten"] as? [String: String])
        #expect(told["by"] == "ana" && told["reason"] == "asked by letter")
        #expect(try members(Array(story.file(of: "cem").json.utf8))["forgotten"] is NSNull)
    }

    @Test("A dry run says what would be changed, beside a daemon too, and changes nothing")
    func dryRun() throws {
        let story = try ArchivedStory()
        let before = try story.dump
        let daemon = try TokenFile(in: story.folder.path)
        let dry = try story.forget("ben", isDryRun: true)
        withExtendedLifetime(daemon) {}
        #expect(try story.dump == before)
        #expect(dry.lines[0] == "would be called \(dry.pseudonym)" && dry.isDryRun)
        #expect(dry.counts?.records == 4 && dry.counts?.batches == 5 && dry.counts?.periods == 3)
        #expect(try story.read { try $0.forgottenMembers() }.isEmpty)
    }

    @Test("It tells what was changed, and where the id may stand all the same")
    func told() throws {
        let story = try ArchivedStory()
        try story.write([1], to: "data/settled.sqlite.before-3")
        let spool = story.scratch.file("spool")
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: false)
        _ = try story.scratch.write("a note that ben wrote", to: "spool/note.txt")
        let done = try story.forget("ben", searched: [spool])
        let text = done.lines.joined(separator: "\n")
        for part in [
            "is called \(done.pseudonym) from now on\nrecords: 4\n",
            "batches whose bytes name it: 5 in the database, 0 in archives\n",
            "closed periods that made something of it: 3\nDETAILS.csv of 2026-01: ",
            "the file of the database was written anew",
            "  \(story.folder.path)/settled.sqlite.before-3: a copy of the database, or a part of it, from before",
            "  \(spool)/note.txt: names it",
        ] { #expect(text.contains(part), "\(part): \(text)") }
        #expect(!text.contains(/\bben\b/), "\(text)")
        let json = try members(Array(done.json.utf8))
        #expect(json["pseudonym"] as? String == done.pseudonym.text && json["dry_run"] as? Bool == false)
        #expect(json["forgotten_before"] is NSNull && json["unfinished"] as? [String] == [])
        let changed = try #require(json["changed"] as? [String: Any])
        #expect(changed["records"] as? Int == 4 && changed["archived_batches"] as? Int == 0)
        let details = try #require(changed["details"] as? [[String: String]])
        #expect(details.first?["period"] == "2026-01" && details.count == done.counts?.details.count)
        let elsewhere = try #require(json["elsewhere"] as? [String: Any])
        #expect(elsewhere["files"] as? [String] == [spool + "/note.txt"])
        #expect((elsewhere["copies"] as? [String])?.count == 1 && elsewhere["last_backup"] is NSNull)
    }

    @Test("What cannot be done is refused with a code, and nothing changes")
    func refused() throws {
        let story = try ArchivedStory()
        let pseudonym = try story.forget("cem").pseudonym.text
        let before = try story.dump
        func code(_ member: String) -> ForgettingRefusal.Code? {
            let refusal = #expect(throws: ForgettingRefusal.self) { try story.forget(member) }
            return refusal?.code
        }
        #expect(code("nobody") == .memberUnknown)
        #expect(code(pseudonym) == .memberForgotten)
        for (person, reason) in [
            ("ana", ""), ("ana", "--"), ("ana", "two\nlines"), ("ana", "ben's"), ("ben", "asked"),
        ] {
            let failure = #expect(throws: Failure.self) {
                try story.forget("ben", by: person, reason: reason)
            }
            #expect(failure?.kind == .misused, "\(person) \(reason): \(failure?.description ?? "")")
        }
        do {
            let daemon = try TokenFile(in: story.folder.path)
            #expect(throws: Failure.self) { try story.forget("ben") }
            withExtendedLifetime(daemon) {}
        }
        do {
            let lock = try RetentionLock(in: story.folder.path)
            let refusal = #expect(throws: RetentionRefusal.self) { try story.forget("ben") }
            #expect(refusal?.code == .retentionBusy)
            withExtendedLifetime(lock) {}
        }
        #expect(throws: Failure.self) { try story.forget("ben", searched: [story.scratch.file("none")]) }
        #expect(try story.dump == before)
    }

    @Test("A close that has begun is brought to its end first")
    func closeBegun() throws {
        let story = try LongStory(.cut)
        defer { withExtendedLifetime(story) {} }
        let open = try story.folder.open()
        defer { open.shut() }
        let refusal = #expect(throws: ForgettingRefusal.self) {
            try MemberForgetting(
                .init(
                    folder: open, member: MemberID(verified: "ben"), person: PersonName(verified: "ana"),
                    reason: "asked", at: instant("2026-05-02T00:00:00Z")))
        }
        #expect(refusal?.code == .closeBegun)
        #expect(try open.store.forgottenMembers().isEmpty)
    }

    @Test("Without room to write the database anew nothing is begun, and the figure is said")
    func room() throws {
        try ArchivedStory().opened { open in
            let needed = 2 * open.store.fileSizes.database
            let failure = #expect(throws: Failure.self) {
                try ScrubRoom(open.store, free: { _ in needed - 1 }).require()
            }
            #expect(failure?.kind == .trouble)
            #expect(failure?.problem.hasPrefix("\(Figures.count(needed)) bytes have to be free") == true)
            try ScrubRoom(open.store, free: { _ in needed }).require()
            try ScrubRoom(open.store, free: { _ in nil }).require()
        }
    }

    @Test(
        "What comes later under the id is stored under the pseudonym, and got its receipt for what was sent")
    func later() throws {
        let story = try ArchivedStory()
        let pseudonym = try story.forget("ana", by: "bea").pseudonym
        let refund = Settlement.Record(
            id: RecordID(verified: "m8"), type: .redeemReversal, member: MemberID(verified: "ana"),
            points: Points(10), at: instant("2026-04-08T10:00:00Z"), ref: RecordID(verified: "m6"))
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B-6"), sequence: 6, for: [refund])
        let bytes = BatchWriter.bytes(header, [refund], form: .ndjson)
        try story.opened { open in
            let signature = open.master.batchKey(merchant: "M", version: 1).sign(bytes)
            for isFirst in [true, false] {
                let answer = try open.intake().take(
                    bytes, form: .ndjson, signature: signature, received: instant("2026-04-09T00:00:00Z"))
                switch answer {
                case .stored(_, let receipt):
                    #expect(isFirst && receipt.digest == SHA256Digest(of: bytes))
                case .copy: #expect(!isFirst)
                }
            }
        }
        let found = try story.file(of: "ana")
        #expect(found.records.last?.origin.record.id == refund.id && found.member == pseudonym)
        let report = try story.rederive([])
        #expect(report.isGood, "\(report.lines)")
    }
}
