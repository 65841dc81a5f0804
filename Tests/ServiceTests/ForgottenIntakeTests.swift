import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

/// What comes of a forgotten member later is stored under its pseudonym; who sent it sees no difference.
@Suite("Batches that name forgotten members")
struct ForgottenIntakeTests {
    @Test("A door that was opened before a member was forgotten takes nothing in any more, and says why")
    func late() throws {
        let copy = try ForgottenCopy()
        let before = try copy.folder.open()
        defer { before.shut() }
        try copy.forget(MemberID(verified: "ben"))
        let bytes = Estate.batch("B-9", sequence: 9, at: "2026-04-10T10:00:00Z")
        let signature = before.master.batchKey(merchant: "M", version: 1).sign(bytes)
        let received = instant("2026-04-11T00:00:00Z")
        let trouble = #expect(throws: StoreTrouble.self) {
            try before.intake().take(bytes, form: .ndjson, signature: signature, received: received)
        }
        #expect(trouble?.cause.hasPrefix("a member was forgotten") == true, "\(trouble?.cause ?? "")")
        #expect(throws: StoreTrouble.self) {
            try before.intake().rehearse(bytes, form: .ndjson, signature: signature, received: received)
        }
        let after = try copy.folder.open()
        defer { after.shut() }
        _ = try after.intake().take(bytes, form: .ndjson, signature: signature, received: received)
    }

    @Test("It is stored redacted, with a notice of its receipt's time; the receipt is of what was sent")
    func redacted() throws {
        let copy = try ForgottenCopy()
        for number in [8, 10] {
            let arrival = try copy.read { try #require(try $0.arrival(Int64(number))) }
            let sent = copy.story.batches[number - 1].bytes
            let text = String(decoding: arrival.bytes, as: UTF8.self)
            #expect(
                text
                    == String(decoding: sent, as: UTF8.self)
                    .replacingOccurrences(of: ForgottenStory.member.text, with: copy.story.pseudonym))
            let redaction = try #require(arrival.redaction)
            let notice = try #require(RedactionNotice(redaction.notice.bytes))
            #expect(redaction.signed == SHA256Digest(of: sent) && notice.at == arrival.received)
            #expect(redaction.redacted == SHA256Digest(of: arrival.bytes))
            #expect(try members(arrival.receipt.bytes)["digest"] as? String == redaction.signed.text)
        }
        #expect(try copy.read { try $0.arrival(9)?.redaction } == nil)
    }

    @Test("Sent again it is a copy, whether it came before its member was forgotten or after")
    func copies() throws {
        let copy = try ForgottenCopy()
        let open = try copy.folder.open()
        defer { open.shut() }
        for number in [1, 2, 3, 5, 8, 10] {
            let (merchant, bytes, form) = copy.story.batches[number - 1]
            let signature = open.master.batchKey(merchant: merchant, version: 1).sign(bytes)
            let received = instant("2026-04-20T00:00:00Z")
            let first = try #require(try open.store.arrival(Int64(number))).receipt
            let answer = try open.intake().take(bytes, form: form, signature: signature, received: received)
            let rehearsed = try open.intake().rehearse(
                bytes, form: form, signature: signature, received: received)
            guard case .copy(let document) = answer, case .copy(let again) = rehearsed else {
                Issue.record("batch \(number) is no copy")
                continue
            }
            #expect(document == first && again == first)
        }
    }

    @Test("A rehearsal says what would become of it, and keeps nothing")
    func rehearsed() throws {
        let copy = try ForgottenCopy()
        let open = try copy.folder.open()
        defer { open.shut() }
        let text = String(
            decoding: Estate.batch("B-9", sequence: 6, at: "2026-04-10T10:00:00Z"), as: UTF8.self)
        let bytes = Array(text.replacingOccurrences(of: "member-1", with: ForgottenStory.member.text).utf8)
        let rehearsed = try open.intake().rehearse(
            bytes, form: .ndjson, signature: open.master.batchKey(merchant: "M", version: 1).sign(bytes),
            received: instant("2026-04-11T00:00:00Z"))
        guard case .new(let receipt) = rehearsed else {
            Issue.record("it would be new")
            return
        }
        #expect(receipt.digest == SHA256Digest(of: bytes) && receipt.counts.accepted == 2)
        #expect(try open.store.arrival(11) == nil)
    }

    @Test("Nothing in the data folder names the member any more, whatever came later")
    func nowhere() throws {
        let copy = try ForgottenCopy()
        let open = try copy.folder.open()
        try open.store.scrub()
        open.shut()
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.folder.path)
        #expect(names.contains("settled.sqlite"))
        for name in names {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: copy.folder.path + "/" + name))
            for spelling in [ForgottenStory.member.text, #"ana\u002d8012"#] {
                #expect(bytes.range(of: Data(spelling.utf8)) == nil, "\(name) has \(spelling)")
            }
        }
    }
}
