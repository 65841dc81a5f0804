import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Batches that come packed")
struct PackedTests {
    private func packed(_ body: [UInt8], signature: String, encoding: String = "gzip") -> [UInt8] {
        request(
            "POST /v1/batches",
            headers: [
                ("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature),
                ("Content-Encoding", encoding),
            ], body: body)
    }

    @Test("A batch may come packed; what is signed is what it unpacks to, in one piece or in two")
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
            let frames = Zstd.pack(Array(bytes[..<777])) + Zstd.pack(Array(bytes[777...]))
            for (body, encoding) in [
                (halves, "x-gzip"), (whole, "GZIP"), (bytes, "identity"), (Zstd.pack(bytes), "zstd"),
                (frames, "ZSTD"), (Zstd.pack(bytes, windowLog: 23), "zstd"),
            ] {
                let again = try await ask(url, packed(body, signature: signature, encoding: encoding))
                #expect(again.status == 200 && again.body == first.body, "\(encoding)")
            }
            let wide = try await ask(
                url, packed(Zstd.pack(bytes, windowLog: 24), signature: signature, encoding: "zstd"))
            #expect(wide.status == 400 && wide.code == "encoding_malformed")
            let twice = try await ask(url, packed(whole, signature: signature, encoding: "gzip, gzip"))
            #expect(twice.status == 415 && twice.code == "unsupported_encoding")
        }
    }

    @Test("A bomb is refused when it has unpacked to the limit, and the next request is served")
    func bomb() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 64 << 20)
            let connection = try await Connection(url)
            let bytes = Estate.batch()
            let signature = estate.merchantKey.sign(bytes)
            for (bomb, encoding) in [(Gzip.pack(blanks), "gzip"), (Zstd.pack(blanks), "zstd")] {
                #expect(bomb.count < 100_000)
                try await connection.send(packed(bomb, signature: signature, encoding: encoding))
                let reply = try await connection.answer()
                #expect(reply.status == 413 && reply.code == "too_large", "\(encoding)")
            }
            try await connection.send(packed(Gzip.pack(bytes), signature: signature))
            #expect(try await connection.answer().status == 201)
        }
    }

    @Test("What is not whole, or not what it says, is refused as such")
    func damaged() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch(records: 50)
            let signature = estate.merchantKey.sign(bytes)
            for (encoding, whole) in [("gzip", Gzip.pack(bytes)), ("zstd", Zstd.pack(bytes))] {
                // Of gzip the sum and the length stand at the end, of zstd the sum.
                var (wrongSum, wrongEnd) = (whole, whole)
                wrongSum[wrongSum.count - (encoding == "gzip" ? 8 : 4)] ^= 1
                wrongEnd[wrongEnd.count - 1] ^= 1
                for (name, body) in [
                    ("cut", Array(whole.dropLast())), ("cut early", Array(whole.prefix(12))),
                    ("plain", bytes),
                    ("sum", wrongSum), ("end", wrongEnd), ("garbage behind", whole + [1, 2, 3]),
                    ("half a member behind", whole + whole.prefix(20)),
                    ("no head", Array(whole.dropFirst(10))),
                    ("the other", encoding == "gzip" ? Zstd.pack(bytes) : Gzip.pack(bytes)),
                ] {
                    let reply = try await ask(url, packed(body, signature: signature, encoding: encoding))
                    #expect(reply.status == 400 && reply.code == "encoding_malformed", "\(encoding): \(name)")
                }
            }
            #expect(try estate.open.store.batches(of: MerchantID(verified: "M")).isEmpty)
        }
    }
}
