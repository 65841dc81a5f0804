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

    private func packed(_ body: [UInt8], signature: String, encoding: String = "gzip") -> [UInt8] {
        request(
            "POST /v1/batches",
            headers: [
                ("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature),
                ("Content-Encoding", encoding),
            ], body: body)
    }

    @Test("A batch may come packed; what is signed is what it unpacks to, in one member or in two")
    func gzip() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch(records: 200)
            let signature = estate.merchantKey.sign(bytes)
            let whole = Gzip.pack(bytes)
            let halves = Gzip.pack(Array(bytes[..<777])) + Gzip.pack(Array(bytes[777...]))
            let first = try await ask(url, packed(whole, signature: signature))
            #expect(first.status == 201)
            #expect(try Receipt(parsing: first.body).digest == SHA256Digest(of: bytes))
            for (body, encoding) in [(halves, "x-gzip"), (whole, "GZIP"), (bytes, "identity")] {
                let again = try await ask(url, packed(body, signature: signature, encoding: encoding))
                #expect(again.status == 200 && again.body == first.body, "\(encoding)")
            }
            let twice = try await ask(url, packed(whole, signature: signature, encoding: "gzip, gzip"))
            #expect(twice.status == 415 && twice.code == "unsupported_encoding")
        }
    }

    @Test("A bomb is refused when it has unpacked to the limit, and the next request is served")
    func bomb() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bomb = Gzip.pack([UInt8](repeating: UInt8(ascii: " "), count: 64 << 20))
            #expect(bomb.count < 100_000)
            let connection = try await Connection(url)
            let bytes = Estate.batch()
            let signature = estate.merchantKey.sign(bytes)
            try await connection.send(packed(bomb, signature: signature))
            let reply = try await connection.answer()
            #expect(reply.status == 413 && reply.code == "too_large")
            try await connection.send(packed(Gzip.pack(bytes), signature: signature))
            #expect(try await connection.answer().status == 201)
        }
    }

    @Test("What is no whole gzip is refused as such")
    func damaged() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch(records: 50)
            let signature = estate.merchantKey.sign(bytes)
            let whole = Gzip.pack(bytes)
            var wrongSum = whole
            wrongSum[wrongSum.count - 8] ^= 1
            var wrongLength = whole
            wrongLength[wrongLength.count - 1] ^= 1
            for (name, body) in [
                ("cut", Array(whole.dropLast())), ("cut early", Array(whole.prefix(12))), ("plain", bytes),
                ("sum", wrongSum), ("length", wrongLength), ("garbage behind", whole + [1, 2, 3]),
                ("half a member behind", whole + whole.prefix(20)), ("zlib", Array(whole.dropFirst(10))),
            ] {
                let reply = try await ask(url, packed(body, signature: signature))
                #expect(reply.status == 400 && reply.code == "encoding_malformed", "\(name)")
            }
            #expect(try estate.open.store.batches(of: MerchantID(verified: "M")).isEmpty)
        }
    }
}
