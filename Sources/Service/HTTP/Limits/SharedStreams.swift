/// Streams of HTTP/2 that all connections share: those beyond the first of each.
///
/// One peer has its share of them. And the last quarter is left to those who have few, so that a few who have all that
/// one may have leave some to the others.
struct SharedStreams: Sendable {
    /// What one may have in the last quarter.
    static let fewStreams = 4

    private let most: Int
    private let mostOfPeer: Int
    /// By all together.
    private(set) var taken = 0
    /// By each who has any.
    private var own: [Peer: Int] = [:]

    init(most: Int, mostOfPeer: Int) {
        self.most = most
        self.mostOfPeer = mostOfPeer
    }

    /// Takes one for a connection that has so many of them; false: there is none, or its peer has its share. Where the
    /// connection is nobody's, as behind a proxy, it counts for itself.
    mutating func take(for peer: Peer?, connectionHas count: Int) -> Bool {
        let had = peer.map { own[$0, default: 0] } ?? count
        let kept = had < Self.fewStreams ? 0 : most / 4
        guard taken < most - kept, peer == nil || had < mostOfPeer else { return false }
        taken += 1
        if let peer { own[peer] = had + 1 }
        return true
    }

    /// Gives back one that was taken.
    mutating func giveBack(_ peer: Peer?) {
        taken -= 1
        precondition(taken >= 0, "what is given back was taken")
        guard let peer else { return }
        guard let had = own[peer] else { preconditionFailure("what is given back was taken") }
        own[peer] = had > 1 ? had - 1 : nil
    }
}
