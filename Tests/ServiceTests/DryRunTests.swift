import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Dry runs and packed uploads")
struct DryRunTests {
    private func dryRun(
        _ url: String, _ bytes: [UInt8], signature: String?, query: String = "dry_run=true"
    ) async throws -> Reply {
        var headers = [("Content-Type", "application/x-ndjson")]
        if let signature { headers.append(("Settled-Signature", signature)) }
        return try await ask(url, request("POST /v1/batches?\(query)", headers: headers, body: bytes))
    }

    @Test("A dry run gives the receipt that the batch would get, unsigned, and keeps nothing")
    func accepted() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch("B-3", sequence: 3)
            let signature = estate.merchantKey.sign(bytes)
            for _ in 1...2 {
                let reply = try await dryRun(url, bytes, signature: signature)
                #expect(reply.status == 200 && reply.headers["settled-dry-run"] == "true")
                #expect(reply.headers["settled-signature"] == nil && reply.headers["settled-seal"] == nil)
                let receipt = try Receipt(parsing: reply.body)
                #expect(receipt.counts.accepted == 2 && receipt.warnings == ["sequence_gap"])
            }
            let store = estate.open.store
            #expect(try store.batches(of: MerchantID(verified: "M")).isEmpty)
            #expect(try store.record(RecordID(verified: "B-3-0"), of: MerchantID(verified: "M")) == nil)
            let real = try await ask(url, upload(bytes, signature: signature))
            #expect(real.status == 201)
            let copy = try await dryRun(url, bytes, signature: signature)
            #expect(copy.status == 200 && copy.body == real.body)
            #expect(copy.headers["settled-signature"] == real.headers["settled-signature"])
        }
    }

    @Test("A dry run is refused as the batch would be, and leaves no entry in the audit")
    func refused() async throws {
        let estate = try Estate()
        _ = try estate.take(Estate.batch("B-1"))
        let before = try estate.open.store.audit()
        try await withDaemon(estate, limitBytes: 2000) { url, _ in
            let sign = { (bytes: [UInt8]) in estate.merchantKey.sign(bytes) }
            let strict = Estate.batch(
                "B-2", sequence: 2, records: 3, strict: true, at: "2026-03-01T00:00:00Z")
            let cases: [([UInt8], String?, Int, String)] = [
                (Estate.batch("B-1", records: 3), nil, 401, "signature_malformed"),
                (Estate.batch("B-1", records: 3), sign(strict), 401, "signature_invalid"),
                (Array("{}".utf8), sign(Array("{}".utf8)), 400, "malformed"),
                (Estate.batch("B-1", records: 3), sign(Estate.batch("B-1", records: 3)), 409, "batch_reused"),
                (Estate.batch("B-2"), sign(Estate.batch("B-2")), 409, "sequence_reused"),
                (strict, sign(strict), 422, "records_refused"),
                (Estate.batch("B-2", records: 100), sign(strict), 413, "too_large"),
            ]
            for (bytes, signature, status, code) in cases {
                let reply = try await dryRun(url, bytes, signature: signature)
                #expect(reply.status == status && reply.code == code, "\(code)")
            }
            let query = try await dryRun(url, strict, signature: sign(strict), query: "dry_run=yes")
            #expect(query.status == 400 && query.code == "parameter_malformed")
        }
        #expect(try estate.open.store.audit() == before)
    }

    @Test("What is rehearsed and what is stored at the same time do not see each other's records wrongly")
    func together() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 1...20 {
                    tasks.addTask {
                        // The same ids of records in all rehearsals; the real ones have their own.
                        let rehearsed = Estate.batch("R", sequence: 1000)
                        let reply = try await dryRun(
                            url, rehearsed, signature: estate.merchantKey.sign(rehearsed))
                        #expect(try Receipt(parsing: reply.body).counts.accepted == 2)
                        let kept = Estate.batch("B-\(number)", sequence: Int64(number))
                        let real = try await ask(url, upload(kept, signature: estate.merchantKey.sign(kept)))
                        #expect(real.status == 201)
                        #expect(try Receipt(parsing: real.body).counts.accepted == 2)
                    }
                }
                try await tasks.waitForAll()
            }
            let found = try estate.open.store.batches(of: MerchantID(verified: "M"))
            #expect(found.count == 20)
        }
    }
}
