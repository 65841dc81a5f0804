/// What the daemon takes at most, whatever arrives. Each has a name in the section `limits` of the
/// configuration, a default that honest clients do not meet, and bounds of its own.
public struct ServerLimits: Hashable, Sendable {
    /// Connections open at once: beyond it `503`, `busy`, and only `/healthz` and `/readyz` are answered.
    public var connections = 1024
    /// The same of one peer: beyond it they are closed.
    public var connectionsPerPeer = 256
    /// Requests that one connection of HTTP/2 may bring at once, and twice as many with those that it has reset and that
    /// are still at work: beyond it `REFUSED_STREAM`.
    public var streams = 16
    /// The same beyond the first of each connection, of all: likewise.
    public var sharedStreams = 512
    /// The same of one peer: likewise.
    public var sharedStreamsPerPeer = 128
    /// Uploads at once, of all peers: beyond it `503`, `busy`.
    public var uploads = 256
    /// Uploads at once of one peer: beyond it `429`, `too_many_uploads`.
    public var uploadsPerPeer = 32
    /// Bytes of bodies in memory at once, received and not yet answered; what is large is on the disk: beyond it
    /// `503`, `busy`.
    public var bodyBytes = 24 << 20
    /// The same of one peer: beyond it `429`, `too_many_uploads`.
    public var bodyBytesPerPeer = 12 << 20
    /// Bytes of large batches on the disk at once, received and not yet answered; never less than the largest
    /// batch: beyond it `503`, `busy`.
    public var spillBytes = 1 << 30
    /// The same of one peer: beyond it `429`, `too_many_uploads`.
    public var spillBytesPerPeer = 256 << 20
    /// Requests a second, of all peers: beyond it `503`, `busy`.
    public var requestsPerSecond = 20_000
    /// Requests a second of one peer: beyond it `429`, `rate_limited`.
    public var requestsPerSecondPerPeer = 5_000
    /// Uploads a second that name no known key, all together: beyond it `429`, `rate_limited`.
    public var unknownPerSecond = 100
    /// Seconds after which a connection must have brought a whole request's head.
    public var headSeconds = 30
    /// Seconds of silence after which a connection is closed.
    public var idleSeconds = 60
    /// Bytes a second that a body must bring on average, after its first seconds.
    public var bodyBytesPerSecond = 1024
    /// Seconds of a body that do not count.
    public var bodyGraceSeconds = 20
    /// Seconds that a body may take at most.
    public var bodySeconds = 900

    public init() {}
}

/// One of them: its name, where it is kept, and its bounds.
struct ServerLimit: Sendable {
    let name: String
    let path: any WritableKeyPath<ServerLimits, Int> & Sendable
    let bounds: ClosedRange<Int>
    /// Whether a running daemon takes a new value at SIGHUP: what `Bounds` counts by, and no connection has begun
    /// with.
    let isLive: Bool

    init(
        _ name: String, _ path: any WritableKeyPath<ServerLimits, Int> & Sendable, _ bounds: ClosedRange<Int>,
        isLive: Bool = false
    ) {
        self.name = name
        self.path = path
        self.bounds = bounds
        self.isLive = isLive
    }

    static let all: [ServerLimit] = [
        ServerLimit("connections", \.connections, 1...100_000),
        ServerLimit("connections_per_peer", \.connectionsPerPeer, 1...100_000),
        ServerLimit("streams", \.streams, 1...100),
        ServerLimit("shared_streams", \.sharedStreams, 1...100_000),
        ServerLimit("shared_streams_per_peer", \.sharedStreamsPerPeer, 1...100_000),
        ServerLimit("uploads", \.uploads, 1...100_000, isLive: true),
        ServerLimit("uploads_per_peer", \.uploadsPerPeer, 1...100_000, isLive: true),
        ServerLimit("body_bytes", \.bodyBytes, 1...(1 << 36), isLive: true),
        ServerLimit("body_bytes_per_peer", \.bodyBytesPerPeer, 1...(1 << 36), isLive: true),
        ServerLimit("spill_bytes", \.spillBytes, 1...(1 << 40), isLive: true),
        ServerLimit("spill_bytes_per_peer", \.spillBytesPerPeer, 1...(1 << 40), isLive: true),
        ServerLimit("requests_per_second", \.requestsPerSecond, 1...1_000_000, isLive: true),
        ServerLimit("requests_per_second_per_peer", \.requestsPerSecondPerPeer, 1...1_000_000, isLive: true),
        ServerLimit("unknown_per_second", \.unknownPerSecond, 1...1_000_000, isLive: true),
        ServerLimit("head_seconds", \.headSeconds, 1...3_600),
        ServerLimit("idle_seconds", \.idleSeconds, 1...3_600),
        ServerLimit("body_bytes_per_second", \.bodyBytesPerSecond, 1...(1 << 30)),
        ServerLimit("body_grace_seconds", \.bodyGraceSeconds, 1...3_600),
        ServerLimit("body_seconds", \.bodySeconds, 1...86_400),
    ]

    /// Reads what follows the flag `--limit`: `NAME=VALUE`. Throws `misused`.
    static func parse(_ text: String) throws(Failure) -> (name: String, value: Int) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let limit = all.first(where: { $0.name == parts[0] }) else {
            let names = all.map(\.name)
            let meant = parts.first.flatMap { Spelling.nearest(to: $0, among: names) }
            throw .misused(
                "--limit", "expected NAME=VALUE, NAME one of \(names.joined(separator: ", ")), found \(text)",
                hint: meant.map { "did you mean \($0)=VALUE?" })
        }
        guard let value = Int(parts[1]), limit.bounds.contains(value) else {
            throw .misused(
                "--limit \(limit.name)",
                "expected \(limit.bounds.lowerBound) … \(limit.bounds.upperBound), found \(parts[1])")
        }
        return (limit.name, value)
    }
}
