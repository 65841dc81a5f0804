import Testing

@testable import Store

@Suite("Reading, settling and writing at once")
struct PipelineTests {
    private struct Stop: Error, Equatable {
        let place: String
    }

    @Test("Everything comes out in its order, however many are on their way", arguments: [1, 2, 4, 1_000])
    func order(_ depth: Int) throws {
        var given = 0
        var taken: [Int] = []
        try pipelined(depth: depth) {
            given += 1
            return given <= 300 ? given : nil
        } work: {
            $0 * 2
        } take: { item, product in
            #expect(product == item * 2)
            #expect(given - item <= depth)
            taken.append(item)
        }
        #expect(taken == Array(1...300))
    }

    @Test(
        "What any of the three throws comes out, and nothing is done behind it",
        arguments: ["next", "work", "take"])
    func failure(_ place: String) throws {
        var given = 0
        var taken: [Int] = []
        // Only the other thread writes it; read when that rests.
        var worked: [Int] = []
        #expect(throws: Stop(place: place)) {
            try pipelined(depth: 4) {
                given += 1
                if place == "next", given == 50 { throw Stop(place: place) }
                return given <= 300 ? given : nil
            } work: { item in
                if place == "work", item == 50 { throw Stop(place: place) }
                worked.append(item)
                return item
            } take: { item, _ in
                if place == "take", item == 50 { throw Stop(place: place) }
                taken.append(item)
            }
        }
        #expect(worked == Array(1...max(1, worked.count)))
        switch place {
        case "next": #expect(given == 50 && worked.count < 50)
        case "work": #expect(worked.count == 49 && taken == Array(1...49))
        default: #expect(worked.count >= 50 && worked.count < 55 && taken == Array(1...49))
        }
    }

    @Test("Nothing to do is done")
    func nothing() throws {
        try pipelined(depth: 3) {
            nil as Int?
        } work: {
            $0
        } take: { _, _ in
            Issue.record("nothing was given")
        }
    }
}
