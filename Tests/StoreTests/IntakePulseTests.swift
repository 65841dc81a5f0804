import Settlement
import Testing

@testable import Store

@Suite("Pulses of the intake")
struct IntakePulseTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    @Test("They say of each merchant what the whole standing and the list of missing numbers say")
    func agrees() throws {
        let received = Instant.at("2026-01-20T12:00:00Z")
        try scene.send("b1", 1, [], received: received)
        try scene.send("b5", 5, [], received: received.advanced(byHours: 1))
        try scene.send("b3", 3, [], received: received.advanced(byHours: 2))
        try scene.send("o2", 2, [], byOperator: true, received: received.advanced(byHours: 3))
        let pulses = try scene.store.intakePulses()
        #expect(pulses.map(\.merchant) == ["M", "N"])
        #expect(pulses.map(\.lastBatch) == (try scene.store.intakeStanding().map(\.lastBatch)))
        #expect(pulses[0].lastBatch == received.advanced(byHours: 2))
        let missing = try scene.store.missingSequences()
        #expect(pulses.map(\.missing) == [Int64(missing.count), 0] && missing.count == 3)
    }

    @Test("They are read from an index, whatever the batches hold")
    func plan() throws {
        let plan = try scene.store.reading("plan") {
            try Prepared($0, "EXPLAIN QUERY PLAN " + Store.lastArrivals).all { $0.text(3) }
        }
        #expect(plan == ["SCAN batches USING COVERING INDEX sqlite_autoindex_batches_2"])
    }

    @Test("The last close is the last one, and none before the first")
    func lastClose() throws {
        try scene.send("b1", 1, [record("a", .earn, "x", 10, "2026-01-05T10:00:00Z")])
        #expect(try scene.store.lastClose() == nil)
        try scene.close(0)
        try scene.close(1)
        let periods = try scene.store.periods()
        #expect(try scene.store.lastClose() == periods[1].close)
        #expect(periods[0].close?.records.settled == 1 && periods[1].close?.records.settled == 0)
    }

    @Test("The file's sizes are the system's, and what is free is something")
    func sizes() throws {
        try scene.send("b1", 1, [])
        let sizes = scene.store.fileSizes
        #expect(sizes.database > 0 && sizes.log > 0)
        #expect(try #require(sizes.free) > 0)
        try scene.store.shut()
        #expect(scene.store.fileSizes.log == 0)
    }
}

@Suite("Counting without waiting")
struct CountingTests {
    @Test("What many threads count together is all of it")
    func together() async {
        let (counter, latencies) = (Counter(), Latencies())
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for number in 0..<1_000 {
                        counter.add(2)
                        latencies.add(.microseconds(number))
                    }
                }
            }
        }
        #expect(counter.count == 16_000)
        let standing = latencies.standing
        #expect(standing.upTo.last == 8_000 && standing.upTo[0] == 8 * 501)
        #expect(standing.seconds == 3.996)
    }

    @Test("A commit is counted once it is on the disk, a transaction that is undone is not")
    func commits() throws {
        let scene = try Scene()
        let before = scene.store.commits.standing.upTo.last ?? 0
        try scene.store.tryWriting()
        struct Undone: Error {}
        #expect(throws: Undone.self) { try scene.store.writing("undo") { _ in throw Undone() } }
        #expect(scene.store.commits.standing.upTo.last == before + 1)
    }
}
