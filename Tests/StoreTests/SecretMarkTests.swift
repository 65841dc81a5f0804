import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("What the master secret of the data is known by")
struct SecretMarkTests {
    @Test("Data knows the secret that it was founded with, and no other, whatever is told it later")
    func known() throws {
        let scene = try Scene()
        try scene.store.know(Scene.secret(1))
        try scene.store.know(Scene.secret(2))
        #expect(try scene.store.isSigned(by: Scene.secret(1)))
        #expect(try !scene.store.isSigned(by: Scene.secret(2)))
    }

    @Test("Nothing that is kept of the secret is secret: the seal's public key, and no other bytes")
    func kept() throws {
        let scene = try Scene()
        try scene.store.know(Scene.secret(1))
        let kept = try scene.store.reading("look") {
            try Prepared($0, "SELECT seal FROM secret_marks").all { $0.bytes(0) }
        }
        #expect(kept == [Scene.secret(1).sealKey(version: 1).verification.publicKey?.bytes])
    }

    @Test("A file of the first schema is taken further; its first receipt tells whose secret is its own")
    func olderFile() throws {
        let scene = try Scene()
        #expect(try scene.store.isSigned(by: Scene.secret(2)))
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.store.writing("age") { database in
            try database.execute(sql: "DROP TABLE secret_marks")
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        try scene.store.shut()
        let store = try Store.open(folder: scene.folder)
        defer { try? store.shut() }
        #expect(try store.reading("look") { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
        #expect(try store.isSigned(by: Scene.secret(1)))
        #expect(try !store.isSigned(by: Scene.secret(2)))
        #expect(try store.recordCount() == 1)
    }
}
