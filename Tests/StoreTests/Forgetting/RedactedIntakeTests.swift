import Foundation
import Settlement
import Signing
import Testing

@testable import Store

@Suite("What comes of a forgotten member")
struct RedactedIntakeTests {
    private let received = Instant.at("2026-03-20T00:00:00Z")

    /// Takes a batch as the door does.
    private func send(
        _ id: String, _ sequence: Int64, _ records: [Settlement.Record], to scene: Scene
    ) throws -> (appended: Appended, batch: VerifiedBatch) {
        let batch = try scene.verified(id, sequence, records, of: "N", received: received)
        let redacted = try batch.redacted(
            scene.pseudonyms(), schedule: try scene.store.schedule(), received: received)
        let signer = scene.signer
        let appended = try scene.store.append(
            redacted, received: received, sealNotice: { signer.seal($0.bytes, for: $0.merchant.text) }
        ) { signer.seal($0.bytes, for: $0.merchant.text) }
        return (appended, batch)
    }

    private func late(of member: MemberID) -> [Settlement.Record] {
        [
            record("a", .earn, member, 100, "2026-01-05T10:00:00Z"),
            record("r", .redeemReversal, member, 10, "2026-03-15T10:00:00Z", ref: "c"),
        ]
    }

    @Test("A copy is ignored and a refund finds its redemption, under the pseudonym")
    func late() throws {
        let scene = try ForgettingStory.scene()
        let fresh = try ForgettingStory.scene(as: scene.pseudonym())
        try scene.forget(scene.forgetting())
        let (appended, batch) = try send("b3", 3, late(of: ForgettingStory.member), to: scene)
        guard case .stored(_, let receipt) = appended else {
            Issue.record("the batch is new: \(appended)")
            return
        }
        #expect(receipt.counts == Receipt.Counts(records: 2, accepted: 1, duplicates: 1, refused: 0))
        #expect(receipt.digest == batch.authentic.digest)
        try fresh.send("b3", 3, late(of: scene.pseudonym()), of: "N", received: received)
        #expect(try scene.memberRows() == fresh.memberRows())
        for scene in [scene, fresh] { try scene.close(2) }
        #expect(try scene.memberRows() == fresh.memberRows())
        let settled = try #require(try scene.store.settled(scene.pseudonym(), in: 2..<3).first?.settled)
        let place = try #require(settled.events.firstIndex { $0.record.id == "r" })
        #expect(settled.outcomes[place] == .settled)
        #expect(try scene.store.changedRows() == [])
    }

    @Test("Its batch gets a notice in the transaction that stores it, and is known by its signed bytes")
    func noticed() throws {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        let (_, batch) = try send("b3", 3, late(of: ForgettingStory.member), to: scene)
        let arrival = try #require(try scene.store.arrival(7))
        #expect(String(decoding: arrival.bytes, as: UTF8.self).contains(scene.pseudonym().text))
        #expect(!String(decoding: arrival.bytes, as: UTF8.self).contains(ForgettingStory.member.text))
        #expect(arrival.digest == batch.authentic.digest && arrival.signature == batch.authentic.signature)
        let redaction = try #require(arrival.redaction)
        #expect(redaction.signed == batch.authentic.digest)
        #expect(redaction.redacted == SHA256Digest(of: arrival.bytes))
        let notice = try #require(RedactionNotice(redaction.notice.bytes))
        let signature = SHA256Digest(of: Array(arrival.signature.utf8))
        #expect(notice.subject == .batch("b3", signer: .merchant, sequence: 3, signature: signature))
        #expect(notice.at == received)
        #expect(try scene.store.copy(of: batch.authentic) == arrival.receipt)
        let before = try scene.contents()
        guard case .copy(let again) = try send("b3", 3, late(of: ForgettingStory.member), to: scene).appended
        else {
            Issue.record("the same bytes are a copy")
            return
        }
        #expect(again == arrival.receipt)
        #expect(try scene.contents() == before)
    }

    @Test("A batch that names nobody of them is stored as it came")
    func others() throws {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        let (_, batch) = try send(
            "b3", 3, [record("s", .earn, "amy", 1, "2026-03-15T10:00:00Z")], to: scene)
        let arrival = try #require(try scene.store.arrival(7))
        #expect(arrival.bytes == batch.authentic.bytes && arrival.redaction == nil)
    }

