import Fixtures
import Foundation
import Testing

@testable import Service

@Suite("What README, rules and dashboard say of metrics")
struct MonitoringTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: SharedFolder.repository.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("README's table has every metric with its label, kind and meaning, and no other")
    func table() throws {
        let section = try #require(
            try text("README.md").components(separatedBy: "\n## ").first { $0.hasPrefix("Watching it") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = Metric.all.map { metric in
            let label = metric.label.map { "{\($0)}" } ?? ""
            return "| `\(metric.name)\(label)` | \(metric.kind.rawValue) | \(metric.help) |"
        }
        #expect(rows == expected)
    }

    /// The metrics that an expression names, those of a histogram by its own name.
    private static func named(in text: String) -> Set<String> {
        Set(
            text.matches(of: /\b(?:settled|process)_[a-z_]+\b/).map { match in
                let name = String(match.output)
                let whole = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
                    .map { String(name.dropLast($0.count)) }
                return Metric.all.contains { $0.name == whole && $0.kind == .histogram } ? whole! : name
            })
    }

    private static let all = Set(Metric.all.map(\.name))

    @Test("Rules and their tests name metrics that there are")
    func rules() throws {
        for file in ["settled.rules.yaml", "settled.rules.test.yaml"] {
            let named = Self.named(in: try text("Deploy/monitoring/\(file)"))
            #expect(named.count >= 9 && named.isSubset(of: Self.all), "\(named.subtracting(Self.all))")
        }
    }

    @Test("The dashboard shows every metric, and none that there is not")
    func dashboard() throws {
        let board = try text("Deploy/monitoring/settled.dashboard.json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(board.utf8)) as? [String: Any])
        let panels = try #require(json["panels"] as? [[String: Any]])
        let targets = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }
        let expressions = targets.compactMap { $0["expr"] as? String }
        #expect(targets.count >= 40 && expressions.count == targets.count)
        #expect(Self.named(in: expressions.joined(separator: "\n")) == Self.all)
        let places = panels.compactMap { $0["gridPos"] as? [String: Int] }
        #expect(places.count == panels.count && Set(places).count == places.count)
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
    }

    @Test("Every alert says how bad it is, what is wrong and what to do first")
    func alerts() throws {
        let alerts = try text("Deploy/monitoring/settled.rules.yaml").components(separatedBy: "- alert: ")
            .dropFirst()
        #expect(alerts.count == 24)
        for alert in alerts {
            #expect(alert.contains(/severity: (page|ticket)/) && alert.contains("summary: "), "\(alert)")
            #expect(alert.contains(/runbook: \S/), "\(alert)")
        }
    }
}
