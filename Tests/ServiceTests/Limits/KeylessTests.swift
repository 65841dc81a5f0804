import Foundation
import Service
import Settlement
import Signing
import Testing

@Suite("Uploads under a merchant's key id without its key")
struct KeylessTests {
    /// A signature of M's key id over something else: nobody can tell before the last byte is here.
    private func forged(_ estate: Estate) -> String { estate.merchantKey.sign([0]) }

    /// So many uploads of `length` bytes, each begun with `sent` bytes and left so.
    private func attack(
        _ url: String, _ estate: Estate, count: Int, length: Int, sent: Int, encoding: String? = nil,
        from source: String = "127.0.0.1"
    ) async throws -> [Connection] {
        var headers = [
            ("Content-Type", "application/x-ndjson"), ("Settled-Signature", forged(estate)),
            ("Content-Length", "\(length)"),
        ]
        if let encoding { headers.append(("Content-Encoding", encoding)) }
        let head = request("POST /v1/batches", headers: headers)
        var held: [Connection] = []
        for _ in 0..<count {
            let connection = try await Connection(url, from: source)
            // One too many is cut off after its refusal.
            try? await connection.send(head + [UInt8](repeating: 0x20, count: sent))
            held.append(connection)
        }
        return held
    }

    /// Whether the upload is refused for want of room, as it is once those before it are counted.
    private func isRefused(_ url: String, _ upload: [UInt8], code: String) async throws -> Bool {
        try await ask(url, upload).code == code
    }

    @Test("All that one address may hold keeps no batch of 500 records from another address out")
    func oneAddress() async throws {
        let estate = try Estate(limitBytes: 64 << 20)
        try await withDaemon(estate, limitBytes: 64 << 20) { url, _ in
            let limits = ServerLimits()
            let batch = Estate.batch(records: 500)
            let upload = Self.upload(batch, estate.merchantKey.sign(batch))
            // Each announces the largest and brings less than goes to the disk; then as many again as it may have.
            let held = try await attack(
                url, estate, count: limits.uploadsPerPeer + 20, length: 64 << 20, sent: 300 << 10)
            while try await !isRefused(url, Self.dry(upload), code: "too_many_uploads") {}
            let reply = try await ask(url, upload, from: "127.0.0.2")
            #expect(reply.status == 201, "\(reply.code ?? "")")
            #expect(held.count == limits.uploadsPerPeer + 20)
        }
    }

    @Test("Nor do several addresses that fill the memory and the places with large and with small ones")
    func severalAddresses() async throws {
        let estate = try Estate(limitBytes: 64 << 20)
        try await withDaemon(estate, limitBytes: 64 << 20) { url, _ in
            let limits = ServerLimits()
            var held: [Connection] = []
            for number in 10..<18 {
                held += try await attack(
                    url, estate, count: limits.uploadsPerPeer, length: 64 << 20, sent: 700 << 10,
                    from: "127.0.0.\(number)")
            }
            let batch = Estate.batch(records: 500)
            let upload = Self.upload(batch, estate.merchantKey.sign(batch))
            let reply = try await ask(url, upload, from: "127.0.0.2")
            #expect(reply.status == 201, "\(reply.code ?? "")")
            // A large one finds its room too: on the disk.
            let large = Estate.batch("B-2", sequence: 2, records: 40_000)
            let second = try await ask(
                url, Self.upload(large, estate.merchantKey.sign(large)), from: "127.0.0.2")
            #expect(large.count > 3 << 20 && second.status == 201, "\(second.code ?? "")")
            #expect(held.count == 8 * limits.uploadsPerPeer)
        }
    }

    @Test("Behind a proxy the address counts that it names last, and no word of the client's")
    func proxy() async throws {
        let estate = try Estate()
        var limits = ServerLimits.patient
        limits.uploadsPerPeer = 1
        try await withDaemon(estate, limits: limits, isBehindProxy: true) { url, _ in
            let bytes = Estate.batch()
            func upload(_ forwarded: String?) -> [UInt8] {
                let headers = [
                    ("Content-Type", "application/x-ndjson"),
                    ("Settled-Signature", estate.merchantKey.sign(bytes)),
                ]
                let named = forwarded.map { [("X-Forwarded-For", $0)] } ?? []
                return request("POST /v1/batches", headers: headers + named, body: bytes)
            }
            let slow = try await Connection(url)
            try await slow.send(Array(upload("192.0.2.9, 192.0.2.1").dropLast(50)))
            while try await !isRefused(url, upload("192.0.2.1"), code: "too_many_uploads") {}
            #expect(try await isRefused(url, upload("192.0.2.7, 192.0.2.1"), code: "too_many_uploads"))
            for other in ["192.0.2.1, 192.0.2.2", "2001:db8::1", "nowhere"] {
                #expect(try await ask(url, upload(other)).status < 300, "\(other)")
            }
            #expect(try await ask(url, upload(nil)).status < 300)
            _ = slow
        }
    }

    @Test("A large batch that unpacks from little is taken, step by step over the disk")
    func unpacked() async throws {
        let estate = try Estate(limitBytes: 64 << 20)
        try await withDaemon(estate, limitBytes: 64 << 20) { url, _ in
            let large = Estate.batch(records: 30_000)
            for (body, encoding, status) in [
                (Gzip.pack(large), "gzip", 201), (Zstd.pack(large), "zstd", 200),
            ] {
                let reply = try await ask(
                    url,
                    request(
                        "POST /v1/batches",
                        headers: [
                            ("Content-Type", "application/x-ndjson"), ("Content-Encoding", encoding),
                            ("Settled-Signature", estate.merchantKey.sign(large)),
                        ], body: body))
                #expect(reply.status == status, "\(encoding): \(reply.code ?? "")")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: estate.open.folder.path)
            #expect(!names.contains { $0.hasPrefix("upload-") }, "\(names)")
        }
    }

    private static func upload(_ bytes: [UInt8], _ signature: String) -> [UInt8] {
        request(
            "POST /v1/batches",
            headers: [("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature)], body: bytes
        )
    }

    /// The same as a dry run: nothing of it is kept.
    private static func dry(_ upload: [UInt8]) -> [UInt8] {
        let line = Array("POST /v1/batches HTTP".utf8)
        return Array("POST /v1/batches?dry_run=true HTTP".utf8) + upload.dropFirst(line.count)
    }
}
