import Synchronization

/// What the streams of one connection of HTTP/2 take, and those that it is refused.
///
/// A stream has its place until both it is closed and its request's task has ended: a client may reset a stream whose
/// request waits for a reader's thread or is at work, which takes memory all the same.
final class StreamPlaces: Sendable {
    /// Streams that are refused in a row, or at once, before the connection is closed: who keeps to what it is told at
    /// first needs none.
    static let mostRefused = 256

    private struct State {
        /// Streams that are not closed.
        var open = 0
        /// And with them those whose request's task has not ended.
        var taken = 0
        /// Since the last stream that was admitted.
        var refusedInRow = 0
        /// Refused, and not yet let go of.
        var refused = 0
    }

    private let connections: Connections
    private let peer: Peer?
    private let state = Mutex(State())

    /// Of a connection of the peer; nil: of nobody's.
    init(_ connections: Connections, of peer: Peer?) {
        self.connections = connections
        self.peer = peer
    }

    /// Streams that have a place.
    var taken: Int { state.withLock { $0.taken } }

    /// A place for a stream that begins; nil: it is to be refused. The first one always has one, as connections are
    /// bounded themselves.
    func take() -> StreamPlace? {
        let isTaken = state.withLock { state in
            let most = connections.mostStreams
            guard state.open < most, state.taken < 2 * most else {
                connections.met.met(.streams)
                return false
            }
            guard state.taken == 0 || connections.share(peer, connectionHas: state.taken - 1) else {
                return false
            }
            state.open += 1
            state.taken += 1
            state.refusedInRow = 0
            return true
        }
        return isTaken ? StreamPlace(of: self) : nil
    }

    /// Counts a stream that is refused, until it is forgotten; false: the connection is to be closed. It was refused
    /// many, or more than it may have while too many of all connections are.
    func refuse() -> Bool {
        let many = state.withLock { state in
            state.refusedInRow += 1
            state.refused += 1
            // Who has one admitted now and then, and reads nothing, would leave any number behind.
            return max(state.refusedInRow, state.refused)
        }
        let isBearable = connections.countRefused()
        return many <= Self.mostRefused && (isBearable || many <= connections.mostStreams)
    }

    /// A stream that was refused is gone.
    func forgetRefused() {
        state.withLock { $0.refused -= 1 }
        connections.forgetRefused()
    }

    fileprivate func leave(_ holder: StreamPlace.Holder, isLast: Bool) {
        state.withLock { state in
            if holder == .stream { state.open -= 1 }
            guard isLast else { return }
            state.taken -= 1
            if state.taken > 0 { connections.giveBack(peer) }
        }
    }
}

/// The place of one stream, which each of those who hold it leaves once. It is given back when both have.
final class StreamPlace: Sendable {
    enum Holder: Hashable, Sendable {
        /// Until it is closed, by whomever.
        case stream
        /// The task that answers its request, until it has ended.
        case task
    }

    private let places: StreamPlaces
    private let holders = Mutex<Set<Holder>>([.stream, .task])

    fileprivate init(of places: StreamPlaces) { self.places = places }

    func leave(_ holder: Holder) {
        let isLast = holders.withLock { holders in
            precondition(holders.remove(holder) != nil, "it is left once by each")
            return holders.isEmpty
        }
        places.leave(holder, isLast: isLast)
    }
}
