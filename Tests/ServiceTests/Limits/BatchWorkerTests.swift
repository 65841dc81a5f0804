import Dispatch
import Synchronization
import Testing

@testable import Service

@Suite("Where batches are checked")
struct BatchWorkerTests {
    /// What happened, in its order.
    private final class Events: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    @Test("Small batches are done while a large one is checked, and the next large one waits for it")
    func order() async throws {
        let workers = BatchWorkers()
        workers.start()
        let events = Events()
        let gate = DispatchSemaphore(value: 0)
        let large = BatchWorkers.heavyBytes
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let (begun, begin) = AsyncStream.makeStream(of: Void.self)
            tasks.addTask {
                try await workers.run(bytes: large) {
                    begin.yield()
                    gate.wait()
                    events.add("large")
                }
            }
            var beginning = begun.makeAsyncIterator()
            await beginning.next()
            tasks.addTask { try await workers.run(bytes: large) { events.add("second large") } }
            // As many as may share a commit, all at once.
            let meeting = DispatchGroup()
            for _ in 0..<32 { meeting.enter() }
            try await withThrowingTaskGroup(of: Void.self) { small in
                for _ in 0..<32 {
                    small.addTask {
                        try await workers.run(bytes: large - 1) {
                            meeting.leave()
                            meeting.wait()
                            events.add("small")
                        }
                    }
                }
                try await small.waitForAll()
            }
            #expect(events.all == Array(repeating: "small", count: 32))
            #expect(try await workers.look { 7 } == 7)
            gate.signal()
            try await tasks.waitForAll()
        }
        #expect(events.all.suffix(2) == ["large", "second large"])
        try await workers.shutdownGracefully()
    }
}
