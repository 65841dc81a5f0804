import Testing

@testable import Service

@Suite("How many explanations are made at once")
struct ExplanationLanesTests {
    @Test(
        "Beyond the most of its kind one is told to come again, until another is done",
        arguments: [(ExplanationLanes.Lane.record, 1), (.statement, 2)])
    func full(lane: ExplanationLanes.Lane, most: Int) throws {
        let lanes = ExplanationLanes()
        var places = try (0..<most).map { _ in try lanes.take(lane) }
        let problem = try #require(throws: Problem.self) { _ = try lanes.take(lane) }
        #expect(problem.code == "busy" && problem.retryAfter != nil)
        places.removeLast()
        places.append(try lanes.take(lane))
        #expect(throws: Problem.self) { _ = try lanes.take(lane) }
        withExtendedLifetime(places) {}
    }

    @Test("Those of one kind leave the places of the other")
    func apart() throws {
        let lanes = ExplanationLanes()
        let places = [
            try lanes.take(.record), try lanes.take(.statement), try lanes.take(.statement),
        ]
        #expect(places.count == 3)
        withExtendedLifetime(places) {}
    }
}
