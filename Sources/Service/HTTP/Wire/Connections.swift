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
        var all = 0
        var peers: [Peer: Int] = [:]
        var streams = 0
        var streamsOfPeers: [Peer: Int] = [:]
        var refused = 0
    }

    /// Streams that are refused and not yet let go of, of all connections: they take memory, too.
    private static let mostRefused = 4_096

    private let most: Int
    private let mostOfPeer: Int
    /// Requests that one of HTTP/2 may bring at once.
    let mostStreams: Int
    private let mostShared: Int
    private let mostSharedOfPeer: Int
    private let isBehindProxy: Bool
    let met: LimitMeasures
    private let state = Mutex(State())

    init(_ limits: ServerLimits, isBehindProxy: Bool, met: LimitMeasures = LimitMeasures()) {
        self.met = met
        most = limits.connections
        mostOfPeer = limits.connectionsPerPeer
        mostStreams = limits.streams
        mostShared = limits.sharedStreams
        mostSharedOfPeer = limits.sharedStreamsPerPeer
        self.isBehindProxy = isBehindProxy
    }

    /// Counts the connection while `body` serves it. One beyond its peer's most is closed; behind a proxy all are
    /// the proxy's.
    func serve(_ channel: any Channel, _ body: () async -> Void) async {
        let peer = peer(of: channel)
        let (isSpare, isTooMany) = state.withLock { state in
            state.all += 1
            let own = peer.map { peer in
                state.peers[peer, default: 0] += 1
                return state.peers[peer, default: 0]
            }
            return (state.all > most, isBeyond(own ?? 0, of: state.all))
        }
        if isTooMany { met.met(.connectionsPerPeer) } else if isSpare { met.met(.connections) }
        if isTooMany { channel.close(promise: nil) }
        if isSpare { channel.eventLoop.scheduleTask(in: Self.spareLife) { channel.close(promise: nil) } }
        let connection = ServedConnection(isSpare: isSpare)
        await ServedConnection.$current.withValue(connection) { await body() }
        state.withLock { state in
            state.all -= 1
            guard let peer, let own = state.peers[peer] else { return }
            state.peers[peer] = own > 1 ? own - 1 : nil
        }
    }

    /// How many are open.
    var open: Int { state.withLock { $0.all } }

    /// Whose a connection is; nil: nobody's, as where all are the proxy's.
    func peer(of channel: any Channel) -> Peer? { isBehindProxy ? nil : Peer(channel.remoteAddress) }

    /// Whether a connection of the peer may have one more stream beyond its first; then it must be given back.
    func share(_ peer: Peer?) -> Bool {
        state.withLock { state in
            let own = peer.map { state.streamsOfPeers[$0, default: 0] } ?? 0
            guard state.streams < mostShared, own < mostSharedOfPeer else {
                met.met(own < mostSharedOfPeer ? .sharedStreams : .sharedStreamsPerPeer)
                return false
            }
            state.streams += 1
            if let peer { state.streamsOfPeers[peer] = own + 1 }
            return true
        }
    }

    /// Counts a stream that is refused, until it is forgotten; false: its connection is to be closed, as there are too
    /// many.
    func countRefused() -> Bool {
        state.withLock { state in
            state.refused += 1
            return state.refused <= Self.mostRefused
        }
    }

    func forgetRefused() { state.withLock { $0.refused -= 1 } }

    /// Gives back what a stream beyond the first had.
    func giveBack(_ peer: Peer?) {
        state.withLock { state in
            state.streams -= 1
            guard let peer, let own = state.streamsOfPeers[peer] else { return }
            state.streamsOfPeers[peer] = own > 1 ? own - 1 : nil
        }
    }
}

extension Connections {
    /// Whether the last connection of a peer that has so many, of all, is to be closed. The last quarter is for those who
    /// have few: a few peers who have all that one may have keep nobody out.
    private func isBeyond(_ own: Int, of all: Int) -> Bool {
        let isInLastQuarter = all > most - most / 4 && all <= most
        return own > (isInLastQuarter ? min(mostOfPeer, max(1, most / 64)) : mostOfPeer)
    }
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
