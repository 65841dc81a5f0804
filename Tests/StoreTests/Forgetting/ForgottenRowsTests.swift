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
