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
            try database.execute(sql: Scene.laterTables)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        try scene.store.shut()
        let store = try Store.open(folder: scene.folder)
        defer { try? store.shut() }
        #expect(
            try store.reading("look") { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Schema.present)
        #expect(try store.isSigned(by: Scene.secret(1)))
        #expect(try !store.isSigned(by: Scene.secret(2)))
        #expect(try store.recordCount() == 1)
    }

    /// A secret of so many versions.
    private func secret(_ versions: Int) throws -> MasterSecret {
        try MasterSecret(
            versions: (1...versions).map { SecretBytes([UInt8](repeating: UInt8($0), count: 32)) })
    }

    private let now = Instant.at("2026-02-01T00:00:00Z")

    @Test(
        "A later version is taken into use once, with its public key, its instant and an entry in the audit")
    func taken() throws {
        let scene = try Scene()
        try scene.store.know(secret(1))
        #expect(try scene.store.takeUp(secret(1), at: now) == nil)
        #expect(try scene.store.takeUp(secret(2), at: now) == 2)
        #expect(try scene.store.takeUp(secret(2), at: now.advanced(byHours: 1)) == nil)
        let marks = try scene.store.secretMarks()
        #expect(marks.map(\.version) == [1, 2] && marks.last?.since == now)
        #expect(try marks.last?.seal == secret(2).sealKey(version: 2).verification.publicKey?.bytes)
        let entries = try scene.store.audit(AuditFilter(act: .secretRotated))
        #expect(entries.map(\.reason) == ["version 2"] && entries.first?.at == now)
        #expect(try scene.store.isSigned(by: secret(2)) && scene.store.isSigned(by: secret(3)))
        let other = try MasterSecret(
            versions: [1, 9].map { SecretBytes([UInt8](repeating: $0, count: 32)) })
        #expect(try !scene.store.isSigned(by: other), "the second version is another one")
    }

    @Test("Data that did not say by which secret it is signed says so from its second version on")
    func unmarked() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        #expect(try scene.store.secretMarks().map(\.version) == [1])
        #expect(try scene.store.takeUp(secret(3), at: now) == 3)
        #expect(try scene.store.secretMarks().map(\.version) == [1, 2, 3])
        #expect(try scene.store.isSigned(by: secret(3)) && !scene.store.isSigned(by: Scene.secret(2)))
    }

    @Test("A clock that stands back makes no version begin before what the one before it signed")
    func clockStandsBack() throws {
        let scene = try Scene()
        try scene.store.know(secret(1))
        let received = Instant.at("2026-01-31T23:00:00Z")
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")], received: received)
        let early = received.advanced(byHours: -48)
        _ = try scene.store.takeUp(secret(2), at: early)
        #expect(try scene.store.secretMarks().map(\.since) == [Instant(milliseconds: 0), received])
        let later = received.advanced(byHours: 1)
        _ = try scene.store.takeUp(secret(3), at: later)
        _ = try scene.store.takeUp(secret(4), at: early)
        #expect(try scene.store.secretMarks().map(\.since).suffix(2) == [later, later])
    }

    @Test("A key is of the version in use when it is added, and stays so")
    func keys() throws {
        let scene = try Scene()
        try scene.store.know(secret(1))
        _ = try scene.store.takeUp(secret(2), at: now)
        #expect(try scene.store.addDerivedKey(for: "M", at: now).secret == 2)
        let keys = scene.store.keys(master: try secret(2))
        let bytes: [UInt8] = [1, 2, 3]
        for (id, key) in [
            ("batch/M/1", try secret(1).batchKey(merchant: "M", version: 1)),
            ("batch/M/2", try secret(2).batchKey(merchant: "M", version: 2, secret: 2)),
        ] {
            let known = try #require(try keys.lookup()(id))
            try DetachedJWS(parsing: key.sign(bytes)).verify(payload: bytes, key: known.verification)
        }
        #expect(try scene.store.keys().map(\.secret) == [1, 2, 1, 1])
    }

    @Test("A mark that is gone is damage, not another version")
    func gone() throws {
        let scene = try Scene()
        try scene.store.know(secret(1))
        _ = try scene.store.takeUp(secret(3), at: now)
        try scene.store.writing("tamper") {
            try $0.execute(sql: "DELETE FROM secret_marks WHERE version = 2")
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.secretMarks() }
        #expect(trouble?.isDamage == true)
    }
}
