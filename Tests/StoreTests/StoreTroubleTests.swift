import GRDB
import Testing

@testable import Store

@Suite("Trouble, and what has to happen before it is over")
struct StoreTroubleTests {
    private func kind(_ code: ResultCode, _ message: String? = nil) -> StoreTrouble.Kind? {
        let trouble = #expect(throws: StoreTrouble.self) {
            try trying("try") { () throws -> Void in throw DatabaseError(resultCode: code, message: message) }
        }
        return trouble?.kind
    }

    @Test("What SQLite finds broken is damage, another process or a full disk passes")
    func kinds() {
        #expect(kind(.SQLITE_CORRUPT) == .damage)
        #expect(kind(.SQLITE_NOTADB) == .damage)
        #expect(kind(.SQLITE_ERROR, "integer overflow") == .damage)
        #expect(kind(.SQLITE_ERROR, "no such table: x") == .passing)
        for code: ResultCode in [.SQLITE_BUSY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN] {
            #expect(kind(code) == .passing)
        }
    }

    @Test("So is a sum of figures that passes 64 bits")
    func overflow() throws {
        let scene = try Scene()
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.integer("SELECT sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)")
        }
        #expect(trouble?.isDamage == true)
    }
}
