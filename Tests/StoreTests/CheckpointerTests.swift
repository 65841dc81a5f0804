import Foundation
import GRDB
import Testing

@testable import Store

@Suite("The log, written back")
struct CheckpointerTests {
    /// A file whose log is written back from 256 KiB on.
    private final class Place {
        let folder = FileManager.default.temporaryDirectory.path + "/log-\(UUID())"
        let path: String
        let pool: DatabasePool
        let checkpointer: Checkpointer

        init() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/file.sqlite"
            self.path = path
            pool = try Connection.open(path, .process)
            let checkpointer = try pool.writeWithoutTransaction { database in
                try database.execute(sql: "CREATE TABLE long (bytes BLOB NOT NULL)")
                let checkpointer = Checkpointer(
                    path: path, pageBytes: try Connection.pageBytes(of: database), bytes: 256 << 10)
                checkpointer.watch(database)
                return checkpointer
            }
            self.checkpointer = checkpointer
        }

        deinit {
            checkpointer.stop()
            try? pool.close()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// Commits so many rows of 64 KiB, each alone.
        func write(_ count: Int) throws {
            for _ in 0..<count {
                try pool.write { try $0.execute(sql: "INSERT INTO long VALUES (zeroblob(65536))") }
            }
        }

        func size(_ suffix: String = "") throws -> Int {
            try FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int ?? 0
        }

        /// Whether the file comes to have so many bytes, which another thread writes, while commits go on: what
        /// came behind a run's back waits for the next commit.
        func comesTo(_ bytes: Int) throws -> Bool {
            for _ in 0..<1_000 {
                if try size() >= bytes { return true }
                try pool.write { try $0.execute(sql: "UPDATE long SET bytes = bytes WHERE rowid = 1") }
                usleep(10_000)
            }
            return false
        }
    }

    @Test("A long log goes into the file by itself, and begins anew")
    func writesBack() throws {
        let place = try Place()
        try place.write(40)
        #expect(try place.comesTo(256 << 10))
        // A log that begins anew takes rows without growing.
        var beginsAnew = false
        for _ in 0..<1_000 where !beginsAnew {
            let before = try place.size("-wal")
            try place.write(2)
            beginsAnew = try place.size("-wal") == before
            usleep(10_000)
        }
        #expect(beginsAnew)
    }

    @Test("What a reader holds up is written back once it is gone")
    func reader() throws {
        let place = try Place()
        let snapshot = try place.pool.makeSnapshot()
        try place.write(40)
        // Nothing behind what the reader sees may go into the file.
        #expect(try place.size() < 10 * 65_536)
        #expect(try snapshot.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM long") } == 0)
        try snapshot.close()
        place.checkpointer.readerWent()
        try place.write(1)
        #expect(try place.comesTo(40 * 65_536))
    }

    @Test("A file that is made has pages of its size, and one that is there keeps its own")
    func pageSize() throws {
        let place = try Place()
        #expect(try place.pool.read { try Connection.pageBytes(of: $0) } == Connection.pageBytes)
        let path = place.folder + "/older.sqlite"
        let older = try DatabaseQueue(path: path)
        try older.write { try $0.execute(sql: "CREATE TABLE some (thing INTEGER)") }
        try older.close()
        let pool = try Connection.open(path, .process)
        #expect(try pool.writeWithoutTransaction { try Connection.pageBytes(of: $0) } == 4_096)
        try pool.close()
    }
}
