import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

@Suite("Limits over a real socket")
struct LimitTests {
    private func withLimits(
        _ estate: Estate, _ set: (inout ServerLimits) -> Void,
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        var limits = ServerLimits.patient
        set(&limits)
        try await withDaemon(estate, limits: limits) { url, _ in try await body(url) }
    }

    /// The first half of an upload, sent over a connection of its own that stays open.
    private func begin(_ url: String, _ upload: [UInt8]) async throws -> Connection {
        let connection = try await Connection(url)
        try await connection.send(Array(upload.dropLast(50)))
        return connection
    }

    @Test("Uploads beyond an address's number are 429, another's go on, and room is given back")
    func uploadsOfOne() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.uploadsPerPeer = 1
        } _: { url in
            let bytes = Estate.batch()
            let upload = upload(bytes, signature: estate.merchantKey.sign(bytes))
            let slow = try await begin(url, upload)
            // Until the first is counted, the second is only a copy.
            var second = try await ask(url, upload)
            while second.status != 429 { second = try await ask(url, upload) }
            #expect(second.code == "too_many_uploads")
            #expect(second.headers["retry-after"] != nil)
            #expect(second.headers["content-type"] == "application/problem+json")
            let other = Estate.batch("N-1", merchant: "N")
            let key = estate.open.master.batchKey(merchant: "N", version: 1)
            #expect(try await ask(url, Self.post(other, key), from: "127.0.0.2").status == 201)
            try await slow.send(Array(upload.suffix(50)))
            let first = try await slow.answer()
            #expect(first.status == 201 || first.status == 200)
            #expect(try await ask(url, upload).status == 200)
        }
    }

    @Test("Uploads beyond the number of all are 503")
    func uploadsOfAll() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.uploads = 1
        } _: { url in
            let bytes = Estate.batch()
            let upload = upload(bytes, signature: estate.merchantKey.sign(bytes))
            let slow = try await begin(url, upload)
            let other = Estate.batch("N-1", merchant: "N")
            let key = estate.open.master.batchKey(merchant: "N", version: 1)
            var reply = try await ask(url, Self.post(other, key))
            while reply.status != 503 { reply = try await ask(url, Self.post(other, key)) }
            #expect(reply.code == "busy" && reply.headers["retry-after"] != nil)
            #expect(try await ask(url, request("GET /healthz")).status == 200)
            _ = slow
        }
    }

    @Test("Requests that name no known key have a rate of their own, which nobody else feels")
    func unknown() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.unknownPerSecond = 1
        } _: { url in
            let bytes = Estate.batch()
            var codes: Set<String?> = []
            for _ in 0..<50 { codes.insert(try await ask(url, upload(bytes, signature: "no.jws")).code) }
            #expect(codes == ["signature_malformed", "rate_limited"])
            #expect(try await ask(url, Self.post(bytes, estate.merchantKey)).status == 201)
        }
    }

    @Test("A signature that cannot be good is refused before the body is sent")
    func beforeBody() async throws {
        let estate = try Estate()
        try await withLimits(estate) { _ in
        } _: { url in
            for (signature, code) in [
                ("no.jws", "signature_malformed"),
                (estate.open.master.batchKey(merchant: "M", version: 9).sign([1]), "key_unknown"),
            ] {
                let head = request(
                    "POST /v1/batches",
                    headers: [
                        ("Content-Type", "text/csv"), ("Settled-Signature", signature),
                        ("Content-Length", "1000"),
                    ])
                let reply = try await ask(url, head)
                #expect(reply.status == 401 && reply.code == code)
            }
            #expect(
                try estate.open.store.audit(limit: 2).map(\.code) == ["key_unknown", "signature_malformed"])
        }
    }

    @Test("Who asks before sending is told to go on, or refused at once")
    func expects() async throws {
        let estate = try Estate()
        try await withLimits(estate) { _ in
        } _: { url in
            let bytes = Estate.batch()
            func head(_ signature: String) -> [UInt8] {
                request(
                    "POST /v1/batches",
                    headers: [
                        ("Content-Type", "application/x-ndjson"), ("Settled-Signature", signature),
                        ("Content-Length", "\(bytes.count)"), ("Expect", "100-continue"),
                    ])
            }
            let connection = try await Connection(url)
            try await connection.send(head(estate.merchantKey.sign(bytes)))
            #expect(try await connection.answer().status == 100)
            try await connection.send(bytes)
            #expect(try await connection.answer().status == 201)
            #expect(try await ask(url, head("no.jws")).status == 401)
        }
    }

    @Test("A body that comes too slowly is given up with 408, and nothing is stored")
    func slow() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            ($0.bodyGraceSeconds, $0.bodyBytesPerSecond) = (1, 1 << 20)
        } _: { url in
            let bytes = Estate.batch()
            let half = Array(Self.post(bytes, estate.merchantKey).dropLast(50))
            let text = String(decoding: try await Connection.exchange(url, half), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 408 "))
            #expect(text.contains("\"code\":\"too_slow\""))
        }
        guard case .stored = try estate.take(Estate.batch()) else {
            Issue.record("half a batch was stored")
            return
        }
    }

    @Test("A body that comes quickly and then stands still is given up too: what came does not lie in memory")
    func stalled() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            ($0.bodyGraceSeconds, $0.bodyBytesPerSecond) = (1, 1024)
        } _: { url in
            // By the average of the whole it could stand still for ten minutes.
            let half = Array(Self.post(Estate.batch(records: 7_000), estate.merchantKey).dropLast(50))
            #expect(half.count > 600 * 1024)
            let text = String(decoding: try await Connection.exchange(url, half), as: UTF8.self)
            #expect(text.contains("\"code\":\"too_slow\""), "\(text)")
        }
    }

    @Test("A body that takes too long is given up, however it comes")
    func long() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.bodySeconds = 1
        } _: { url in
            let half = Array(Self.post(Estate.batch(), estate.merchantKey).dropLast(50))
            let text = String(decoding: try await Connection.exchange(url, half), as: UTF8.self)
            #expect(text.contains("\"code\":\"too_slow\""), "\(text)")
        }
    }

    @Test("A connection that brings no whole head in time is closed", arguments: ["", "GET /healthz HT"])
    func slowHead(beginning: String) async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.headSeconds = 1
        } _: { url in
            let answer = try await Connection.exchange(url, Array(beginning.utf8))
            #expect(answer.isEmpty)
        }
    }

    @Test("A connection that is silent after an answer is closed")
    func idle() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.idleSeconds = 5
        } _: { url in
            let answer = try await Connection.exchange(url, request("GET /healthz"))
            #expect(String(decoding: answer, as: UTF8.self).contains(" 200 "))
        }
    }

    @Test("What follows a refusal without end is read only for a while")
    func endless() async throws {
        let estate = try Estate()
        try await withLimits(estate) { _ in
        } _: { url in
            let connection = try await Connection(url)
            try await connection.send(
                request(
                    "POST /v1/batches",
                    headers: [
                        ("Content-Type", "text/csv"), ("Settled-Signature", "no.jws"),
                        ("Content-Length", "100000000000"),
                    ]))
            #expect(try await connection.answer().status == 413)
            let junk = [UInt8](repeating: 97, count: 1 << 20)
            await #expect(throws: Connection.Broken.self) {
                for _ in 0..<10_000 { try await connection.send(junk) }
            }
        }
    }

    @Test("With all connections taken only how the daemon is is answered, until one is closed")
    func connections() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.connections = 2
        } _: { url in
            var held = [try await Connection(url), try await Connection(url)]
            // Until both are counted, a third is served like any other.
            var third = try await askAgain(url, request("GET /README.md"))
            while third.status != 503 { third = try await askAgain(url, request("GET /README.md")) }
            #expect(third.code == "busy" && third.headers["retry-after"] != nil)
            for path in ["/healthz", "/readyz"] {
                #expect(try await askAgain(url, request("GET \(path)")).status == 200)
            }
            let head = request("HEAD /README.md", headers: [("Connection", "close")])
            var answer = ""
            for _ in 0..<100 where answer.isEmpty {
                answer = String(decoding: (try? await Connection.exchange(url, head)) ?? [], as: UTF8.self)
            }
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix("\r\n\r\n"), "\(answer)")
            held.removeLast()
            while try await askAgain(url, request("GET /README.md")).status != 200 {}
            #expect(held.count == 1)
        }
    }

    /// Asks until there is an answer: a connection beyond the most lives for a few seconds, which a busy machine may need
    /// for other things.
    private func askAgain(_ url: String, _ request: [UInt8]) async throws -> Reply {
        for _ in 0..<100 {
            do { return try await ask(url, request) } catch is Connection.Broken { continue }
        }
        return try await ask(url, request)
    }

    @Test("Connections of one address beyond its most are closed, and another's are served")
    func connectionsOfOne() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.connectionsPerPeer = 2
        } _: { url in
            let held = [try await Connection(url), try await Connection(url)]
            var isClosed = false
            while !isClosed {
                do { _ = try await ask(url, request("GET /healthz")) } catch is Connection.Broken {
                    isClosed = true
                }
            }
            #expect(try await ask(url, request("GET /healthz"), from: "127.0.0.2").status == 200)
            #expect(held.count == 2)
        }
    }

    @Test("The last quarter of the connections is for those who have few")
    func connectionsOfFew() async throws {
        let estate = try Estate()
        try await withLimits(estate) {
            $0.connections = 8
        } _: { url in
            var held: [Connection] = []
            for place in 1...6 {
                let connection = try await Connection(url, from: place > 3 ? "127.0.0.3" : "127.0.0.2")
                try await connection.send(request("GET /healthz"))
                #expect(try await connection.answer().status == 200)
                held.append(connection)
            }
            for address in ["127.0.0.2", "127.0.0.3"] {
                await #expect(throws: Connection.Broken.self) {
                    try await ask(url, request("GET /README.md"), from: address)
                }
            }
            // Those that were closed took nobody's place.
            #expect(try await ask(url, request("GET /README.md"), from: "127.0.0.4").status == 200)
            #expect(held.count == 6)
        }
    }

    private static func post(_ bytes: [UInt8], _ key: SigningKey) -> [UInt8] {
        upload(bytes, signature: key.sign(bytes))
    }
}
