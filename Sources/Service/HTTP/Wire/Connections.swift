import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Counts connections, of all and of each peer. Beyond the most of all there is a reserve, which answers nothing but
/// how the daemon is: whoever asks that is not kept waiting by those who hold connections.
final class Connections: Sendable {
    /// Connections beyond the most: each lives for a few seconds.
    static let spare = 16
    private static let spareLife = TimeAmount.seconds(10)

    private struct State {
        var all = 0
        var peers: [Peer: Int] = [:]
    }

    private let most: Int
    private let mostOfPeer: Int
    /// Requests that one of HTTP/2 may bring at once.
    let mostStreams: Int
    private let isBehindProxy: Bool
    private let state = Mutex(State())

    init(_ limits: ServerLimits, isBehindProxy: Bool) {
        most = limits.connections
        mostOfPeer = limits.connectionsPerPeer
        mostStreams = limits.streams
        self.isBehindProxy = isBehindProxy
    }

    /// Counts the connection while `body` serves it. One beyond its peer's most is closed; behind a proxy all are
    /// the proxy's.
    func serve(_ channel: any Channel, _ body: () async -> Void) async {
        let peer = isBehindProxy ? nil : Peer(channel.remoteAddress)
        let (isSpare, isTooMany) = state.withLock { state in
            state.all += 1
            let own = peer.map { peer in
                state.peers[peer, default: 0] += 1
                return state.peers[peer, default: 0]
            }
            return (state.all > most, isBeyond(own ?? 0, of: state.all))
        }
        if isTooMany { channel.close(promise: nil) }
        if isSpare { channel.eventLoop.scheduleTask(in: Self.spareLife) { channel.close(promise: nil) } }
        let connection = ServedConnection(isSpare: isSpare, mostStreams: mostStreams)
        await ServedConnection.$current.withValue(connection) { await body() }
        state.withLock { state in
            state.all -= 1
            guard let peer, let own = state.peers[peer] else { return }
            state.peers[peer] = own > 1 ? own - 1 : nil
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
final class ServedConnection: Sendable {
    /// Of the present request.
    @TaskLocal static var current: ServedConnection?

    private let isSpare: Bool
    private let mostStreams: Int
    private let streams = Atomic<Int>(0)

    init(isSpare: Bool, mostStreams: Int) {
        self.isSpare = isSpare
        self.mostStreams = mostStreams
    }

    /// The problem `busy` of a request that is one too many; nil: it may be answered. One of HTTP/2 counts until its
    /// stream is closed, as what was answered stays in memory until it is read.
    func refusal(of request: Request, on channel: any Channel) -> Problem? {
        // A connection's parent is what accepted it, a stream's the connection.
        if channel.parent?.parent != nil {
            let open = streams.wrappingAdd(1, ordering: .relaxed).newValue
            channel.closeFuture.whenComplete { [self] _ in streams.wrappingSubtract(1, ordering: .relaxed) }
            if open > mostStreams { return .busy("\(mostStreams) requests of this connection are under way") }
        }
        guard isSpare, !HealthRoutes.paths.contains(request.uri.path) else { return nil }
        return .busy("all connections are taken")
    }
}
