import Foundation
import Logging
import Settlement
import Signing
import Testing

@testable import Service

@Suite("The listener of metrics", .timeLimit(.minutes(5)))
struct MetricsListenerTests {
    @Test("It answers that one path and nothing else, and merchants' listener does not have it")
    func path() async throws {
        let estate = try Estate()
        try await withMetrics(estate) { url, metrics in
            #expect(try await ask(url, request("GET /metrics")).status == 404)
            #expect(try await ask(metrics, request("GET /v1/batches")).status == 404)
            #expect(try await ask(metrics, request("GET /healthz")).status == 404)
            let other = try await ask(metrics, request("POST /metrics"))
            #expect(other.status == 405 && other.headers["allow"] == "GET, HEAD")
            let batch = Estate.batch()
            let sent = try await ask(metrics, upload(batch, signature: estate.merchantKey.sign(batch)))
            #expect(sent.status == 404)
            let scraped = try await scrape(metrics)
            #expect(scraped[#"settled_batches_total{outcome="stored"}"#] == 0)
            // Scrapes are no requests of merchants.
            #expect(scraped[#"settled_http_requests_total{class="4xx"}"#] == 1)
        }
    }

    @Test("Who hammers it is refused, another address is answered, and so are merchants")
    func hammered() async throws {
        let estate = try Estate()
        try await withMetrics(estate) { url, metrics in
            let connection = try await Connection(metrics, from: "127.0.0.2")
            let (count, begin) = (60, ContinuousClock.now)
            var statuses: [Int: Int] = [:]
            for _ in 0..<count {
                try await connection.send(request("GET /metrics"))
                statuses[try await connection.answer().status, default: 0] += 1
            }
            #expect(statuses.keys.allSatisfy { [200, 429].contains($0) }, "\(statuses)")
            // Twice a second's at once, then a second's each second, however long it takes.
            let answered = try #require(statuses[200])
            #expect(Double(answered) <= 21 + 10 * begin.duration(to: .now).seconds, "\(statuses)")
            #expect(try await scrape(metrics, from: "127.0.0.3")["settled_ready"] == 1)
            let batch = Estate.batch()
            #expect(
                try await ask(url, upload(batch, signature: estate.merchantKey.sign(batch))).status == 201)
        }
    }

    @Test("Of one address it keeps few connections open")
    func held() async throws {
        let estate = try Estate()
        try await withMetrics(estate) { _, metrics in
            var held: [Connection] = []
            for _ in 0..<8 {
                let connection = try await Connection(metrics, from: "127.0.0.2")
                try await connection.send(request("GET /metrics"))
                _ = try await connection.answer()
                held.append(connection)
            }
            let ninth = try await Connection(metrics, from: "127.0.0.2")
            #expect(try await ninth.everything().isEmpty)
            #expect(try await scrape(metrics, from: "127.0.0.3")["settled_ready"] == 1)
            #expect(held.count == 8)
        }
    }

    @Test("An address that is taken ends no daemon: it says which one, takes batches, and stops when told")
    func taken() async throws {
        let (estate, other) = (try Estate(), try Estate())
        try await withMetrics(estate) { _, metrics in
            let port = metrics.split(separator: ":").last.flatMap { Int($0) } ?? 0
            let lines = LoggingTests.Lines()
            let logger = Logger(label: "test") { _ in
                LineLog(threshold: LogThreshold(.notice), format: .text) { lines.append($0) }
            }
            try await withDaemon(
                other, metrics: .address(host: "127.0.0.1", port: port), logger: logger
            ) { url, _ in
                try await until { lines.text.contains("metrics cannot be served") }
                let batch = Estate.batch()
                let signature = other.merchantKey.sign(batch)
                #expect(try await ask(url, upload(batch, signature: signature)).status == 201)
            }
            #expect(lines.text.contains("127.0.0.1:\(port)"))
            #expect(try await scrape(metrics)[#"settled_batches_total{outcome="stored"}"#] == 0)
        }
    }

    @Test("Uploads and connections that meet a limit are counted by it")
    func limits() async throws {
        let estate = try Estate()
        var limits = ServerLimits.patient
        (limits.uploadsPerPeer, limits.connectionsPerPeer) = (1, 2)
        try await withMetrics(estate, limits: limits) { url, metrics in
            let batch = Estate.batch()
            let upload = upload(batch, signature: estate.merchantKey.sign(batch))
            let first = try await Connection(url)
            try await first.send(Array(upload.dropLast()))
            let second = try await Connection(url)
            let dry =
                Array("POST /v1/batches?dry_run=true".utf8) + upload.dropFirst("POST /v1/batches".utf8.count)
            var code: String?
            // Until the first one is counted.
            while code != "too_many_uploads" {
                try await second.send(dry)
                code = try await second.answer().code
            }
            #expect(try await Connection(url).everything().isEmpty)
            var scraped = try await scrape(metrics)
            // What is closed is forgotten, and what was sent is read, a little later.
            while scraped["settled_http_connections"] != 2
                || scraped[#"settled_upload_bytes{place="memory"}"#] == 0
            {
                try await Task.sleep(for: .milliseconds(200))
                scraped = try await scrape(metrics)
            }
            #expect(scraped[#"settled_limited_total{limit="uploads_per_peer"}"#] == 1)
            #expect(scraped[#"settled_limited_total{limit="connections_per_peer"}"#] == 1)
            #expect(scraped[#"settled_limited_total{limit="connections"}"#] == 0)
            #expect(scraped["settled_uploads"] == 1)
        }
    }
}
