import Foundation
import Service
import Settlement
import Signing
import Store
import Synchronization
import Testing

@Suite("Refusals over a real socket, and which comes first")
struct RefusedOverHTTPTests {
    private func post(
        _ url: String, _ bytes: [UInt8], _ signature: String, announced: Bool = true
    ) async throws -> Reply {
        guard !announced else { return try await ask(url, upload(bytes, signature: signature)) }
        let head = request(
            "POST /v1/batches",
            headers: [
                ("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature),
                ("Transfer-Encoding", "chunked"),
            ])
        let chunk = Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n0\r\n\r\n".utf8)
        return try await ask(url, head + chunk)
    }

    @Test("Too large is said before a bad signature is, where the length is announced, and while it comes")
    func tooLarge() async throws {
        let estate = try Estate(limitBytes: 1_000)
        try await withDaemon(estate, limitBytes: 1_000) { url, _ in
            let large = Estate.batch(records: 50)
            let forged = estate.merchantKey.sign([0])
            for (signature, announced, code) in [
                ("no.jws", true, "too_large"), (forged, true, "too_large"), (forged, false, "too_large"),
                // Without a length nobody knows yet that it is too large.
                ("no.jws", false, "signature_malformed"),
            ] {
                let reply = try await post(url, large, signature, announced: announced)
                #expect(reply.code == code, "\(signature), \(announced)")
                #expect(reply.status == (code == "too_large" ? 413 : 401))
            }
            #expect(try await post(url, Estate.batch(), forged).code == "signature_invalid")
        }
    }

    @Test("A suspended merchant, a revoked key, a record of the operator's")
    func notAllowed() async throws {
        let estate = try Estate(
            alliance: Estate.alliance.replacingOccurrences(
                of: "  name: Merchant M\n",
                with: "  name: Merchant M\n  status:\n  - {from: 2026-01-15, status: suspended}\n"))
        try await withDaemon(estate) { url, _ in
            let own = Estate.batch()
            let suspended = try await post(url, own, estate.merchantKey.sign(own))
            #expect(suspended.status == 403 && suspended.code == "merchant_suspended")
            let other = estate.open.master.batchKey(merchant: "N", version: 1)
            let opening = Array(
                (#"{"format":"settled-batch/1","merchant":"N","batch":"o","sequence":1,"records":1,"#
                    + #""totals":{"opening":50}}"# + "\n"
                    + #"{"id":"o","type":"opening","member":"x","points":50,"at":"2026-01-10T10:00:00Z"}"#
                    + "\n").utf8)
            let alone = try await post(url, opening, other.sign(opening))
            #expect(alone.status == 403 && alone.code == "operator_only")
            #expect(try members(alone.body)["line"] as? Int == 2)
            _ = try estate.open.store.revokeKey(other.id, from: Estate.received, at: Estate.received)
            let revoked = try await post(url, opening, other.sign(opening))
            #expect(revoked.status == 401 && revoked.code == "key_revoked")
        }
    }

    @Test("A count or a total that is wrong is said before the batch id's first use is")
    func order() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            func send(_ text: String) async throws -> String? {
                let bytes = Array(text.utf8)
                return try await post(url, bytes, estate.merchantKey.sign(bytes)).code
            }
            let first = String(decoding: Estate.batch(), as: UTF8.self)
            let taken = try await send(first)
            #expect(taken == nil)
            let other = first.replacingOccurrences(of: "member-0", with: "member-9")
            let cases = [
                (#""records":2"#, #""records":3"#, "count_mismatch"),
                (#""earn":200"#, #""earn":201"#, "totals_mismatch"), ("", "", "batch_reused"),
            ]
            for (from, to, code) in cases {
                let text = from.isEmpty ? other : other.replacingOccurrences(of: from, with: to)
                #expect(from.isEmpty || text != other)
                let found = try await send(text)
                #expect(found == code)
            }
        }
    }

    private final class Count: Sendable {
        private let number = Atomic<Int>(0)
        var value: Int { number.load(ordering: .relaxed) }
        func add() { number.add(1, ordering: .relaxed) }
    }

    @Test("Refusals that were only counted are written down also while batches come", .timeLimit(.minutes(5)))
    func countedMeanwhile() async throws {
        let estate = try Estate()
        let refused = Count()
        try await withDaemon(estate) { url, _ in
            let unknown = estate.open.master.batchKey(merchant: "M", version: 9)
            let bytes = Estate.batch()
            let forged = upload(bytes, signature: unknown.sign(bytes))
            var sequence: Int64 = 0
            // Each batch proves that the store can be written to: nothing else would look after it.
            while try !estate.open.store.audit(limit: 100_000).contains(where: { $0.times > 1 }) {
                sequence += 1
                let batch = Estate.batch("B-\(sequence)", sequence: sequence)
                #expect(try await post(url, batch, estate.merchantKey.sign(batch)).status == 201)
                let rush = (0..<20).map { _ in
                    Task { try await ask(url, forged).code == "key_unknown" }
                }
                for answer in rush where try await answer.value { refused.add() }
            }
            #expect(sequence > 0)
        }
        let count = refused.value
        #expect(count > 0)
        #expect(try estate.open.store.refusalCounts().map(\.count).reduce(0, +) == Int64(count))
    }

    @Test("A batch of more records than are taken is too large, whoever signed it")
    func records() throws {
        let estate = try Estate()
        let intake = estate.open.intake(limitBytes: 1 << 20, limitRecords: 10)
        func take(_ bytes: [UInt8], _ signature: String?) throws {
            _ = try intake.take(bytes, form: .ndjson, signature: signature, received: Estate.received)
        }
        let most = Estate.batch(records: 10)
        try take(most, estate.merchantKey.sign(most))
        // As many lines as a batch in CSV of ten records has.
        let more = Estate.batch("B-2", sequence: 2, records: 12)
        for signature in [estate.merchantKey.sign(more), "no.jws", nil] {
            let refusal = #expect(throws: BatchRefusal.self) { try take(more, signature) }
            #expect(refusal?.code == .tooLarge && refusal?.expected == "at most 10 records")
        }
    }
}
