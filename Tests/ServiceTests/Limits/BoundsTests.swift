import Settlement
import Testing

@testable import Service

@Suite("What is under way at most")
struct BoundsTests {
    private let books = Claimant.merchant(MerchantID(verified: "books"))
    private let bakery = Claimant.merchant(MerchantID(verified: "bakery"))
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

    @Test("A merchant's uploads at once are bounded, and do not take another's room")
    func uploadsOfOne() throws {
        let bounds = bounds { ($0.uploadsPerMerchant, $0.uploads) = (2, 3) }
        do {
            let first = try bounds.enter(books)
            let second = try bounds.enter(books)
            #expect(code { _ = try bounds.enter(books) } == "too_many_uploads")
            let third = try bounds.enter(bakery)
            #expect(code { _ = try bounds.enter(bakery) } == "busy")
            #expect(bounds.underWay.uploads == 3)
            discard(first)
            discard(second)
            discard(third)
        }
        #expect(bounds.underWay == (0, 0))
        _ = try bounds.enter(books)
    }

    @Test("Bytes of bodies are bounded, of one merchant and of all, and given back")
    func bytes() throws {
        let bounds = bounds { ($0.bodyBytesPerMerchant, $0.bodyBytes) = (100, 150) }
        do {
            var first = try bounds.enter(books)
            try first.hold(60)
            try first.hold(40)
            #expect(code { try first.hold(1) } == "too_many_uploads")
            var second = try bounds.enter(bakery)
            try second.hold(50)
            #expect(code { try second.hold(1) } == "busy")
            #expect(bounds.underWay == (2, 150))
        }
        #expect(bounds.underWay == (0, 0))
    }

    @Test("The largest batch always finds room when it is alone")
    func largest() throws {
        var limits = ServerLimits()
        (limits.bodyBytes, limits.bodyBytesPerMerchant) = (10, 10)
        let bounds = Bounds(limits, largestBytes: 1000)
        var place = try bounds.enter(books)
        try place.hold(1000)
        #expect(code { try place.hold(1) } == "too_many_uploads")
    }

    @Test("A rate lets two seconds' worth through at once, and then so many a second")
    func rates() throws {
        let bounds = bounds {
            ($0.requestsPerSecond, $0.requestsPerSecondPerMerchant, $0.unknownPerSecond) = (5, 2, 1)
        }
        for _ in 0..<4 { try bounds.pass(books, now: begin) }
        #expect(code { try bounds.pass(books, now: begin) } == "rate_limited")
        try bounds.pass(bakery, now: begin)
        for _ in 0..<2 { try bounds.pass(.unknown, now: begin) }
        #expect(code { try bounds.pass(.unknown, now: begin) } == "rate_limited")
        let later = begin + .seconds(1)
        for _ in 0..<2 { try bounds.pass(books, now: later) }
        #expect(code { try bounds.pass(books, now: later) } == "rate_limited")
        for _ in 0..<10 { try bounds.request(now: begin) }
        #expect(code { try bounds.request(now: begin) } == "busy")
        for _ in 0..<5 { try bounds.request(now: later) }
        #expect(code { try bounds.request(now: later) } == "busy")
    }

    @Test("A clock that goes back gives nothing away")
    func backwards() throws {
        let bounds = bounds { $0.requestsPerSecond = 1 }
        for _ in 0..<2 { try bounds.request(now: begin) }
        #expect(code { try bounds.request(now: begin - .seconds(100)) } == "busy")
        #expect(code { try bounds.request(now: begin) } == "busy")
        try bounds.request(now: begin + .seconds(1))
    }
}
