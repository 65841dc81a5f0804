import Foundation
import GRDB
import Settlement
import Synchronization
import Testing

@testable import Store

@Suite("A database of an older schema")
struct SchemaUpgradeTests {
    /// A file as the first schema left it, with a batch in it.
    private func older() throws -> Scene {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.store.writing("age") { database in
            try database.execute(sql: Scene.laterTables)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        try scene.store.shut()
        return scene
    }

    private func version(_ path: String) throws -> Int? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    }

    @Test("Opening keeps a whole copy beside it, takes it further, and says how long that took")
    func kept() throws {
        let scene = try older()
        let copy = scene.store.path + ".before-\(Schema.present)"
        var told: [SchemaUpgrade] = []
        let store = try Store.open(folder: scene.folder) { told.append($0) }
        #expect(try store.recordCount() == 1)
        try store.shut()
        #expect(try version(scene.store.path) == Schema.present)
        #expect(try version(copy) == 1)
        #expect(try Store.integrityFindings(ofFile: copy) == [])
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        #expect(told.map { $0.done == nil } == [true, false])
        #expect(told.last?.done?.steps.map(\.number) == Array(2...Schema.present))
        #expect(
            told.last?.description.contains(copy) == true && told.last?.description.contains(" ms") == true)
        try Store.open(folder: scene.folder) { told.append($0) }.shut()
        #expect(told.count == 2, "what is of the present schema is not touched")
    }

    @Test("Where the copy cannot be made, nothing is changed, and it says so")
    func noRoom() throws {
        let scene = try older()
        let draft = scene.store.path + ".before-\(Schema.present).tmp"
        try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: false)
        let trouble = #expect(throws: StoreTrouble.self) { try Store.open(folder: scene.folder) }
        #expect(trouble?.attempt.contains("keep a copy") == true, "\(String(describing: trouble))")
        #expect(try version(scene.store.path) == 1)
        try FileManager.default.removeItem(atPath: draft)
        try Store.open(folder: scene.folder).shut()
        #expect(try version(scene.store.path) == Schema.present)
    }

    @Test("A copy that would take of the room for batches is not begun, and it says how much room is needed")
    func reserve() throws {
        let scene = try older()
        let store = try Store(path: scene.store.path, pool: Connection.open(scene.store.path, .powerCut))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: store.path)).count
        func upgrade(free: Int) throws {
            try store.upgrade(
                keepingCopy: true, reserve: DiskReserve(bytes: 1_000) { _ in Int64(free) }
            ) { _ in }
        }
        let trouble = #expect(throws: StoreTrouble.self) { try upgrade(free: bytes + 999) }
        #expect(trouble?.attempt.contains("keep a copy") == true && trouble?.cause.contains("room") == true)
        #expect(trouble?.hint?.contains("\(bytes) bytes beside the 1000") == true, "\(trouble?.hint ?? "")")
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.folder)
        #expect(!names.contains { $0.contains(".before-") }, "\(names)")
        try upgrade(free: bytes + 1_000)
        try store.shut()
        #expect(try version(scene.store.path) == Schema.present)
        #expect(try version(scene.store.path + ".before-\(Schema.present)") == 1)
    }

    @Test("Many that open it at once take it further once, and each finds it so")
    func together() async throws {
        let scene = try older()
        let folder = scene.folder
        let upgrades = Upgrades()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try Store.open(folder: folder) { upgrade in
                        if upgrade.done != nil { upgrades.count.withLock { $0 += 1 } }
                    }
                    defer { try? store.shut() }
                    #expect(try store.recordCount() == 1)
                }
            }
            try await group.waitForAll()
        }
        #expect(upgrades.count.withLock { $0 } == 1)
        #expect(try version(scene.store.path + ".before-\(Schema.present)") == 1)
    }
}

/// How many were made, by all who open.
private final class Upgrades: Sendable {
    let count = Mutex(0)
}
