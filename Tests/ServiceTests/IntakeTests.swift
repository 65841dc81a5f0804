import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("The single door for batches")
struct IntakeTests {
    @Test("A new batch gets a receipt of its bytes, signed for its merchant and sealed")
    func stored() throws {
        let estate = try Estate()
        let bytes = Estate.batch()
        guard case .stored(let document, let receipt) = try estate.take(bytes) else {
            Issue.record("the batch is new")
            return
        }
        #expect(receipt.digest == SHA256Digest(of: bytes))
        #expect(receipt.counts == Receipt.Counts(records: 2, accepted: 2, duplicates: 0, refused: 0))
        #expect(receipt.received == Estate.received)
        #expect(receipt.periods == [Receipt.PeriodCount(period: "2026-01", records: 2)])
        #expect(document.bytes == receipt.bytes)
        let statementKey = estate.open.master.statementKey(owner: "M", version: 1).verification
        try DetachedJWS(parsing: document.signature).verify(payload: document.bytes, key: statementKey)
        try DetachedJWS(parsing: document.seal).verify(payload: document.bytes, key: estate.sealKey)
    }

    @Test("The same bytes again get the first receipt, byte for byte")
    func copy() throws {
        let estate = try Estate()
        let bytes = Estate.batch()
        guard case .stored(let first, _) = try estate.take(bytes),
            case .copy(let second) = try estate.take(bytes, received: instant("2026-02-20T00:00:00Z"))
        else {
            Issue.record("expected a new batch, then its copy")
            return
        }
        #expect(second == first)
    }

    @Test("A copy is recognised before a suspension is, and after a revocation")
    func copyOfSuspended() throws {
        let estate = try Estate(
            alliance: Estate.alliance.replacingOccurrences(
                of: "  name: Merchant M\n",
                with: "  name: Merchant M\n  status:\n  - {from: 2026-02-10, status: suspended}\n"))
        let bytes = Estate.batch()
        let later = instant("2026-02-15T00:00:00Z")
        guard case .stored(let first, _) = try estate.take(bytes),
            case .copy(let second) = try estate.take(bytes, received: later)
        else {
            Issue.record("expected a new batch, then its copy")
            return
        }
        #expect(second == first)
        let other = #expect(throws: BatchRefusal.self) {
            try estate.take(Estate.batch("B-2", sequence: 2), received: later)
        }
        #expect(other?.code == .merchantSuspended)
        _ = try estate.open.store.revokeKey(estate.merchantKey.id, from: later, at: later)
        let revoked = #expect(throws: BatchRefusal.self) { try estate.take(bytes, received: later) }
        #expect(revoked?.code == .keyRevoked)
    }

    @Test("The figures of a receipt are read without its lists")
    func figures() throws {
        let estate = try Estate()
        let early = Estate.batch("B-1", records: 3, at: "2025-01-10T10:00:00Z")
        guard case .stored(let document, let receipt) = try estate.take(early) else {
            Issue.record("the batch is new")
            return
        }
        #expect(receipt.refused.count == 3)
        let figures = try #require(Receipt(figuresOf: document.bytes))
        #expect(figures.counts == receipt.counts && figures.batch == receipt.batch)
        #expect(figures.merchant == receipt.merchant && figures.refused.isEmpty)
        #expect(Receipt(figuresOf: Array("{}".utf8)) == nil)
    }

    @Test("A refused batch leaves an audit entry and nothing else")
    func refused() throws {
        let estate = try Estate()
        let bytes = Estate.batch(merchant: "N")
        let refusal = #expect(throws: BatchRefusal.self) { try estate.take(bytes) }
        #expect(refusal?.code == .merchantMismatch)
        let entry = try #require(try estate.open.store.audit(limit: 1).first)
        #expect(entry.act == .batchRefused)
        #expect(entry.code == "merchant_mismatch")
        #expect(entry.keyID == "batch/M/1")
        #expect(entry.merchant == MerchantID(verified: "M"))
        #expect(entry.digest == SHA256Digest(of: bytes).text)
        #expect(entry.at == Estate.received)
        // Its sequence and its id are still free.
        guard case .stored = try estate.take(Estate.batch()) else {
            Issue.record("a refused batch took something")
            return
        }
    }

    @Test("A signature that does not hold accuses nobody")
    func accused() throws {
        let estate = try Estate()
        let bytes = Estate.batch()
        let signature = estate.merchantKey.sign(Estate.batch("B-2"))
        let refusal = #expect(throws: BatchRefusal.self) {
            try estate.intake.take(bytes, form: .ndjson, signature: signature, received: Estate.received)
        }
        #expect(refusal?.code == .signatureInvalid)
        let entry = try #require(try estate.open.store.audit(limit: 1).first)
        #expect(entry.keyID == "batch/M/1")
        #expect(entry.merchant == nil)
    }

    @Test("A batch beyond the limit is refused before its signature is looked at")
    func tooLarge() throws {
        let estate = try Estate(limitBytes: 100)
        let refusal = #expect(throws: BatchRefusal.self) {
            try estate.intake.take(Estate.batch(), form: .ndjson, signature: nil, received: Estate.received)
        }
        #expect(refusal?.code == .tooLarge)
    }
}
