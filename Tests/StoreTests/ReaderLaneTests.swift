import Foundation
import Settlement
import Signing
import Testing

@testable import Store

@Suite("Connections of those who are answered at once")
struct ReaderLaneTests {
    /// Takes so many connections that batches are looked up over, and gives them back when it is let go of.
    private final class Holders: Sendable {
        private let isOver = DispatchSemaphore(value: 0)
        private let hasEnded = DispatchGroup()
        private let count: Int

        init(_ count: Int, of store: Store) {
            self.count = count
            let holds = DispatchSemaphore(value: 0)
            for _ in 0..<count {
                hasEnded.enter()
                Thread { [isOver, hasEnded] in
                    try? store.reading("hold a connection") { _ in
                        holds.signal()
                        isOver.wait()
                    }
                    hasEnded.leave()
                }.start()
            }
            for _ in 0..<count { holds.wait() }
        }

        func end() {
            for _ in 0..<count { isOver.signal() }
            hasEnded.wait()
        }
    }

    @Test("They read while threads that store batches have every connection of theirs, also what came last")
    func apart() throws {
        let scene = try Scene()
        let readers = scene.store.forReaders
        #expect(try readers.recordCount() == 0)
        let batch = try scene.verified("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        let holders = Holders(Connection.mostReaders, of: scene.store)
        let signer = scene.signer
        _ = try scene.store.append(batch, received: .at("2026-01-31T12:00:00Z")) {
            signer.seal($0.bytes, for: "M")
        }
        #expect(try readers.recordCount() == 1)
        #expect(try scene.store.keys(master: scene.master).forReaders.lookup()("nobody") == nil)
        holders.end()
    }

    @Test("After the end nothing is opened any more, and no log is left beside the file")
    func end() throws {
        let scene = try Scene()
        let readers = scene.store.forReaders
        #expect(try readers.recordCount() == 0)
        try scene.store.shut()
        #expect(throws: StoreTrouble.self) { try readers.recordCount() }
        #expect(!FileManager.default.fileExists(atPath: scene.store.path + "-wal"))
    }
}
