import NIOCore
import Settlement
import Testing

@testable import Service

@Suite("What is under way at most")
struct BoundsTests {
    private let here = Peer.address(0x7F00_0001)
    private let there = Peer.address(0x7F00_0002)
    private let begin = ContinuousClock.now

    private func bounds(_ set: (inout ServerLimits) -> Void) -> Bounds {
        var limits = ServerLimits()
        set(&limits)
        return Bounds(limits, largestBytes: 1, now: begin)
    }

    private func discard(_ place: consuming Place) {}

    private func code(_ work: () throws -> Void) -> String? {
        do { try work() } catch { return (error as? Problem)?.code }
        return nil
    }

    @Test("A peer's uploads at once are bounded, and do not take another's room")
    func uploadsOfOne() throws {
        let bounds = bounds { ($0.uploadsPerPeer, $0.uploads) = (2, 3) }
        do {
            let first = try bounds.enter(here)
            let second = try bounds.enter(here)
            #expect(code { _ = try bounds.enter(here) } == "too_many_uploads")
            let third = try bounds.enter(there)
            #expect(code { _ = try bounds.enter(there) } == "busy")
            #expect(bounds.underWay.uploads == 3)
            discard(first)
            discard(second)
            discard(third)
        }
        #expect(bounds.underWay == (0, 0, 0))
        _ = try bounds.enter(here)
    }

    @Test("The last quarter of the places is for those who have few")
    func fewUploads() throws {
        let bounds = bounds { ($0.uploadsPerPeer, $0.uploads) = (100, 16) }
        func fill(_ peer: Peer, _ count: Int) throws {
            guard count > 0 else {
                #expect(code { _ = try bounds.enter(here) } == "busy")
                let other = try bounds.enter(there)
                return discard(other)
            }
            let place = try bounds.enter(peer)
            try fill(peer, count - 1)
            discard(place)
        }
        try fill(here, 12)
        #expect(bounds.underWay == (0, 0, 0))
    }

    @Test("Bytes in memory are bounded, of one peer and of all, and given back when they go to the disk")
    func bytes() throws {
        let bounds = bounds { ($0.bodyBytesPerPeer, $0.bodyBytes, $0.spillBytes) = (100, 150, 70) }
        do {
            var first = try bounds.enter(here)
            try first.hold(60)
            try first.hold(40)
            #expect(code { try first.hold(1) } == "too_many_uploads")
            var second = try bounds.enter(there)
            try second.hold(50)
            #expect(code { try second.hold(1) } == "busy")
            #expect(bounds.underWay == (2, 150, 0))
            try first.spill(60)
            first.release(60)
            try second.hold(30)
            #expect(bounds.underWay == (2, 120, 60))
            #expect(code { try second.spill(11) } == "busy")
            #expect(code { try first.hold(61) } == "too_many_uploads")
            try first.hold(30)
            first.keep()
            second.keep()
        }
        #expect(bounds.underWay == (0, 0, 0))
    }

    @Test("The last quarter of the memory is for those who have little")
    func littleMemory() throws {
        let (mebibyte, most) = (1 << 20, 40 << 20)
        let bounds = bounds { ($0.bodyBytesPerPeer, $0.bodyBytes) = (most, most) }
        var first = try bounds.enter(here)
        try first.hold(30 * mebibyte)
        #expect(code { try first.hold(1) } == "busy")
        var second = try bounds.enter(there)
        try second.hold(Bounds.little.bytes)
        #expect(code { try second.hold(1) } == "busy")
        first.keep()
    }

    @Test("The largest batch always finds room on the disk when it is alone, and any body in memory")
    func largest() throws {
        var limits = ServerLimits()
        (limits.bodyBytes, limits.bodyBytesPerPeer) = (10, 10)
        (limits.spillBytes, limits.spillBytesPerPeer) = (10, 10)
        let bounds = Bounds(limits, largestBytes: 1000, leastBytes: 3 << 20)
        var place = try bounds.enter(here)
        try place.hold(3 << 20)
        #expect(code { try place.hold(1) } == "too_many_uploads")
        try place.spill(1000)
        #expect(code { try place.spill(1) } == "too_many_uploads")
    }

