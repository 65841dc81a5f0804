import Settlement
import Signing
import Testing

@testable import Store

@Suite("Intake")
struct IntakeTests {
    private let earn = record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")

    private func stored(_ appended: Appended) throws -> (document: SealedDocument, receipt: Receipt) {
        guard case .stored(let document, let receipt) = appended else {
            throw StoreTrouble("store a batch", because: "it was taken for a copy")
        }
        return (document, receipt)
    }

    @Test("A receipt says what was stored, and the bytes are kept as they came")
    func receipt() throws {
        let scene = try Scene()
        let records = [
            earn, record("b", .redeem, "y", 5, "2026-01-06T10:00:00Z"),
            record("c", .earn, "x", 7, "2025-12-31T23:59:59.999Z"), earn,
            record("d", .earn, "z", 7, "2026-02-01T00:00:00Z"),
        ]
        let received = Instant.at("2026-01-31T23:58:00Z")
        let (document, receipt) = try stored(try scene.send("b1", 1, records, received: received))
        #expect(receipt.counts == Receipt.Counts(records: 5, accepted: 3, duplicates: 1, refused: 1))
        #expect(receipt.refused == [RefusedRecord(line: 4, id: "c", code: .beforeStart)])
        #expect(
            receipt.periods == [
                Receipt.PeriodCount(period: "2026-01", records: 2),
                Receipt.PeriodCount(period: "2026-02", records: 1),
            ])
        #expect(receipt.warnings == [])
        #expect(document.bytes == receipt.bytes)
        let evidence = try #require(try scene.store.batch("b1", of: "M"))
        #expect(SHA256Digest(of: evidence.bytes) == receipt.digest)
        #expect(evidence.receipt == document)
        #expect(evidence.refused == receipt.refused)
        let listed = try scene.store.batches(of: "M")
        #expect(listed.map(\.summary.batch) == ["b1"])
        #expect(listed.first?.received == received)
    }

    @Test("A copy gets the first receipt byte for byte, and changes nothing")
    func copy() throws {
        let scene = try Scene()
        let first = try stored(try scene.send("b1", 1, [earn]))
        let before = try scene.rowCounts()
        let later = Instant.at("2026-03-01T00:00:00Z")
        let batch = try scene.verified("b1", 1, [earn], received: later)
        #expect(try scene.store.copy(of: batch.authentic) == first.document)
        guard case .copy(let again) = try scene.send("b1", 1, [earn], received: later) else {
            Issue.record("the same bytes were stored twice")
            return
        }
        #expect(again == first.document)
        #expect(try scene.rowCounts() == before)
    }

    @Test("A copy is one to the operator and to its merchant, and to nobody else")
    func copyOfAnother() throws {
        let scene = try Scene()
        let first = try stored(try scene.send("b1", 1, [earn]))
        let bytes = try #require(try scene.store.batch("b1", of: "M")).bytes
        let received = Instant.at("2026-01-31T12:00:00Z")
        #expect(try scene.store.copy(of: scene.authentic(bytes, by: "N", received: received)) == nil)
        #expect(
            try scene.store.copy(of: scene.authentic(bytes, by: nil, received: received)) == first.document)
        #expect(
            try scene.store.copy(of: scene.authentic(Array("x".utf8), by: "M", received: received)) == nil)
    }

    @Test("An operator's batch is a copy to its merchant, even where only an operator may sign its records")
    func copyOfOperators() throws {
        let scene = try Scene()
        let opening = record("o", .opening, "x", 40, "2019-01-05T10:00:00Z", expires: "2027-06-30")
        let first = try stored(try scene.send("b1", 1, [opening], byOperator: true))
        let bytes = try #require(try scene.store.batch("b1", of: "M")).bytes
        let authentic = try scene.authentic(bytes, by: "M", received: .at("2026-01-31T12:00:00Z"))
        #expect(try scene.store.copy(of: authentic) == first.document)
    }

    @Test("Another batch under a used batch id is refused, before its sequence is looked at")
    func batchReused() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [earn])
        try expect(.batchReused, scene) {
            try scene.send("b1", 1, [record("b", .earn, "x", 1, "2026-01-06T10:00:00Z")])
        }
        // Another merchant may call its batch the same.
        try scene.send("b1", 1, [earn], of: "N")
    }

    @Test("A used sequence is refused, of the same merchant and signer only")
    func sequenceReused() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [earn])
        try expect(.sequenceReused, scene) {
            try scene.send("b2", 1, [record("b", .earn, "x", 1, "2026-01-06T10:00:00Z")])
        }
        try scene.send("b2", 1, [], byOperator: true)
        try scene.send("b1", 1, [], of: "N")
    }

    @Test("A strict batch with a refused record is refused whole, all of them listed, sequence first")
    func recordsRefused() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [earn])
        let records = [
            record("b", .earn, "x", 1, "2026-01-06T10:00:00Z"),
            record("c", .earn, "x", 1, "2025-01-01T00:00:00Z"),
            record("a", .earn, "x", 101, "2026-01-05T10:00:00Z"),
        ]
        try expect(.sequenceReused, scene) { try scene.send("b2", 1, records, strict: true) }
        let refusal = try expect(.recordsRefused, scene) { try scene.send("b2", 2, records, strict: true) }
        #expect(
            refusal?.records == [
                RefusedRecord(line: 3, id: "c", code: .beforeStart),
                RefusedRecord(line: 4, id: "a", code: .idReused),
            ])
        // Neither batch, nor sequence, nor ids were taken.
        let sent = try stored(try scene.send("b2", 2, [records[0], earn], strict: true))
        #expect(sent.receipt.counts == Receipt.Counts(records: 2, accepted: 1, duplicates: 1, refused: 0))
    }

    @Test("A refused batch leaves an audit entry and no member's id")
    func audited() throws {
        let scene = try Scene()
        let refusal = BatchRefusal(.malformed, line: 7, field: "points", reason: "points is no integer")
        let before = try scene.rowCounts(without: ["audit"])
        try scene.store.note(
            refusal, digest: "sha256:00", keyID: "batch/M/1", merchant: "M", at: .at("2026-01-05T10:00:00Z"))
        #expect(
            try scene.store.audit(limit: 1) == [
                AuditEntry(
                    at: .at("2026-01-05T10:00:00Z"), act: .batchRefused, merchant: "M", keyID: "batch/M/1",
                    digest: "sha256:00", code: "malformed", line: 7, reason: "points is no integer")
            ])
        #expect(try scene.rowCounts(without: ["audit"]) == before)
    }

    @Test("A gap is warned of, and its numbers are listed until they arrive")
    func gaps() throws {
        let scene = try Scene()
        #expect(try stored(try scene.send("b2", 2, [])).receipt.warnings == ["sequence_gap"])
        #expect(try stored(try scene.send("b5", 5, [])).receipt.warnings == ["sequence_gap"])
        #expect(try stored(try scene.send("o1", 1, [], byOperator: true)).receipt.warnings == [])
        #expect(try scene.store.missingSequences().map(\.sequence) == [1, 3, 4])
        #expect(try stored(try scene.send("b3", 3, [])).receipt.warnings == [])
        #expect(try stored(try scene.send("b6", 6, [])).receipt.warnings == [])
        #expect(try scene.store.missingSequences().map(\.sequence) == [1, 4])
        #expect(try stored(try scene.send("b9", 5_000, [])).receipt.warnings == ["sequence_gap"])
        let missing = try scene.store.missingSequences()
        #expect(missing.count == 1_000)
        #expect(missing.allSatisfy { $0.merchant == "M" && $0.signer == .merchant })
        #expect(missing.prefix(3).map(\.sequence) == [1, 4, 7])
    }

    /// Expects a refusal after which every table but the audit has the rows that it had.
    @discardableResult
    private func expect(
        _ code: BatchRefusalCode, _ scene: Scene, _ body: () throws -> Void
    ) throws -> BatchRefusal? {
        let before = try scene.rowCounts(without: ["audit"])
        let refusal = #expect(throws: BatchRefusal.self) { try body() }
        #expect(refusal?.code == code)
        #expect(try scene.rowCounts(without: ["audit"]) == before)
        return refusal
    }
}
