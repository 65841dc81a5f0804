import Foundation
import Logging
import Service
import Settlement
import Testing

/// What a scrape gave.
struct Scraped: Sendable {
    let text: String
    /// By name and labels, as they stand in a line.
    private let values: [String: Double]

    init(_ text: String) {
        self.text = text
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        values = Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let end = line.lastIndex(of: " ") ?? line.endIndex
                return (String(line[..<end]), Double(line[end...].dropFirst()) ?? .nan)
            })
    }

    /// Nil: it is not there.
    subscript(_ name: String) -> Double? { values[name] }

    /// The names and labels that begin so.
    func names(_ prefix: String) -> [String] { values.keys.filter { $0.hasPrefix(prefix) }.sorted() }
}

/// Runs a daemon that gives metrics on another free port; `body` gets its URL and that of the metrics.
func withMetrics(
    _ estate: Estate, limits: ServerLimits = .patient, reserveBytes: Int = 0, closing: PeriodCloser? = nil,
    clock: WallClock = .standing(at: Estate.received),
    _ body: @escaping @Sendable (_ url: String, _ metrics: String) async throws -> Void
) async throws {
    let lines = LoggingTests.Lines()
    let logger = Logger(label: "test") { _ in
        LineLog(threshold: LogThreshold(.notice), format: .text) { lines.append($0) }
    }
    try await withDaemon(
        estate, limits: limits, reserveBytes: reserveBytes, metrics: .address(host: "127.0.0.1", port: 0),
        closing: closing, clock: clock, logger: logger
    ) { url, _ in
        let said = /metrics at (http:\/\/127\.0\.0\.1:[1-9][0-9]*)\/metrics\n/
        try await until { lines.text.contains(said) }
        guard let found = lines.text.firstMatch(of: said)?.1 else { return }
        try await body(url, String(found))
    }
}

/// One scrape.
func scrape(_ metrics: String, from source: String = "127.0.0.1") async throws -> Scraped {
    let reply = try await ask(metrics, request("GET /metrics"), from: source)
    #expect(reply.status == 200)
    #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    return Scraped(String(decoding: reply.body, as: UTF8.self))
}
