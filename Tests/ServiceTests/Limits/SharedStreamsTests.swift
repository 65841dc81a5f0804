import Testing

@testable import Service

@Suite("Streams of HTTP/2, of a connection and of all that share them")
struct SharedStreamsTests {
    private static func connections(
        streams: Int = 4, shared: Int = 1_000, ofPeer: Int = 1_000
    ) -> Connections {
        var limits = ServerLimits()
        (limits.streams, limits.sharedStreams, limits.sharedStreamsPerPeer) = (streams, shared, ofPeer)
        return Connections(limits, isBehindProxy: false)
    }

    /// As many places as there are for a connection, one after the other.
    private static func fill(_ places: StreamPlaces) -> [StreamPlace] {
        var held: [StreamPlace] = []
        while held.count < 1_000, let place = places.take() { held.append(place) }
        return held
    }

    /// How many places are found by so many connections of a peer, one stream after the other.
    private static func taken(by peer: Peer?, _ connections: Connections, each: Int = 1) -> [Int] {
        (0..<each).map { _ in fill(StreamPlaces(connections, of: peer)).count }
    }

    @Test("A stream counts until it is closed and its request's task has ended, in whichever order")
    func both() throws {
        let connections = Self.connections()
        for order: [StreamPlace.Holder] in [[.stream, .task], [.task, .stream]] {
            let places = StreamPlaces(connections, of: .address(1))
            let first = try #require(places.take())
            let second = try #require(places.take())
            #expect(places.taken == 2 && connections.sharedStreams == 1)
            second.leave(order[0])
            #expect(places.taken == 2 && connections.sharedStreams == 1)
            second.leave(order[1])
            #expect(places.taken == 1 && connections.sharedStreams == 0)
            order.forEach(first.leave)
            #expect(places.taken == 0 && connections.sharedStreams == 0)
        }
    }

    @Test("With those that were reset and are at work a connection has twice as many as it may open")
    func twice() throws {
        let places = StreamPlaces(Self.connections(), of: .address(1))
        let open = Self.fill(places)
        #expect(open.count == 4)
        for place in open { place.leave(.stream) }
        let more = Self.fill(places)
        #expect(more.count == 4 && places.taken == 8)
        for place in more { place.leave(.stream) }
        #expect(places.take() == nil)
        open[0].leave(.task)
        let last = try #require(places.take())
        #expect(places.take() == nil && places.taken == 8)
        // The other way round: a task that has ended opens no more than may be open.
        last.leave(.task)
        for place in open.dropFirst() + more { place.leave(.task) }
        #expect(places.taken == 1 && Self.fill(places).count == 3)
    }

    @Test("Who resets its streams while they are at work has no more of what all share by that")
    func resetting() {
        let connections = Self.connections(shared: 6, ofPeer: 3)
        let places = (1...3).map { _ in StreamPlaces(connections, of: .address(1)) }
        let held = places.map(Self.fill)
        // The first of each connection, and three.
        #expect(held.map(\.count) == [4, 1, 1])
        for place in held.joined() { place.leave(.stream) }
        #expect(places.allSatisfy { $0.take() == nil })
        for place in held.joined() { place.leave(.task) }
        #expect(connections.sharedStreams == 0 && places.map(Self.fill).map(\.count) == [4, 1, 1])
    }

    @Test("The last quarter of what all share is for those who have few, however many have all that one may")
    func lastQuarter() {
        let connections = Self.connections(streams: 100, shared: 64, ofPeer: 16)
        // Beside the first of their one connection.
        for (number, count) in zip(UInt32(1)..., [17, 17, 17, 5, 5, 5, 5, 1]) {
            #expect(Self.taken(by: .address(number), connections) == [count], "\(number)")
        }
        #expect(connections.sharedStreams == 64)
    }

    @Test("Behind a proxy the last quarter is for connections that have few")
    func behindProxy() {
        let connections = Self.connections(streams: 100, shared: 64, ofPeer: 1)
        #expect(Self.taken(by: nil, connections, each: 5) == [49, 5, 5, 5, 5])
    }

    @Test("Streams that are refused in a row close the connection; one that is admitted ends the row")
    func inRow() throws {
        let places = StreamPlaces(Self.connections(streams: 1), of: .address(1))
        func refused(_ count: Int) -> [Bool] {
            (0..<count).map { _ in
                defer { places.forgetRefused() }
                return places.refuse()
            }
        }
        for _ in 1...3 {
            let place = try #require(places.take())
            #expect(places.take() == nil && !refused(StreamPlaces.mostRefused).contains(false))
            place.leave(.stream)
            place.leave(.task)
        }
        #expect(refused(1) == [false])
    }

    @Test("Streams that are refused at once close the connection, whatever is admitted between")
    func atOnce() throws {
        let places = StreamPlaces(Self.connections(streams: 1), of: .address(1))
        for _ in 0..<StreamPlaces.mostRefused {
            #expect(places.refuse())
            let place = try #require(places.take())
            place.leave(.stream)
            place.leave(.task)
        }
        #expect(!places.refuse())
    }

    @Test("When many of all are refused only connections are closed that ask for more than they may have")
    func manyRefused() {
        let connections = Self.connections(streams: 4)
        let greedy = (1...32).map { StreamPlaces(connections, of: .address($0)) }
        // All together as many as are borne.
        let each = Connections.mostRefused / greedy.count
        for places in greedy {
            for _ in 0..<each { #expect(places.refuse()) }
        }
        let modest = StreamPlaces(connections, of: .address(33))
        for _ in 0..<4 { #expect(modest.refuse()) }
        #expect(!greedy[0].refuse() && !modest.refuse())
        // What one of them is let go of is there for others.
        for _ in 0..<each { greedy[1].forgetRefused() }
        #expect(StreamPlaces(connections, of: .address(34)).refuse() && modest.refuse())
    }
}
