import Settlement
import Testing

@testable import Service
@testable import Store

@Suite("Whose turn it is to be delivered to")
struct RoundTests {
    private func delivery(_ number: Int64, to merchant: String, attempts: Int = 0) -> Delivery {
        Delivery(
            number: number, ownNumber: number,
            lane: DeliveryLane(merchant: MerchantID(verified: merchant), channel: .webhook),
            news: .receipt(batch: 1), created: instant("2026-01-01T00:00:00Z"), state: .waiting,
            attempts: attempts, due: instant("2026-01-01T00:00:00Z"), tried: nil, answer: nil)
    }

    @Test("Lanes that failed last never have all the places")
    func failing() {
        var round = Round()
        round.waiting = (0..<100).map { delivery($0, to: "bad\($0)", attempts: 1) }
        var taken = 0
        while round.next() != nil { taken += 1 }
        #expect(taken == DeliveryService.mostFailing)
        round.waiting.append(delivery(1_000, to: "good"))
        #expect(round.next()?.lane.owner == "good")
    }

    @Test("A lane has one delivery at work, and then it is others' turn")
    func fair() {
        var round = Round()
        let (a, b) = (delivery(1, to: "a"), delivery(2, to: "b"))
        round.waiting = [a, a, b]
        #expect(round.next() == a)
        #expect(round.next() == b)
        #expect(round.next() == nil)
        round.end(a.lane)
        round.end(b.lane)
        round.waiting = [b, a]
        #expect(round.next() == a)
        round.end(a.lane)
        round.waiting = [a, b]
        #expect(round.next() == b)
    }

    @Test("So many are at work at once, and one whose store failed rests")
    func bounded() {
        var round = Round()
        round.waiting = (0..<100).map { delivery($0, to: "m\($0)") }
        round.rest(round.waiting[0].lane, for: .seconds(60))
        var taken: [Delivery] = []
        while let next = round.next() { taken.append(next) }
        #expect(taken.count == DeliveryService.mostAtOnce)
        #expect(!taken.contains { $0.lane.owner == "m0" })
    }
}
