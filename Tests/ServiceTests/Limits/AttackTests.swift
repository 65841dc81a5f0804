import Foundation
import Logging
import Service
import Settlement
import Signing
import Testing

/// What is sent here is not what HTTP clients send. Whatever comes of it, nothing is stored that was not signed,
/// nobody else's answer is touched, and the daemon goes on.
@Suite("Attacks on the socket")
struct AttackTests {
    /// The statuses of all answers to exactly these bytes, until the daemon closes the connection.
    private func statuses(_ url: String, _ text: String, _ body: [UInt8] = []) async throws -> [Int] {
        let bytes = try await Connection.exchange(url, Array(text.utf8) + body)
        return String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst()
            .compactMap { Int($0.prefix(3)) }
    }

    private static let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    /// Requests whose end two readers could see in different places, each followed by one that a proxy in front
    /// would not have seen.
    static let smuggled: [(name: String, head: String)] = [
        ("length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked"),
        ("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 4"),
        ("two lengths", "Content-Length: 4\r\nContent-Length: 0"),
        ("two lengths in one", "Content-Length: 4, 0"),
        ("a length with a sign", "Content-Length: +4"),
        ("a length below zero", "Content-Length: -4"),
        ("a length in hexadecimal", "Content-Length: 0x4"),
        ("a length too large", "Content-Length: 99999999999999999999"),
        ("a folded header", "X-A: b\r\n Content-Length: 4"),
        ("a space before the colon", "Content-Length : 4"),
        ("another encoding", "Transfer-Encoding: cow"),
        ("an encoding behind chunks", "Transfer-Encoding: chunked, cow"),
        ("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked, identity"),
        ("a hidden encoding", "Transfer-Encoding: \u{b}chunked"),
        ("a bare line end", "X-A: b\nContent-Length: 4"),
        ("a zero byte", "X-A: \0\r\nContent-Length: 4"),
        ("a header without a name", ": b\r\nContent-Length: 4"),
    ]

    @Test(
        "What could end in two places is refused, and what is behind it is never answered",
        arguments: smuggled)
    func smuggling(name: String, head: String) async throws {
        let estate = try Estate()
        try await withDaemon(estate, limits: Self.hasty) { url, _ in
            let post = "POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n\(head)\r\n\r\n"
            let answers = try await statuses(url, post + "0\r\n\r\n" + Self.hidden)
            #expect(!answers.contains(200), "\(name): \(answers)")
            #expect(answers.allSatisfy { (400..<500).contains($0) }, "\(name): \(answers)")
            #expect(try await statuses(url, Self.hidden) == [200])
        }
    }

    @Test(
        "Chunks that are none are refused, and what is behind them is never answered",
        arguments: ["-1", "0x5", "5;\n", "G", "", " 5", "FFFFFFFFFFFFFFFFF", "5 5", "\u{661}"])
    func chunks(size: String) async throws {
        let estate = try Estate()
        try await withDaemon(estate, limits: Self.hasty) { url, _ in
            let bytes = Estate.batch()
            let head = """
                POST /v1/batches HTTP/1.1\r
                Host: x\r
                Content-Type: application/x-ndjson\r
                Settled-Signature: \(estate.merchantKey.sign(bytes))\r
                Transfer-Encoding: chunked\r
                \r
                \(size)\r
                hello\r
                0\r
                \r

                """
            let answers = try await statuses(url, head + Self.hidden)
            #expect(!answers.contains { $0 < 400 }, "\(answers)")
            guard case .stored = try estate.take(bytes) else {
                Issue.record("a batch of chunks that are none was stored")
                return
            }
        }
    }

