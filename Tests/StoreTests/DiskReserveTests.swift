import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

@Suite("The disk's reserve, which closes leave to batches")
struct DiskReserveTests {
    private let due = Instant.at("2026-02-02T01:00:00Z")

    private func scene() throws -> Scene {
        let scene = try Scene()
        let records = (0..<300).map { number in
            record(
                RecordID(verified: "r\(number)"), .earn, MemberID(verified: "m\(number)"), 10,
                "2026-01-05T10:00:00Z")
        }
        try scene.send("b1", 1, records)
        return scene
    }

    private func close(_ scene: Scene, _ reserve: DiskReserve, strideBytes: Int) throws -> ClosedPeriod {
        try scene.store.close(0, at: due, forced: false, reserve: reserve) { run in
            run.strideBytes = strideBytes
            run.groupBytes = 512
            return try scene.settle(run)
        }
    }

    private func send(_ scene: Scene, _ id: String, _ sequence: Int64) throws {
        try scene.send(
            id, sequence, [record(RecordID(verified: id), .earn, "x", 1, "2026-01-05T10:00:00Z")],
            received: due)
    }

    @Test("A close stops where it would take of it, the next goes on from the same cut to the same bytes")
    func stops() throws {
        let (scene, other) = (try self.scene(), try self.scene())
        let undisturbed = try close(other, .none, strideBytes: 1 << 20)
        // A cut behind which something has come stays when its close fails.
        try scene.store.beginClose(0, at: due, forced: false)
        try send(scene, "late", 2)
        // Whether at its beginning, amid its writing or before its last transaction.
        let looks = Mutex(0)
        let count = DiskReserve(bytes: 1 << 40) { _ in
            looks.withLock { $0 += 1 }
            return 1 << 41
        }
        _ = try close(try self.scene(), count, strideBytes: 1)
        let all = looks.withLock { $0 }
        #expect(all > 10)
        for last in [0, 1, all / 2, all - 1] {
            looks.withLock { $0 = 0 }
            let reserve = DiskReserve(bytes: 1 << 40) { _ in
                looks.withLock { looks in
                    looks += 1
                    return looks > last ? 5 : 1 << 41
                }
            }
            #expect {
                try close(scene, reserve, strideBytes: 1)
            } throws: { error in
                guard let trouble = error as? StoreTrouble else { return false }
                return !trouble.isDamage && trouble.cause.contains("are kept for batches")
            }
            #expect(try scene.store.earliestOpen() == 0)
            #expect(try scene.integer("SELECT count(*) FROM statements") == 0)
            // Batches find room, and come behind the cut.
            try send(scene, "late\(last)", Int64(last + 3))
        }
        let closed = try close(scene, DiskReserve(bytes: 1) { _ in 1 }, strideBytes: 1 << 20)
        #expect(closed.statements.map(\.document.bytes) == undisturbed.statements.map(\.document.bytes))
        #expect(closed.closing.bytes == undisturbed.closing.bytes)
    }

    @Test("What the file itself has of unused pages counts as free, and what cannot be told forbids nothing")
    func unused() throws {
        let scene = try scene()
        let none = DiskReserve(bytes: 4_096) { _ in 0 }
        try scene.store.writing("look") { database in
            #expect(throws: StoreTrouble.self) { try none.check(scene.folder, database) }
            try database.execute(sql: "CREATE TABLE filler (bytes BLOB)")
            try database.execute(sql: "INSERT INTO filler VALUES (zeroblob(100000))")
            try database.execute(sql: "DROP TABLE filler")
            try none.check(scene.folder, database)
        }
        try DiskReserve(bytes: 1) { _ in nil }.check(scene.folder)
    }

    @Test("The file system is asked for what is free")
    func asked() throws {
        let scene = try scene()
        try DiskReserve(bytes: 1).check(scene.folder)
        #expect(throws: StoreTrouble.self) {
            try DiskReserve(bytes: DiskReserve.bounds.upperBound).check(scene.folder)
        }
    }
}
