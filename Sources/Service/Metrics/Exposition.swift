import Store

/// The text of a scrape, in Prometheus' text exposition format 0.0.4. What has no value is not in it.
struct Exposition {
    private(set) var text = ""

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    mutating func add(_ metric: Metric, _ value: Double?) {
        guard let value else { return }
        head(metric)
        line(metric.name, value)
    }

    mutating func add(_ metric: Metric, _ value: Int?) { add(metric, value.map(Double.init)) }

    mutating func add(_ metric: Metric, _ holds: Bool?) { add(metric, holds.map { $0 ? 1 : 0 }) }

    /// One value for each value of its label.
    mutating func add(_ metric: Metric, _ values: [(label: String, value: Int)]) {
        guard let label = metric.label else { preconditionFailure("\(metric.name) has no label") }
        guard !values.isEmpty else { return }
        head(metric)
        for (name, value) in values {
            line("\(metric.name){\(label)=\"\(Self.escaped(name))\"}", Double(value))
        }
    }

    mutating func add(_ metric: Metric, _ latencies: Latencies.Standing) {
        head(metric)
        let ends = Latencies.ends.map { Self.number($0 / 1_000) } + ["+Inf"]
        for (end, count) in zip(ends, latencies.upTo) {
            line("\(metric.name)_bucket{le=\"\(end)\"}", Double(count))
        }
        line("\(metric.name)_sum", latencies.seconds)
        line("\(metric.name)_count", Double(latencies.upTo.last ?? 0))
    }

    private mutating func head(_ metric: Metric) {
        text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ value: Double) { text += "\(name) \(Self.number(value))\n" }

    /// Whole numbers without a point.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