    @Test("Heads that are too long, too many or none are refused")
    func heads() async throws {
        let estate = try Estate()
        try await withDaemon(estate, limits: Self.hasty) { url, _ in
            let long = String(repeating: "a", count: 1 << 20)
            let heads = [
                "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\(long): x\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: x\r\n"
                    + (0..<1000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
                "GET /healthz\r\n\r\n", "GET /healthz HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "{}\n", String(repeating: "\r\n", count: 100_000),
            ]
            for head in heads {
                let answers = try await statuses(url, head)
                #expect(answers.allSatisfy { $0 >= 400 }, "\(head.prefix(60)): \(answers)")
            }
            #expect(try await statuses(url, Self.hidden) == [200])
        }
    }

    @Test("What is no request is told so, with problem details, and the connection ends")
    func unreadable() async throws {
        let estate = try Estate()
        try await withDaemon(estate, limits: .patient) { url, _ in
            let chunked = """
                POST /v1/batches HTTP/1.1\r
                Host: x\r
                Content-Type: text/csv\r
                Settled-Signature: \(estate.merchantKey.sign([1]))\r
                Transfer-Encoding: chunked\r
                \r
                G\r

                """
            for text in [
                "{}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\n: x\r\n\r\n", chunked,
            ] {
                let bytes = try await Connection.exchange(url, Array(text.utf8))
                let reply = try #require(Reply(bytes), "\(text): \(String(decoding: bytes, as: UTF8.self))")
                #expect(reply.status == 400 && reply.code == "http_error", "\(text)")
                #expect(reply.headers["content-type"] == "application/problem+json")
                #expect(reply.headers["connection"] == "close")
            }
        }
    }

    @Test("Garbage behind a good request changes nothing about its answer")
    func pipelined() async throws {
        let estate = try Estate()
        try await withDaemon(estate, limits: .patient) { url, _ in
            let bytes = Estate.batch()
            let upload = Self.upload(bytes, estate.merchantKey)
            let connection = try await Connection(url)
            try await connection.send(upload + [0, 255, 13, 10] + Array("GARBAGE /\r\n\r\n".utf8))
            #expect(try await connection.answer().status == 201)
            let rest = (try? await connection.everything()) ?? []
            #expect(!String(decoding: rest, as: UTF8.self).contains("HTTP/1.1 2"))
            // Many at once on one connection are answered in their order.
            let other = Estate.batch("B-2", sequence: 2)
            let many =
                upload + request("GET /nowhere") + Self.upload(other, estate.merchantKey) + upload
                + request("GET /healthz", headers: [("Connection", "close")])
            let answers = try await statuses(url, "", many)
            #expect(answers == [200, 404, 201, 200, 200])
        }
    }

    @Test("Paths that climb, hide or repeat lead nowhere")
    func paths() async throws {
        let estate = try Estate()
        try await withDaemon(estate) { url, _ in
            for path in [
                "/v1/batches/../../etc/passwd", "/v1/batches/%2e%2e/%2e%2e/etc/passwd", "/v1/batches%00",
                "//v1/../healthz/..", "/v1/batches/..%2f..%2fsettled.sqlite", "/\\..\\healthz",
                "/healthz%2f..",
                "/v1/batches;x=/healthz", "/master.secret", "/%2e/settled.sqlite",
            ] {
                let reply = try await ask(url, request("GET \(path)"))
                #expect((400..<500).contains(reply.status), "\(path): \(reply.status)")
                #expect(!String(decoding: reply.body, as: UTF8.self).contains("root:"))
            }
        }
    }

    @Test("Ids that are paths or commands are only ids, and members' ids and secrets are in no log")
    func identifiers() async throws {
        let estate = try Estate()
        let lines = LoggingTests.Lines()
        let logger = Logger(label: "test") { _ in
            LineLog(threshold: LogThreshold(.trace), format: .json) { lines.append($0) }
        }
        try await withDaemon(estate, logger: logger) { url, _ in
            for (place, id) in ["../../x", "/etc/passwd", "%2e%2e", "$(reboot)", "'--", "<script>"]
                .enumerated()
            {
                let bytes = Estate.batch(id, sequence: Int64(place + 1))
                let reply = try await ask(url, Self.upload(bytes, estate.merchantKey))
                #expect(reply.status == 201, "\(id)")
            }
            let bad = Array("{\"member\":\"member-77\"}\n".utf8)
            #expect(try await ask(url, Self.upload(bad, estate.merchantKey)).status == 400)
            #expect(
                try await ask(
                    url, request("POST /v1/batches", headers: [("Content-Type", "text/csv")], body: bad)
                ).status == 401)
        }
        #expect(estate.scratch.names.allSatisfy { ["data"].contains($0) }, "\(estate.scratch.names)")
        let logged = lines.text
        #expect(logged.contains("batch stored"))
        #expect(!logged.contains("member-"), "\(logged)")
        let secret = try secret(of: estate)
        #expect(!secret.isEmpty && !logged.contains(secret))
    }

    private func secret(of estate: Estate) throws -> String {
        try Self.read(estate.scratch.file("data/master.secret"))
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func read(_ path: String) throws -> String { try text(of: path) }

    private static func upload(_ bytes: [UInt8], _ key: SigningKey) -> [UInt8] {
        request(
            "POST /v1/batches",
            headers: [
                ("Content-Type", "application/x-ndjson"), ("Settled-Signature", key.sign(bytes)),
            ], body: bytes)
    }

    /// Connections that go on waiting for more are closed soon.
    private static var hasty: ServerLimits {
        var limits = ServerLimits.patient
        (limits.headSeconds, limits.idleSeconds, limits.bodyGraceSeconds) = (5, 5, 5)
        return limits
    }
}
