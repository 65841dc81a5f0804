import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("How the intake stands")
struct StatusTests {
    /// M has sent 1 and 5, one record refused in each of two batches, one batch refused whole; N has sent nothing.
    private func estate() throws -> Estate {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1", sequence: 1), received: instant("2026-01-05T00:00:00Z"))
        _ = try estate.take(Estate.batch("B-5", sequence: 5, records: 3))
        _ = try estate.take(Estate.batch("B-6", sequence: 6, records: 1, at: "2026-02-20T00:00:00Z"))
        #expect(throws: BatchRefusal.self) { try estate.take(Estate.batch("B-7", sequence: 5)) }
        #expect(throws: BatchRefusal.self) {
            try estate.intake.take([1], form: .ndjson, signature: nil, received: Estate.received)
        }
        return estate
    }

    @Test("It says what came, what was refused by merchant and code, what is missing and what waits")
    func report() throws {
        let estate = try estate()
        let report = try StatusReport(estate.open.store, now: instant("2026-01-25T00:00:00Z"))
        let json = try members(Array(report.json.utf8))
        let merchants = try #require(json["merchants"] as? [[String: Any]])
        #expect(merchants.map { $0["merchant"] as? String } == ["M", "N"])
        #expect(merchants[0]["batches"] as? Int == 3 && merchants[0]["records"] as? Int == 6)
        // The first batch came before its records were made: in_future.
        #expect(merchants[0]["accepted"] as? Int == 3 && merchants[0]["refused"] as? Int == 3)
        #expect(merchants[0]["unsettled"] as? Int == 3 && merchants[1]["unsettled"] as? Int == 0)
        let oldest = try #require(merchants[0]["oldest_unsettled"] as? [String: String])
        #expect(oldest == ["period": "2026-01", "received": "2026-01-20T12:00:00.000Z"])
        let refused = try #require(json["refused"] as? [[String: Any]]).map { entry in
            "\(entry["merchant"] as? String ?? "nobody") \(entry["what"] ?? "") \(entry["code"] ?? "") \(entry["times"] ?? "")"
        }
        #expect(
            refused == [
                "nobody batch signature_malformed 1", "M batch sequence_reused 1", "M record in_future 3",
            ])
        let missing = try #require(json["missing"] as? [[String: Any]])
        #expect(missing.count == 1 && missing[0]["first"] as? Int == 2 && missing[0]["last"] as? Int == 4)
        let next = try #require(json["next_to_close"] as? [String: String])
        #expect(next == ["period": "2026-01", "from": "2026-02-02T00:00:00.000Z"])
        for line in ["What came", "M, signed by merchant: 2 … 4", "sequence_reused", "unknown"] {
            #expect(report.text.contains(line), "\(line)")
        }
    }

    @Test("Quiet is who sent no batch of its own in the last periods, and could have")
    func quiet() throws {
        let estate = try estate()
        func quiet(_ now: String, _ periods: Int = 1) throws -> [String]? {
            let report = try StatusReport(estate.open.store, now: instant(now), quietPeriods: periods)
            return try members(Array(report.json.utf8))["quiet"] as? [String]
        }
        #expect(try quiet("2026-01-25T00:00:00Z") == [], "there is no earlier period to have been quiet in")
        #expect(try quiet("2026-02-25T00:00:00Z") == ["N"])
        #expect(try quiet("2026-03-01T00:00:00Z") == ["M", "N"])
        #expect(try quiet("2026-03-01T00:00:00Z", 2) == ["N"])
        // What the operator sends for a merchant is no word of its own.
        let batch = Estate.batch("O-1", merchant: "N", at: "2026-02-10T00:00:00Z")
        _ = try estate.intake.take(
            batch, form: .ndjson, signature: estate.open.master.operatorKey(version: 1).sign(batch),
            received: instant("2026-02-20T00:00:00Z"))
        #expect(try quiet("2026-02-25T00:00:00Z") == ["N"])
    }

    @Test("Pending records are counted at their merchant")
    func pending() throws {
        let estate = try Estate()
        let redeem = Record(
            id: RecordID(verified: "R"), type: .redeem, member: MemberID(verified: "nobody"),
            points: Points(5),
            at: instant("2026-01-10T10:00:00Z"))
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B"), sequence: 1, for: [redeem])
        _ = try estate.take(BatchWriter.bytes(header, [redeem], form: .ndjson))
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-10T00:00:00Z"), forced: false)
        let standing = try estate.open.store.intakeStanding()
        #expect(standing.map(\.pending) == [1, 0] && standing.map(\.unsettled) == [0, 0])
    }

    @Test("The audit is filtered by merchant, act, code and time, the latest first")
    func audit() throws {
        let estate = try estate()
        let store = estate.open.store
        func acts(_ filter: AuditFilter) throws -> [String] {
            try store.audit(filter).map { "\($0.act.rawValue) \($0.merchant?.text ?? "") \($0.code ?? "")" }
        }
        #expect(
            try acts(AuditFilter(act: .batchRefused)) == [
                "batch_refused  signature_malformed", "batch_refused M sequence_reused",
            ])
        #expect(try acts(AuditFilter(code: "sequence_reused")) == ["batch_refused M sequence_reused"])
        #expect(
            try acts(AuditFilter(merchant: MerchantID(verified: "M"), until: Estate.received)) == [
                "key_added M "
            ])
        #expect(try store.audit(AuditFilter(from: Estate.received)).count == 2)
        #expect(try store.audit(AuditFilter(limit: 1)).map(\.code) == ["signature_malformed"])
        let entries = try store.audit(AuditFilter(act: .batchRefused))
        let lines = AuditText.json(entries).split(separator: "\n")
        #expect(try members(Array(lines[1].utf8))["merchant"] as? String == "M" && lines.count == 2)
        #expect(AuditText.text(entries).contains("signature_malformed"))
        #expect(AuditText.text([]).isEmpty)
    }
}
