import Testing

@testable import Service

@Suite("Pauses between attempts to deliver")
struct BackoffTests {
    @Test("They double from five seconds to half a day, each a random length about that")
    func pauses() {
        let least = (1...16).map { Backoff.webhook.pause(after: $0) { $0.lowerBound } }
        let most = (1...16).map { Backoff.webhook.pause(after: $0) { $0.upperBound } }
        #expect(least.prefix(3) == [4_000, 8_000, 16_000])
        #expect(most.prefix(3) == [6_000, 12_000, 24_000])
        #expect(least.last == 12 * 3_600 * 800 && most.last == 12 * 3_600 * 1_200)
        #expect(Backoff.folder.pause(after: 1_000_000) { $0.lowerBound } == 480_000)
        #expect((1...1_000).allSatisfy { _ in (4_000...6_000).contains(Backoff.webhook.pause(after: 1)) })
        #expect(Set((1...100).map { _ in Backoff.webhook.pause(after: 10) }).count > 50)
    }

    @Test("What the receiver asks for is the least, as long as it is no more than half a day")
    func asked() {
        #expect(Backoff.webhook.pause(after: 1, asked: 60) { $0.upperBound } == 60_000)
        #expect(Backoff.webhook.pause(after: 6, asked: 1) { $0.lowerBound } == 128_000)
        #expect(Backoff.webhook.pause(after: 1, asked: .max) { $0.upperBound } == 12 * 3_600 * 1_000)
    }

    @Test("They are given up after five days")
    func end() {
        for backoff in [Backoff.webhook, .folder] {
            #expect(!backoff.givesUp(after: 0) && !backoff.givesUp(after: 1))
            var (attempts, waited) = (1, Int64(0))
            while !backoff.givesUp(after: attempts) {
                waited += backoff.pause(after: attempts) { ($0.lowerBound + $0.upperBound) / 2 }
                attempts += 1
            }
            #expect((5 * 86_400_000..<5 * 86_400_000 + Int64(backoff.longest) * 1_000).contains(waited))
        }
    }
}
