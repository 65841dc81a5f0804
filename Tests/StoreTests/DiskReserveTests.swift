#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import GRDB
import Settlement
import Signing
import Synchronization
import Testing

@testable import Store

@Suite("The disk's reserve, which closes leave to batches")
struct DiskReserveTests {
    private let due = Instant.at("2026-02-02T01:00:00Z")

    private func scene(_ count: Int = 300) throws -> Scene {
        let scene = try Scene()
        let records = (0..<count).map { number in
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
                return trouble.kind == .reserve && trouble.cause.contains("are kept for batches")
            }
            #expect(try scene.store.earliestOpen() == 0)
            #expect(try scene.integer("SELECT count(*) FROM statements") == 0)
            // Batches find room, and come behind the cut.
            try send(scene, "late\(last)", Int64(last + 3))
        }
        let closed = try close(scene, DiskReserve(bytes: 1 << 40) { _ in 1 << 41 }, strideBytes: 1 << 20)
        #expect(closed.statements.map(\.document.bytes) == undisturbed.statements.map(\.document.bytes))
        #expect(closed.closing.bytes == undisturbed.closing.bytes)
    }

    /// What the database and its log take of the disk.
    private static func used(_ folder: String) -> Int64 {
        ["", "-wal", "-shm"].reduce(0) { sum, ending in
            var status = stat()
            guard stat(folder + "/settled.sqlite" + ending, &status) == 0 else { return sum }
            return sum + Int64(status.st_size)
        }
    }

    private func writeBack(_ scene: Scene) throws {
        try scene.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    @Test("However often a close is tried that finds no room, what it leaves to batches stays theirs")
    func filled() throws {
        let (scene, other) = (try self.scene(3_000), try self.scene(3_000))
        let before = Self.used(other.folder)
        let undisturbed = try close(other, .none, strideBytes: 1)
        let taken = Self.used(other.folder) - before
        #expect(taken > 1 << 20)
        let reserve: Int64 = 1 << 20
        // Half of the room that it takes.
        let capacity = Mutex(Self.used(scene.folder) + reserve + taken / 2)
        let disk = DiskReserve(bytes: reserve) { folder in
            capacity.withLock { $0 } - Self.used(folder)
        }
        for _ in 0..<4 {
            #expect {
                try close(scene, disk, strideBytes: 1)
            } throws: { error in
                (error as? StoreTrouble)?.kind == .reserve
            }
            #expect(try scene.integer("SELECT count(*) FROM settlements") ?? 0 > 0)
            // One piece may take of it; also once the log is written back.
            #expect(capacity.withLock { $0 } - Self.used(scene.folder) > reserve / 2)
            try writeBack(scene)
            #expect(capacity.withLock { $0 } - Self.used(scene.folder) > reserve / 2)
        }
        capacity.withLock { $0 += 4 * taken }
        let closed = try close(scene, disk, strideBytes: 1)
        #expect(closed.statements.map(\.document.bytes) == undisturbed.statements.map(\.document.bytes))
        #expect(closed.closing.bytes == undisturbed.closing.bytes)
    }

    @Test("What the file has still to grow by is kept free too, unused pages spare it that")
    func growth() throws {
        let scene = try scene()
        try writeBack(scene)
        let reserve = DiskReserve(bytes: 4_096) { _ in 4_096 }
        try scene.store.writing("look") { database in
            try reserve.check(scene.folder, database)
            try database.execute(sql: "CREATE TABLE filler (bytes BLOB)")
            try database.execute(sql: "INSERT INTO filler VALUES (zeroblob(100000))")
            #expect(throws: StoreTrouble.self) { try reserve.check(scene.folder, database) }
        }
        try writeBack(scene)
        try scene.store.writing("look") { database in
            try database.execute(sql: "DELETE FROM filler")
            try database.execute(sql: "INSERT INTO filler VALUES (zeroblob(90000))")
            try reserve.check(scene.folder, database)
        }
    }

    @Test("What is sorted in a file is counted before it is written")
    func sorted() throws {
        let scene = try scene()
        let looks = Mutex(0)
        // Of the room beside the reserve, records that are sorted take more; behind the first look there is plenty.
        let reserve = DiskReserve(bytes: 1 << 30) { _ in
            looks.withLock { looks in
                looks += 1
                return looks == 1 ? 1 << 30 + 1_000 : 1 << 40
            }
        }
        try writeBack(scene)
        try scene.store.beginClose(0, at: due, forced: false)
        try writeBack(scene)
        #expect {
            try scene.store.close(0, at: due, forced: false, reserve: reserve) { run in
                run.sortBudget = 4_096
                return try scene.settle(run)
            }
        } throws: { error in
            guard let trouble = error as? StoreTrouble else { return false }
            return trouble.kind == .reserve && trouble.cause.contains("what comes next")
        }
        #expect(looks.withLock { $0 } == 1)
    }

    @Test("The file system is asked for what is free, and what cannot be told forbids nothing")
    func asked() throws {
        let scene = try scene()
        try scene.store.writing("look") { database in
            try DiskReserve(bytes: 1).check(scene.folder, database)
            #expect(throws: StoreTrouble.self) {
                try DiskReserve(bytes: DiskReserve.bounds.upperBound).check(scene.folder, database)
            }
            try DiskReserve(bytes: 1) { _ in nil }.check(scene.folder, database)
        }
    }
}
