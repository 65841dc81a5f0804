import Hummingbird
import Store

/// Answered requests since the start, by the class of their status.
final class RequestMeasures: Sendable {
    /// In the order of `classes`.
    private let counters = RequestMeasures.classes.map { _ in Counter() }

    private static let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"]

    func answered(_ status: HTTPResponse.Status) {
        let place = status.code / 100 - 1
        if counters.indices.contains(place) { counters[place].add() }
    }

    var all: [(name: String, count: Int)] { zip(Self.classes, counters).map { ($0, $1.count) } }
}
