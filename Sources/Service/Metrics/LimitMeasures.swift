import Store

/// How often something was refused or cut off since the start, by the limit that it met.
final class LimitMeasures: Sendable {
    /// By the names of `ServerLimit`. What comes too slowly counts for `body_seconds`, and streams that share too much
    /// for `shared_streams`, whichever of both they met; `answers` is the room for answers, which is no setting.
    enum Limit: String, CaseIterable {
        case connections
        case connectionsPerPeer = "connections_per_peer"
        case streams
        case sharedStreams = "shared_streams"
        case uploads
        case uploadsPerPeer = "uploads_per_peer"
        case bodyBytes = "body_bytes"
        case bodyBytesPerPeer = "body_bytes_per_peer"
        case spillBytes = "spill_bytes"
        case spillBytesPerPeer = "spill_bytes_per_peer"
        case requestsPerSecond = "requests_per_second"
        case requestsPerSecondPerPeer = "requests_per_second_per_peer"
        case unknownPerSecond = "unknown_per_second"
        case headSeconds = "head_seconds"
        case bodySeconds = "body_seconds"
        case answers
    }

    private let counters = Dictionary(uniqueKeysWithValues: Limit.allCases.map { ($0, Counter()) })

    func met(_ limit: Limit) { counters[limit]?.add() }

    var all: [(limit: Limit, count: Int)] { Limit.allCases.map { ($0, counters[$0]?.count ?? 0) } }
}
