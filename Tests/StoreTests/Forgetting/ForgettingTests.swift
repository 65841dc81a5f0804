import Foundation
import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("A member that is forgotten")
struct ForgettingTests {
    @Test("All that was made of batches is what would have come of them with the pseudonym in the id's place")
    func asIfFresh() throws {
        let scene = try ForgettingStory.scene()
        let fresh = try ForgettingStory.scene(as: scene.pseudonym())
        #expect(try scene.memberRows() != fresh.memberRows())
        let held = try scene.store.held(by: ForgettingStory.member)
        #expect(!held.lots.isEmpty && !held.debts.isEmpty, "\(held)")
        try scene.forget(scene.forgetting())
        #expect(try scene.memberRows() == fresh.memberRows())
        #expect(try !scene.rows("record,period", of: "outcomes").isEmpty)
        for period in [0, 1] { #expect(try scene.details(period) == fresh.details(period)) }
        let now = try scene.store.held(by: scene.pseudonym())
        #expect(now.lots == held.lots && now.debts == held.debts)
        for scene in [scene, fresh] { try scene.close(2) }
        #expect(try scene.memberRows() == fresh.memberRows())
        #expect(try scene.details(2) == fresh.details(2))
        let figures = "period,merchant,number,balance,points,details_rows"
        #expect(try scene.rows(figures, of: "statements") == fresh.rows(figures, of: "statements"))
        #expect(
            try scene.rows("details_digest,merchant", of: "statements", "WHERE period = 2 ORDER BY 2")
                == fresh.rows("details_digest,merchant", of: "statements", "WHERE period = 2 ORDER BY 2"))
        #expect(
            try scene.rows("period,account,closing", of: "journal")
                == fresh.rows("period,account,closing", of: "journal"))
        #expect(try scene.store.changedRows() == [])
    }

    @Test(
        "Chunks of settlements are those of a close under the pseudonym, wherever it stands among members",
        arguments: [
            ("m0000", "zz"), ("m1499", "a"), ("m0750", "a-rather-long-pseudonym-for-an-id"),
            ("m0750", "m0750x"), ("m0300", "m1200-and-more"), ("m1200", "m03"), ("m0001", "m0002x"),
        ] as [(MemberID, MemberID)])
    func chunks(_ member: MemberID, _ pseudonym: MemberID) throws {
        func closed(_ other: MemberID) throws -> Scene {
            let scene = try Scene()
            let records = (0..<1_500).map { number in
                let text = String(repeating: "0", count: 4 - "\(number)".count) + "\(number)"
                let name = MemberID(verified: "m" + text)
                return record(
                    RecordID(verified: "a-record-of-" + text), .earn, name == member ? other : name,
                    Int64(number) + 1, "2026-01-05T10:00:00Z")
            }
            try scene.send("b1", 1, records)
            try scene.close(0)
            return scene
        }
        let (scene, fresh) = (try closed(member), try closed(pseudonym))
        #expect(try #require(try scene.integer("SELECT count(*) FROM settlements")) >= 3)
        try scene.forget(scene.forgetting(member, as: pseudonym))
        #expect(try scene.memberRows() == fresh.memberRows())
        #expect(try scene.store.changedRows() == [])
    }

    @Test("What was signed stays, and notices say what stands in the place of what does not")
    func signed() throws {
        let scene = try ForgettingStory.scene()
        let tables = [
            ("statement,digest,details_digest,details_rows,document,signature,seal", "statements"),
            ("period,digest,document,signature,seal", "closings"),
            ("batch,digest,signature,receipt,receipt_signature,receipt_seal,sum", "batches"),
            ("batch,line,id,code", "record_refusals"), ("page,bytes", "identity_pages"),
        ]
        let before = try tables.map { try scene.rows($0.0, of: $0.1) }
        let counts = try scene.forget(scene.forgetting())
        #expect(try tables.map { try scene.rows($0.0, of: $0.1) } == before)
        #expect(counts.records == 8 && counts.batches == 5 && counts.archivedBatches == 0)
        #expect(counts.periods == 2)
        let named = try (0..<2).flatMap { period in
            try scene.store.redactions(ofPeriod: period).keys.sorted().map { "\(period) \($0)" }
        }
        #expect(counts.details.map { "\($0.period) \($0.merchant)" }.sorted() == named)
        #expect(named.contains("0 M") && named.contains("0 N"))
        for statement in try (0..<2).flatMap({ try scene.store.statements(period: $0) }) {
            let period = statement.period
            guard let redaction = try scene.store.redactions(ofPeriod: period)[statement.merchant] else {
                continue
            }
            let notice = try #require(RedactionNotice(redaction.notice.bytes))
            #expect(notice.signed == redaction.signed && notice.redacted == redaction.redacted)
            #expect(notice.merchant == statement.merchant && notice.at == ForgettingStory.at)
            let file = try #require(try scene.details(period)[statement.merchant])
            #expect(SHA256Digest(of: file) == redaction.redacted && redaction.redacted != redaction.signed)
        }
    }

    @Test("The bytes of its batches name the pseudonym alone, those of others are as they were")
    func bytes() throws {
        let scene = try ForgettingStory.scene()
        let before = try (1...6).map { try #require(try scene.store.arrival($0)) }
        let naming = try scene.store.batches(naming: ForgettingStory.member) { _, _ in nil }
        #expect(naming.batches.map(\.number) == [1, 3, 4, 5, 6] && naming.unread.isEmpty)
        try scene.forget(scene.forgetting())
        for (arrival, old) in try zip((1...6).map { try #require(try scene.store.arrival($0)) }, before) {
            guard naming.batches.contains(where: { $0.number == old.number }) else {
                #expect(arrival.bytes == old.bytes && arrival.redaction == nil)
                continue
            }
            let text = String(decoding: old.bytes, as: UTF8.self)
                .replacingOccurrences(of: ForgettingStory.member.text, with: scene.pseudonym().text)
            #expect(arrival.bytes == Array(text.utf8))
            let redaction = try #require(arrival.redaction)
            #expect(redaction.signed == old.digest && redaction.signed == arrival.digest)
            #expect(
                redaction.redacted == SHA256Digest(of: arrival.bytes)
                    && arrival.standing == redaction.redacted)
            let notice = try #require(RedactionNotice(redaction.notice.bytes))
            guard case .batch(let id, .merchant, _, let signature) = notice.subject else {
                Issue.record("the notice is of a batch of its merchant: \(notice.subject)")
                continue
            }
            #expect(id.text == old.id && notice.merchant.text == old.merchant)
            #expect(signature == SHA256Digest(of: Array(old.signature.utf8)))
        }
    }

    @Test("Its id is nowhere in the files afterwards")
    func nowhere() throws {
        let scene = try ForgettingStory.scene()
        func found() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: scene.folder).filter { name in
                let file = URL(fileURLWithPath: scene.folder).appendingPathComponent(name)
                return try Data(contentsOf: file).range(of: Data(ForgettingStory.member.text.utf8)) != nil
            }
        }
        #expect(try !found().isEmpty)
        try scene.forget(scene.forgetting())
        try scene.store.scrub()
        #expect(try found() == [])
        #expect(try scene.store.changedRows() == [])
        #expect(try scene.store.integrityFindings(full: true) == [])
        try scene.close(2)
        #expect(try found() == [])
    }

    @Test("Without a seal it is counted what would change, and nothing does")
    func counted() throws {
        let scene = try ForgettingStory.scene()
        let before = try scene.contents()
        let would = try scene.store.forget(scene.forgetting(), seal: nil)
        #expect(try scene.contents() == before)
        let did = try scene.forget(scene.forgetting())
        #expect(
            [would.records, would.batches, would.archivedBatches, would.periods]
                == [did.records, did.batches, did.archivedBatches, did.periods])
        #expect(would.details.map { "\($0)" } == did.details.map { "\($0)" } && !did.details.isEmpty)
    }

    @Test("What a close left that ended before its time is taken away")
    func leftovers() throws {
        let scene = try ForgettingStory.scene()
        let rows = try scene.memberRows()
        try scene.store.writing("leave rows") { database in
            let name = ForgettingStory.member.text
            for holder in [name, "amy"] {
                try database.execute(
                    sql: "INSERT INTO holdings (member, period, bytes) VALUES ('\(holder)', 2, X'01')")
            }
            try database.execute(
                sql: """
                    INSERT INTO settlements (period, first_member, last_member, bytes)
                    VALUES (2, '\(name)', '\(name)', X'01')
                    """)
            try database.execute(
                sql: "INSERT INTO outcomes (period, record, state, attempts) VALUES (2, 1, 'settled', 0)")
        }
        #expect(try scene.memberRows() != rows)
        try scene.forget(scene.forgetting())
        #expect(try scene.memberRows() == ForgettingStory.scene(as: scene.pseudonym()).memberRows())
    }

    @Test("It is noted who had it done and why, and never who was forgotten")
    func noted() throws {
        let scene = try ForgettingStory.scene()
        #expect(try scene.store.forgottenMembers() == [])
        try scene.forget(scene.forgetting())
        try scene.forget(scene.forgetting("henry", at: .at("2026-03-11T00:00:00Z")))
        let forgotten = try scene.store.forgottenMembers()
        #expect(forgotten.map(\.number) == [1, 2])
        #expect(forgotten.map(\.pseudonym) == [scene.pseudonym(), scene.pseudonym(of: "henry")])
        #expect(forgotten.map(\.secret) == [1, 1] && forgotten.map(\.person) == ["Dana", "Dana"])
        let entries = try scene.store.audit(AuditFilter(act: .memberForgotten))
        #expect(
            entries.map(\.reason)
                == forgotten.reversed().map { "\($0.pseudonym) by Dana: asked for it" })
        #expect(try scene.store.history().forgotten == forgotten)
        #expect(try scene.store.history().audit.filter { $0.act == .memberForgotten }.count == 2)
    }
}
