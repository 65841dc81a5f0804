/// Connections open at once, of all and of each peer.
///
/// The last quarter is for those who have few: a few peers who have all that one may have keep nobody out. So is what
/// lies beyond the most of all, or they would take it from those who ask how the daemon is.
struct ConnectionCounts: Sendable {
    enum Kind: Sendable {
        case served
        /// All are taken: it is told nothing but how the daemon is.
        case spare
    }

    private let most: Int
    /// Beyond the most.
    private let spare: Int
    private let mostOfPeer: Int
    private(set) var all = 0
    /// Of each who has any.
    private var own: [Peer: Int] = [:]

    init(most: Int, spare: Int, mostOfPeer: Int) {
        self.most = most
        self.spare = spare
        self.mostOfPeer = mostOfPeer
    }

    /// Whether the spare ones are taken, too.
    var isFull: Bool { all >= most + spare }

    /// Counts a connection, until it is left; nil: it is one too many of its peer, or of all, and to be closed. That
    /// one does not count: who knocks without end would keep others out. Nobody's connections have no peer.
    mutating func enter(_ peer: Peer?) -> Kind? {
        guard !isFull else { return nil }
        if let peer {
            let more = own[peer, default: 0] + 1
            guard more <= mostOfOne else { return nil }
            own[peer] = more
        }
        all += 1
        return all > most ? .spare : .served
    }

    mutating func leave(_ peer: Peer?) {
        all -= 1
        guard let peer else { return }
        guard let had = own[peer] else { preconditionFailure("who leaves has entered") }
        own[peer] = had > 1 ? had - 1 : nil
    }

    /// What one peer may have with the next connection.
    private var mostOfOne: Int {
        let kept = most / 4
        return kept > 0 && all >= most - kept ? min(mostOfPeer, max(1, most / 64)) : mostOfPeer
    }
}
