import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Counts connections, of all and of each peer, and what they have of streams beyond the first of each. Beyond the most of
/// all there is a reserve, which answers nothing but how the daemon is: whoever asks that is not kept waiting by those who
/// hold connections.
final class Connections: Sendable {
    /// Connections beyond the most: each lives for a few seconds.
    static let spare = 16
    private static let spareLife = TimeAmount.seconds(10)

    private struct State {
        var connections: ConnectionCounts
        var streams: SharedStreams
        var refused = 0
    }

    /// Streams that are refused and not yet let go of, of all connections: they take memory, too.
    static let mostRefused = 4_096

    /// Requests that one of HTTP/2 may bring at once.
    let mostStreams: Int
    private let isBehindProxy: Bool
    let met: LimitMeasures
    private let state: Mutex<State>

    init(_ limits: ServerLimits, isBehindProxy: Bool, met: LimitMeasures = LimitMeasures()) {
        self.met = met
        mostStreams = limits.streams
        self.isBehindProxy = isBehindProxy
        state = Mutex(
            State(
                connections: ConnectionCounts(
                    most: limits.connections, spare: Self.spare, mostOfPeer: limits.connectionsPerPeer),
                streams: SharedStreams(most: limits.sharedStreams, mostOfPeer: limits.sharedStreamsPerPeer)))
    }

    /// Counts the connection while `body` serves it. One beyond its peer's most, or the spare ones, is closed, and
    /// `body` ends it; behind a proxy all are the proxy's.
    func serve(_ channel: any Channel, _ body: () async -> Void) async {
        let peer = peer(of: channel)
        let (kind, isFull) = state.withLock { ($0.connections.enter(peer), $0.connections.isFull) }
        switch kind {
        case .served: break
        case .spare:
            met.met(.connections)
            channel.eventLoop.scheduleTask(in: Self.spareLife) { channel.close(promise: nil) }
        case nil:
            met.met(isFull ? .connections : .connectionsPerPeer)
            channel.close(promise: nil)
        }
        let connection = ServedConnection(isSpare: kind != .served)
        await ServedConnection.$current.withValue(connection) { await body() }
        if kind != nil { state.withLock { $0.connections.leave(peer) } }
    }

    /// How many are open.
    var open: Int { state.withLock { $0.connections.all } }

    /// Whose a connection is; nil: nobody's, as where all are the proxy's.
    func peer(of channel: any Channel) -> Peer? { isBehindProxy ? nil : Peer(channel.remoteAddress) }

    /// Streams that have something of what all share.
    var sharedStreams: Int { state.withLock { $0.streams.taken } }

    /// Whether a connection of the peer, which has so many streams beyond its first, may have one more; then it must be
    /// given back.
    func share(_ peer: Peer?, connectionHas count: Int) -> Bool {
        let isThere = state.withLock { $0.streams.take(for: peer, connectionHas: count) }
        if !isThere { met.met(.sharedStreams) }
        return isThere
    }

    /// Gives back what a stream beyond the first had.
    func giveBack(_ peer: Peer?) { state.withLock { $0.streams.giveBack(peer) } }

    /// Counts a stream that is refused, until it is forgotten; false: there are too many.
    func countRefused() -> Bool {
        state.withLock { state in
            state.refused += 1
            return state.refused <= Self.mostRefused
        }
    }

    func forgetRefused() { state.withLock { $0.refused -= 1 } }
}

/// One connection while it is served.
struct ServedConnection: Sendable {
    /// Of the present request.
    @TaskLocal static var current: ServedConnection?

    fileprivate let isSpare: Bool

    /// The problem `busy` of a request that all connections are taken for; nil: it may be answered.
    func refusal(of request: Request) -> Problem? {
        guard isSpare, !HealthRoutes.paths.contains(request.uri.path) else { return nil }
        return .busy("all connections are taken")
    }
}
