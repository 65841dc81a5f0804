import GRDB
import Settlement
import Signing
import Testing

@testable import Store

/// The rows that say who was forgotten, and what was redacted for it.
@Suite("Rows of forgotten members that were changed")
struct ForgottenRowsTests {
    private func scene() throws -> Scene {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        return scene
    }

    @Test("Nothing changed, nothing is told")
    func whole() throws {
        let scene = try scene()
        #expect(try scene.store.changedRows() == [])
        try scene.store.shut()
    }

    @Test(
        "A row that was changed or is gone is told with its table",
        arguments: [
            ("forgotten_members", "UPDATE forgotten_members SET number = 2"),
            ("forgotten_members", "UPDATE forgotten_members SET pseudonym = 'amy'"),
            ("forgotten_members", "UPDATE forgotten_members SET pseudonym = ''"),
            ("forgotten_members", "UPDATE forgotten_members SET secret = 2"),
            ("forgotten_members", "UPDATE forgotten_members SET at = at + 1"),
            ("forgotten_members", "UPDATE forgotten_members SET person = 'Dan'"),
            ("forgotten_members", "UPDATE forgotten_members SET reason = ''"),
            ("forgotten_members", "UPDATE forgotten_members SET sum = ~sum"),
            ("forgotten_members", "DELETE FROM forgotten_members"),
            ("forgotten_members", "DELETE FROM audit WHERE act = 'member_forgotten'"),
            (
                "forgotten_members",
                "UPDATE audit SET reason = reason || '!' WHERE act = 'member_forgotten'"
            ),
            ("forgotten_members", "UPDATE audit SET at = at + 1 WHERE act = 'member_forgotten'"),
            ("redacted_batches", "UPDATE redacted_batches SET batch = 2 WHERE batch = 1"),
            ("redacted_batches", "UPDATE redacted_batches SET batch = 99 WHERE batch = 1"),
            ("redacted_batches", "UPDATE redacted_batches SET digest = zeroblob(32) WHERE batch = 3"),
            (
                "redacted_batches",
                "UPDATE redacted_batches SET notice = zeroblob(length(notice)) WHERE batch = 4"
            ),
            ("redacted_batches", "UPDATE redacted_batches SET signature = '' WHERE batch = 5"),
            ("redacted_batches", "UPDATE redacted_batches SET seal = signature WHERE batch = 6"),
            ("redacted_batches", "UPDATE redacted_batches SET sum = ~sum WHERE batch = 6"),
            ("batches", "DELETE FROM redacted_batches WHERE batch = 4"),
            ("redacted_details", "UPDATE redacted_details SET period = 5 WHERE period = 1"),
            ("redacted_details", "UPDATE redacted_details SET merchant = 3 WHERE merchant = 1"),
            ("redacted_details", "UPDATE redacted_details SET digest = zeroblob(32)"),
            ("redacted_details", "UPDATE redacted_details SET notice = X''"),
            ("redacted_details", "UPDATE redacted_details SET signature = seal"),
            ("redacted_details", "UPDATE redacted_details SET seal = ''"),
            ("redacted_details", "UPDATE redacted_details SET sum = ~sum"),
        ])
    func changed(table: String, sql: String) throws { try scene().expectDamage(in: table, after: sql) }

    @Test("A notice that was put in another's place is told, though its row bears the right sum")
    func foreign() throws {
        let scene = try scene()
        let (one, other) = (
            try #require(try scene.store.arrival(1)?.redaction),
            try #require(try scene.store.arrival(3)?.redaction)
        )
        try scene.store.writing("change") { database in
            try RedactionRows(database).set(one.redacted, ofBatch: 1, other.notice)
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.arrival(1) }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read redacted_batches, row 1")
        #expect(try scene.store.changedRows().contains { $0.attempt == "read redacted_batches, row 1" })
    }

    @Test("A notice of an instant at which nobody was forgotten is told, unless its batch came then")
    func instants() throws {
        let scene = try scene()
        let received = try #require(try scene.store.arrival(1)).received
        func sealed(_ redaction: Redaction, at instant: Instant) throws -> SealedDocument {
            let said = try #require(RedactionNotice(redaction.notice.bytes))
            let other = RedactionNotice(
                alliance: said.alliance, merchant: said.merchant, subject: said.subject, signed: said.signed,
                redacted: said.redacted, at: instant)
            return scene.signer.seal(other.bytes, for: said.merchant.text)
        }
        let batch = try #require(try scene.store.arrival(1)?.redaction)
        let details = try #require(try scene.store.redactions(ofPeriod: 0)["M"])
        for (instant, isTold) in [(Instant.at("2026-03-10T00:00:01Z"), true), (received, false)] {
            let notice = try sealed(batch, at: instant)
            try scene.store.writing("change") {
                try RedactionRows($0).set(batch.redacted, ofBatch: 1, notice)
            }
            let told = try scene.store.changedRows().map(\.attempt)
            #expect(told == (isTold ? ["read redacted_batches, row 1"] : []))
        }
        let notice = try sealed(details, at: received)
        try scene.store.writing("change") {
            try RedactionRows($0).set(details.redacted, ofDetails: 1, period: 0, notice)
        }
        let told = try scene.store.changedRows().map(\.attempt)
        #expect(told == ["read redacted_details, period 0, merchant number 1"])
    }

    @Test("A member that is forgotten again keeps its row, and gets another entry of the audit")
    func again() throws {
        let scene = try scene()
        // Stored by who does not know.
        try scene.send(
            "b5", 5, [record("q", .earn, ForgettingStory.member, 1, "2026-03-15T10:00:00Z")],
            received: .at("2026-03-20T00:00:00Z"))
        try scene.forget(scene.forgetting(at: .at("2026-03-21T00:00:00Z")))
        #expect(try scene.store.forgottenMembers().map(\.at) == [ForgettingStory.at])
        #expect(try scene.store.audit().filter { $0.act == .memberForgotten }.count == 2)
        #expect(try scene.store.changedRows() == [])
    }

    @Test("Details whose redaction is gone are not those that their statement was signed with")
    func detailsGone() throws {
        let scene = try scene()
        #expect(throws: Never.self) { try scene.details(0) }
        try scene.store.writing("change") { try $0.execute(sql: "DELETE FROM redacted_details") }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.details(0) }
        #expect(trouble?.cause.contains("was signed with") == true)
    }

    @Test("Details that are not those of their redaction are told")
    func detailsChanged() throws {
        let scene = try scene()
        let redaction = try #require(try scene.store.redactions(ofPeriod: 0)["M"])
        let notice = try #require(RedactionNotice(redaction.notice.bytes))
        let wrong = SHA256Digest(of: [7])
        let document = RedactionNotice(
            alliance: notice.alliance, merchant: notice.merchant, subject: notice.subject,
            signed: notice.signed, redacted: wrong, at: notice.at)
        try scene.store.writing("change") { database in
            try RedactionRows(database).set(
                wrong, ofDetails: 1, period: 0, scene.signer.seal(document.bytes, for: "M"))
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.details(0) }
        #expect(
            trouble?.cause.contains("its redaction names \(wrong.text)") == true, "\(trouble?.cause ?? "")")
    }
}
