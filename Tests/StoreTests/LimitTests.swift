import GRDB
import GRDBSQLite
import Settlement
import Testing

@testable import Store

@Suite("What SQLite does not take")
struct LimitTests {
    private func limit(_ scene: Scene, _ length: Int32) throws {
        try scene.store.writing("limit") { database in
            _ = sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, length)
        }
    }

    @Test("A value too long for SQLite is trouble, nothing of it is kept, and the store goes on")
    func tooLong() throws {
        let scene = try Scene()
        let records = (0..<200).map {
            record(RecordID(verified: "r\($0)"), .earn, "x", 1, "2026-01-05T10:00:00Z")
        }
        let before = try scene.contents()
        try limit(scene, 2_000)
        #expect(throws: StoreTrouble.self) { try scene.send("b1", 1, records) }
        try limit(scene, 1_000_000_000)
        #expect(try scene.contents() == before)
        try scene.send("b1", 1, records)
        #expect(try scene.store.recordCount() == 200)
    }
}
