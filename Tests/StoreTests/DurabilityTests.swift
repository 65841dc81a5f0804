import Foundation
import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

/// What a power cut would leave: the files as they are at that moment, opened elsewhere.
@Suite("Death at any moment")
struct DurabilityTests {
    private let january = [
        record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
        record("b", .earn, "y", 50, "2026-01-06T10:00:00Z"),
        record("c", .redeem, "x", 10, "2026-01-07T10:00:00Z"),
    ]

    /// The files of a store as they lie there now, opened in a folder of their own.
    private func survivor<Value>(of scene: Scene, _ look: (Store) throws -> Value) throws -> Value {
        try Files(of: scene).survivor(look)
    }

    private struct Files: Sendable {
        let folder: String

        init(of scene: Scene) { folder = scene.folder }

        func survivor<Value>(_ look: (Store) throws -> Value) throws -> Value {
            let copy = folder + "/survivor-\(UUID())"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            for suffix in ["", "-wal"] {
                let name = "/" + Store.fileName + suffix
                try FileManager.default.copyItem(atPath: folder + name, toPath: copy + name)
            }
            let store = try Store.open(folder: copy)
            defer { try? store.shut() }
            return try look(store)
        }
    }

    @Test("A batch is on the disk when append returns, and not before")
    func append() throws {
        let scene = try Scene()
        let batch = try scene.verified("b1", 1, january)
        let stored = Mutex<[Int64?]>([])
        let files = Files(of: scene)
        let signer = scene.signer
        _ = try scene.store.append(batch, received: .at("2026-01-31T12:00:00Z")) { receipt in
            let found = try? files.survivor { try $0.recordCount() }
            stored.withLock { $0.append(found) }
            return signer.seal(receipt.bytes, for: "M")
        }
        #expect(stored.withLock { $0 } == [0])
        #expect(try survivor(of: scene) { try $0.recordCount() } == 3)
        #expect(
            try survivor(of: scene) { try $0.batch("b1", of: "M") } == scene.store.batch("b1", of: "M"))
    }

    @Test("A close that dies after any member leaves an open period, even when it has spilt to the disk")
    func close() throws {
        let scene = try Scene()
        var records = january
        for number in 0..<2_000 {
            let member = MemberID(verified: "m\(number)")
            records.append(
                record(RecordID(verified: "e\(number)"), .earn, member, 5, "2026-01-09T10:00:00Z"))
        }
        try scene.send("b1", 1, records)
        let before = try scene.countingContents()
        var deaths = 0
        let logBefore = try logBytes(scene)
        var logDuring = 0
        let files = Files(of: scene)
        let end = Instant.at("2026-02-02T00:00:00Z")
        let ends = Mutex<[String]>([])
        try scene.trace("INSERT INTO holdings") { written in
            guard written.isMultiple(of: 500) else { return }
            deaths += 1
            do {
                logDuring = try logBytes(scene)
                try files.survivor { (store: Store) throws in
                    #expect(try store.earliestOpen() == 0)
                    #expect(try store.stateCounts().open == 2_003)
                    #expect(try store.countingContents() == before)
                    #expect(try store.unfinishedClose()?.since == end)
                    // The next close goes on from the same cut, days later.
                    _ = try store.close(0, at: end.advanced(byHours: 77), forced: false) {
                        try scene.settle($0)
                    }
                    ends.withLock { $0.append((try? store.closedRows()) ?? "") }
                }
            } catch {
                Issue.record(error)
            }
        }
        _ = try scene.store.close(0, at: end, forced: false) { run in
            run.groupBytes = 400
            run.strideBytes = 4_000
            return try scene.settle(run)
        }
        try scene.endTrace()
        #expect(deaths == 4)
        #expect(logDuring > logBefore)
        // Whenever it died, the bytes are the same in the end, in rows that nobody sees too.
        #expect(try ends.withLock { $0 } == Array(repeating: scene.closedRows(), count: 4))
        try survivor(of: scene) { (store: Store) throws in
            #expect(try store.earliestOpen() == 1)
            #expect(try store.contents() == scene.contents())
        }
    }

    private func logBytes(_ scene: Scene) throws -> Int {
        let path = scene.store.path + "-wal"
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