    @Test("Done again elsewhere, a redacted batch is stored with its notice")
    func replayed() throws {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        let arrival = try #require(try scene.store.arrival(1))
        let redaction = try #require(arrival.redaction)
        let authentic = AuthenticBatch(
            redacted: arrival.bytes, digest: redaction.signed, form: .ndjson, signature: arrival.signature,
            keyID: "", keyMerchant: "M")
        let other = try Scene(Scene.alliance(carry: 3))
        let batch = try VerifiedBatch(
            authentic, schedule: try other.store.schedule(), received: arrival.received)
        let signer = other.signer
        _ = try other.store.replay(
            batch, received: arrival.received, under: 1, sealNotice: { _ in redaction.notice }
        ) { signer.seal($0.bytes, for: $0.merchant.text) }
        #expect(try other.store.arrival(1)?.redaction?.signed == redaction.signed)
        #expect(try other.store.arrival(1)?.receipt == arrival.receipt)
    }

    @Test("Where another is forgotten later, what was signed stays, and the notice is a new one")
    func another() throws {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        let first = try #require(try scene.store.arrival(1)?.redaction)
        let details = try scene.store.redactions(ofPeriod: 0)
        let untouched = try #require(try scene.store.arrival(3)?.redaction)
        let later = Instant.at("2026-03-11T00:00:00Z")
        try scene.forget(scene.forgetting("henry", at: later))
        let second = try #require(try scene.store.arrival(1)?.redaction)
        #expect(second.signed == first.signed && second.redacted != first.redacted)
        #expect(RedactionNotice(second.notice.bytes)?.at == later)
        #expect(try scene.store.arrival(3)?.redaction == untouched)
        let now = try scene.store.redactions(ofPeriod: 0)
        #expect(now.keys.sorted() == details.keys.sorted())
        #expect(now["M"]?.signed == details["M"]?.signed && now["M"]?.redacted != details["M"]?.redacted)
        #expect(now["N"] == details["N"])
        let fresh = try ForgettingStory.scene(as: scene.pseudonym())
        try fresh.forget(fresh.forgetting("henry", at: later))
        #expect(try scene.memberRows() == fresh.memberRows())
        #expect(try scene.store.changedRows() == [])
    }

    @Test("An archive that was written anew takes the old one's place, with notices of its batches")
    func archived() throws {
        let scene = try ForgettingStory.scene()
        let bytes = try scene.archive(1, named: "a.zst")
        let unread = try scene.store.batches(naming: ForgettingStory.member) { _, _ in nil }
        #expect(unread.batches.map(\.number) == [1, 3, 4, 5, 6] && unread.unread.isEmpty)
        let text = String(decoding: bytes, as: UTF8.self)
            .replacingOccurrences(of: ForgettingStory.member.text, with: scene.pseudonym().text)
        let redacted = Array(text.utf8)
        let rewritten = RewrittenArchive(
            number: 1, digest: SHA256Digest(of: [1]), name: "b.zst",
            batches: [1: (SHA256Digest(of: redacted), Int64(redacted.count))])
        let counts = try scene.forget(scene.forgetting(archives: [rewritten]))
        #expect(counts.batches == 4 && counts.archivedBatches == 1)
        let archive = try #require(try scene.store.archives().first)
        #expect(archive.name == "b.zst" && archive.digest == rewritten.digest && archive.batches == 1)
        let arrival = try #require(try scene.store.arrival(1))
        #expect(arrival.bytes.isEmpty && arrival.archive == archive)
        #expect(arrival.digest == SHA256Digest(of: bytes) && arrival.standing == SHA256Digest(of: redacted))
        #expect(try scene.integer("SELECT length FROM archived_batches") == Int64(redacted.count))
        #expect(try scene.store.changedRows() == [])
        // What was redacted is archived as it stands.
        try scene.archive(3, named: "c.zst")
        #expect(try scene.store.changedRows() == [])
    }

    @Test("A batch that may name it and is in an archive that is not at hand is told")
    func unread() throws {
        let scene = try ForgettingStory.scene()
        let bytes = try scene.archive(4, named: "a.zst")
        let without = try scene.store.batches(naming: ForgettingStory.member) { _, _ in nil }
        #expect(without.batches.map(\.number) == [1, 3, 5, 6] && without.unread.map(\.name) == ["a.zst"])
        let with = try scene.store.batches(naming: ForgettingStory.member) { _, _ in bytes }
        #expect(with.batches.map(\.number) == [1, 3, 4, 5, 6] && with.unread.isEmpty)
        #expect(with.batches.map { $0.archive?.number } == [nil, nil, 1, nil, nil])
    }
}
