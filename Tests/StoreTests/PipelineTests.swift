import Testing

@testable import Store

@Suite("Reading, settling and writing at once")
struct PipelineTests {
    private struct Stop: Error, Equatable {
        let place: String
    }

    @Test(
        "Everything comes out in its order, however many are on their way and on however many threads",
        arguments: [(1, 1), (2, 1), (4, 2), (5, 3), (1_000, 2)])
    func order(_ depth: Int, threads: Int) throws {
        var contexts = Array(repeating: 0, count: threads)
        var given = 0
        var taken: [Int] = []
        try pipelined(contexts: &contexts, depth: depth) {
            given += 1
            return given <= 300 ? given : nil
        } work: { sum, item in
            sum += item
            return item * 2
        } take: { item, product in
            #expect(product == item * 2)
            #expect(given - item <= depth)
            taken.append(item)
        }
        #expect(taken == Array(1...300))
        #expect(contexts.reduce(0, +) == 300 * 301 / 2)
        #expect(contexts.allSatisfy { $0 > 0 })
    }

    @Test(
        "The first in order of what any of the three throws comes out, and nothing behind it",
        arguments: ["next", "work", "take"], [1, 3])
    func failure(_ place: String, threads: Int) throws {
        var contexts: [[Int]] = Array(repeating: [], count: threads)
        var given = 0
        var taken: [Int] = []
        #expect(throws: Stop(place: place)) {
            try pipelined(contexts: &contexts, depth: 4) {
                given += 1
                if place == "next", given == 50 { throw Stop(place: place) }
                return given <= 300 ? given : nil
            } work: { worked, item in
                if place == "work", item == 50 { throw Stop(place: place) }
                if place == "work", item == 51 { throw Stop(place: "behind") }
                worked.append(item)
                return item
            } take: { item, _ in
                if place == "take", item == 50 { throw Stop(place: place) }
                taken.append(item)
            }
        }
        // What was worked on at the end had been given before.
        let worked = contexts.flatMap { $0 }
        #expect(Set(worked).count == worked.count)
        #expect(worked.allSatisfy { $0 <= 54 })
        switch place {
        case "next": #expect(given == 50 && taken.count >= 45 && taken == Array(1...taken.count))
        default: #expect(taken == Array(1...49))
        }
    }

    @Test("Nothing to do is done")
    func nothing() throws {
        var contexts = [0, 0]
        try pipelined(contexts: &contexts, depth: 3) {
            nil as Int?
        } work: { _, item in
            item
        } take: { _, _ in
            Issue.record("nothing was given")
        }
        #expect(contexts == [0, 0])
    }
}
