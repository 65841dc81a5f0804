import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("The daemon over a real socket")
struct RouteTests {
    @Test(
        "A new batch is answered 201 with its receipt, a copy 200 with the same",
        arguments: BatchForm.allCases)
    func created(form: BatchForm) async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch("2026/01?#", form: form)
            let request = upload(
                bytes, signature: estate.merchantKey.sign(bytes), type: form.mediaType + "; charset=utf-8")
            let first = try await ask(url, request)
            #expect(first.status == 201)
            #expect(first.headers["content-type"] == "application/json")
            // There is no resource of a batch that it could name.
            #expect(first.headers["location"] == nil)
            #expect(try Receipt(parsing: first.body).digest == SHA256Digest(of: bytes))
            let seal = try DetachedJWS(parsing: first.headers["settled-seal"] ?? "")
            try seal.verify(payload: first.body, key: estate.sealKey)
            let second = try await ask(url, request)
            #expect(second.status == 200)
            #expect(second.body == first.body)
            for name in ["settled-signature", "settled-seal"] {
                #expect(second.headers[name] == first.headers[name] && first.headers[name] != nil)
            }
        }
    }

    @Test("HEAD is answered without a body, so that the next answer is read from its beginning")
    func head() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let requests = [
                "HEAD /v1/batches HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            ]
            let connection = try await Connection(url)
            try await connection.send(Array(requests.joined().utf8))
            let text = String(decoding: try await connection.everything(), as: UTF8.self)
            let heads = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(heads == ["401", "404", "200"])
            #expect(!text.contains("token_missing") && !text.contains("not_found"))
        }
    }

    @Test("Refusals are answered with problem details of their code")
    func refused() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch()
            let sign = { (bytes: [UInt8]) in estate.merchantKey.sign(bytes) }
            let cases: [(request: [UInt8], status: Int, code: String)] = [
                (upload(bytes, signature: nil), 401, "signature_malformed"),
                (upload(bytes, signature: "no.jws"), 401, "signature_malformed"),
                (
                    upload(
                        bytes, signature: estate.open.master.batchKey(merchant: "M", version: 9).sign(bytes)),
                    401, "key_unknown"
                ),
                (upload(bytes, signature: sign(Estate.batch("B-2"))), 401, "signature_invalid"),
                (upload(Array("{}\n".utf8), signature: sign(Array("{}\n".utf8))), 400, "malformed"),
                (
                    upload(Estate.batch(merchant: "N"), signature: sign(Estate.batch(merchant: "N"))), 403,
                    "merchant_mismatch"
                ),
            ]
            for (request, status, code) in cases {
                let reply = try await ask(url, request)
                #expect(reply.status == status && reply.code == code, "\(code)")
                #expect(reply.headers["content-type"] == "application/problem+json")
            }
        }
    }

    @Test("Used batch ids and sequences are conflicts")
    func conflicts() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let batches = [
                (Estate.batch("B-1", sequence: 1), 201, nil),
                (Estate.batch("B-1", sequence: 2), 409, "batch_reused"),
                (Estate.batch("B-2", sequence: 1), 409, "sequence_reused"),
            ]
            for (bytes, status, code) in batches {
                let reply = try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes)))
                #expect(reply.status == status)
                #expect(reply.code == code)
            }
        }
    }

    @Test("A strict batch's refused records are all listed")
    func strict() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch(records: 3, strict: true, at: "2026-03-01T00:00:00Z")
            let reply = try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes)))
            #expect(reply.status == 422)
            #expect(reply.code == "records_refused")
            #expect((try members(reply.body)["records"] as? [Any])?.count == 3)
        }
    }

    @Test("A batch beyond the limit is refused, whether its length is announced or not, and noted")
    func tooLarge() async throws {
        let estate = try Estate()
        try await withDaemon(estate, limitBytes: 1000) { url, _ in
            let bytes = Estate.batch(records: 100)
            let signature = estate.merchantKey.sign(bytes)
            let announced = try await ask(url, upload(bytes, signature: signature))
            #expect(announced.status == 413 && announced.code == "too_large")
            let head = request(
                "POST /v1/batches",
                headers: [
                    ("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature),
                    ("Transfer-Encoding", "chunked"),
                ])
            let chunk =
                Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n0\r\n\r\n".utf8)
            let chunked = try await ask(url, head + chunk)
            #expect(chunked.status == 413 && chunked.code == "too_large")
            let entries = try estate.open.store.audit(limit: 2)
            #expect(entries.map(\.code) == ["too_large", "too_large"])
            #expect(entries.map(\.keyID) == ["batch/M/1", "batch/M/1"])
        }
    }

    @Test("Other media types and encodings are refused")
    func mediaTypes() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch()
            let signature = estate.merchantKey.sign(bytes)
            for type in ["application/json", "text/plain", "application/x-ndjsonx", nil] {
                let reply = try await ask(url, upload(bytes, signature: signature, type: type))
                #expect(reply.status == 415 && reply.code == "unsupported_media_type", "\(type ?? "none")")
            }
            let packed = request(
                "POST /v1/batches",
                headers: [("Content-Type", "text/csv"), ("Content-Encoding", "br")], body: bytes)
            let reply = try await ask(url, packed)
            #expect(reply.status == 415 && reply.code == "unsupported_encoding")
        }
    }

    @Test("Unknown paths are 404, unknown methods 405, and health is ok")
    func others() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let health = try await ask(url, request("GET /healthz"))
            #expect(health.status == 200 && health.body == Array(#"{"status":"ok"}"#.utf8))
            for path in ["/", "/v1", "/v1/batches/1/2", "/healthz/x", "/v1/../healthz"] {
                let reply = try await ask(url, request("GET \(path)"))
                #expect(reply.status == 404 && reply.code == "not_found", "\(path)")
                #expect(reply.headers["content-type"] == "application/problem+json")
            }
            let method = try await ask(url, request("PUT /v1/batches"))
            #expect(method.status == 405 && method.code == "method_not_allowed")
            #expect(method.headers["allow"] == "GET, HEAD, POST")
        }
    }

    @Test("A store that cannot work is 503 with a time to wait, not a refusal")
    func unavailable() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            let bytes = Estate.batch()
            try estate.open.store.shut()
            let reply = try await ask(url, upload(bytes, signature: estate.merchantKey.sign(bytes)))
            #expect(reply.status == 503 && reply.code == "unavailable")
            #expect(reply.headers["retry-after"] == "10")
        }
    }

    @Test("A connection serves one request after the other, refused ones included")
    func keepAlive() async throws {
        let estate = try Estate()
        try await withDaemon(estate, limitBytes: 1000) { url, _ in
            let connection = try await Connection(url)
            let large = Estate.batch(records: 500)
            let small = Estate.batch()
            for (bytes, status) in [(large, 413), (small, 201), (large, 413), (small, 200)] {
                try await connection.send(upload(bytes, signature: estate.merchantKey.sign(bytes)))
                #expect(try await connection.answer().status == status)
            }
        }
    }
}
