import Fixtures
import Foundation
import Testing

/// Prometheus' own judge of metrics and rules: on the path, or where `Deploy/prepare --tests` puts it. Without it these
/// tests fail, as skipping would hide that nobody looked.
struct Promtool {
    private let path: String

    init() throws {
        let own = SharedFolder.repository.appendingPathComponent(".build/promtool").path
        path = FileManager.default.isExecutableFile(atPath: own) ? own : "promtool"
        try #require(
            path == own || Command.isThere("promtool"), "promtool is missing: run Deploy/prepare --tests")
    }

    static let folder = SharedFolder.repository.appendingPathComponent("Deploy/monitoring")

    func run(_ arguments: String...) throws -> Ran {
        try Command.named(path, arguments, in: Self.folder).run()
    }

    /// What it says of a scrape: nothing where there is nothing to say.
    func judged(_ exposition: String) throws -> String {
        let scratch = try Scratch()
        let file = try scratch.write(exposition, to: "scrape")
        let ran = try Command.named(
            "sh", ["-c", "exec \"$0\" check metrics < \"$1\"", path, file]
        ).run()
        return ran.output + ran.errors + (ran.status == 0 ? "" : "exit \(ran.status)")
    }
}

extension Daemon {
    /// Where its metrics are; it says so by itself.
    var metricsURL: String {
        get throws {
            for _ in 0..<600 {
                if let found = try log.firstMatch(of: /metrics at (http:[^\s"]+)/)?.1 { return String(found) }
                usleep(50_000)
            }
            throw Silent(log: try log)
        }
    }

    /// One scrape.
    func scrape() throws -> String {
        let ran = try Command.named(
            "curl", ["--silent", "--show-error", "--fail", "--max-time", "60", try metricsURL]
        ).run()
        try #require(ran.status == 0, "\(ran.errors)")
        return ran.output
    }
}