    @Test("A rate lets two seconds' worth through at once, and then so many a second")
    func rates() throws {
        let bounds = bounds {
            ($0.requestsPerSecond, $0.requestsPerSecondPerPeer, $0.unknownPerSecond) = (5, 2, 1)
        }
        for _ in 0..<4 { try bounds.request(of: here, now: begin) }
        #expect(code { try bounds.request(of: here, now: begin) } == "rate_limited")
        try bounds.request(of: there, now: begin)
        for _ in 0..<2 { try bounds.pass(.unknown, of: here, now: begin) }
        #expect(code { try bounds.pass(.unknown, of: there, now: begin) } == "rate_limited")
        let later = begin + .seconds(1)
        for _ in 0..<2 { try bounds.request(of: here, now: later) }
        #expect(code { try bounds.request(of: here, now: later) } == "rate_limited")
        let much = later + .seconds(100)
        for _ in 0..<10 { try bounds.request(of: nil, now: much) }
        #expect(code { try bounds.request(of: nil, now: much) } == "busy")
        #expect(code { try bounds.request(of: there, now: much) } == "busy")
        for _ in 0..<5 { try bounds.request(of: nil, now: much + .seconds(1)) }
    }

    @Test("Whose address nobody knows has the rate of whom it names")
    func noAddress() throws {
        let bounds = bounds { $0.requestsPerSecondPerPeer = 1 }
        let bakery = Claimant.merchant(MerchantID(verified: "bakery"))
        let books = Claimant.merchant(MerchantID(verified: "books"))
        for _ in 0..<2 { try bounds.pass(bakery, of: nil, now: begin) }
        #expect(code { try bounds.pass(bakery, of: nil, now: begin) } == "rate_limited")
        try bounds.pass(books, of: nil, now: begin)
        for _ in 0..<10 { try bounds.pass(bakery, of: here, now: begin) }
    }

    @Test("A clock that goes back gives nothing away")
    func backwards() throws {
        let bounds = bounds { $0.requestsPerSecond = 1 }
        for _ in 0..<2 { try bounds.request(of: nil, now: begin) }
        #expect(code { try bounds.request(of: nil, now: begin - .seconds(100)) } == "busy")
        #expect(code { try bounds.request(of: nil, now: begin) } == "busy")
        try bounds.request(of: nil, now: begin + .seconds(1))
    }

    @Test("An address of IPv4 is one peer however it is written, and a subscriber's of IPv6 are one")
    func peers() throws {
        func peer(_ text: String) throws -> Peer? { Peer(try SocketAddress(ipAddress: text, port: 7)) }
        #expect(try peer("127.0.0.1") == here && peer("::ffff:127.0.0.2") == there)
        #expect(try peer("2001:db8::1") == peer("2001:db8::ffff:0:1"))
        #expect(try peer("2001:db8::1") != peer("2001:db8:0:1::1"))
        #expect(Peer(nil) == nil)
        #expect(try Peer(SocketAddress(unixDomainSocketPath: "/run/x")) == nil)
    }

    @Test("Who waits with much does not keep one waiting who brings little")
    func turns() {
        let turns = Turns<String>()
        for number in 1...3 { turns.add("here \(number)", of: here) }
        turns.add("there", of: there)
        #expect((0..<3).map { _ in turns.next() } == ["here 1", "there", "here 2"])
        turns.add("there again", of: there)
        #expect((0..<2).map { _ in turns.next() } == ["here 3", "there again"])
    }

    @Test("Other limits hold from then on, and what is under way stays")
    func changed() throws {
        let bounds = bounds { ($0.uploadsPerPeer, $0.requestsPerSecondPerPeer) = (2, 1000) }
        do {
            let first = try bounds.enter(here)
            let second = try bounds.enter(here)
            var fewer = ServerLimits()
            (fewer.uploadsPerPeer, fewer.requestsPerSecondPerPeer) = (1, 1)
            bounds.change(to: fewer, now: begin)
            #expect(code { _ = try bounds.enter(here) } == "too_many_uploads")
            #expect(bounds.underWay.uploads == 2)
            for _ in 0..<2 { try bounds.request(of: here, now: begin) }
            #expect(code { try bounds.request(of: here, now: begin) } == "rate_limited")
            discard(first)
            #expect(code { _ = try bounds.enter(here) } == "too_many_uploads")
            discard(second)
            let third = try bounds.enter(here)
            discard(third)
        }
        #expect(bounds.underWay == (0, 0, 0))
    }
}
