import Testing

@testable import Service

@Suite("Connections, of all and of each peer")
struct ConnectionCountsTests {
    /// Of which none ends by itself.
    private final class Counts {
        var counts: ConnectionCounts

        init(most: Int, mostOfPeer: Int) {
            counts = ConnectionCounts(most: most, spare: 16, mostOfPeer: mostOfPeer)
        }

        /// What becomes of so many more connections of a peer.
        func enter(_ count: Int, of peer: Peer?) -> [ConnectionCounts.Kind?] {
            (0..<count).map { _ in counts.enter(peer) }
        }
    }

    private static func all(_ count: Int, _ kind: ConnectionCounts.Kind) -> [ConnectionCounts.Kind?] {
        Array(repeating: kind, count: count)
    }

    @Test("Those that are closed as too many of their peer take nobody's place, however long they last")
    func closed() {
        let connections = Counts(most: 1_024, mostOfPeer: 256)
        #expect(connections.enter(256, of: .address(1)) == Self.all(256, .served))
        #expect(connections.enter(10_000, of: .address(1)).allSatisfy { $0 == nil })
        #expect(connections.counts.all == 256)
        #expect(connections.enter(256, of: .address(2)) == Self.all(256, .served))
        connections.counts.leave(.address(1))
        #expect(connections.enter(2, of: .address(1)) == [.served, nil])
    }

    @Test("The last quarter, and what lies beyond the most, is for those who have few")
    func lastQuarter() {
        let connections = Counts(most: 1_024, mostOfPeer: 256)
        for number: UInt32 in 1...3 {
            #expect(connections.enter(256, of: .address(number)) == Self.all(256, .served))
        }
        for number: UInt32 in 4...19 {
            #expect(connections.enter(17, of: .address(number)) == Self.all(16, .served) + [nil])
        }
        #expect(connections.counts.all == 1_024)
        // Who has many asks in vain for what tells how the daemon is, and who has none is told.
        #expect(connections.enter(1, of: .address(1)) == [nil])
        #expect(connections.enter(1, of: .address(4)) == [nil])
        #expect(connections.enter(17, of: .address(20)) == Self.all(16, .spare) + [nil])
    }

    @Test("Where all are so few that there is no last quarter, one more of any peer is a spare one")
    func few() {
        let connections = Counts(most: 2, mostOfPeer: 256)
        #expect(connections.enter(3, of: .address(1)) == [.served, .served, .spare])
        connections.counts.leave(.address(1))
        connections.counts.leave(.address(1))
        #expect(connections.enter(1, of: .address(2)) == [.served])
    }

    @Test("Beyond the spare ones any is closed and takes no place, by however many sockets they come")
    func full() {
        let connections = Counts(most: 2, mostOfPeer: 256)
        #expect(connections.enter(18, of: .address(1)) == Self.all(2, .served) + Self.all(16, .spare))
        #expect(connections.counts.isFull)
        #expect(connections.enter(2, of: .address(2)) == [nil, nil])
        #expect(connections.enter(2, of: nil) == [nil, nil])
        #expect(connections.counts.all == 18)
        connections.counts.leave(.address(1))
        #expect(connections.enter(2, of: .address(2)) == [.spare, nil])
    }

    @Test("Behind a proxy all are served until all are taken")
    func behindProxy() {
        let connections = Counts(most: 8, mostOfPeer: 1)
        #expect(connections.enter(9, of: nil) == Self.all(8, .served) + [.spare])
        connections.counts.leave(nil)
        #expect(connections.counts.all == 8)
    }
}
