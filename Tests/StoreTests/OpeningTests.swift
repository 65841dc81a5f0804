import Foundation
import GRDB
import Migrations
import Settlement
import Testing

@testable import Store

@Suite("The file")
struct OpeningTests {
    @Test("A founded alliance is there when the file is opened again")
    func reopening() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.store.shut()
        let again = try Store.open(folder: scene.folder)
        #expect(try again.schedule().alliance == Scene.alliance())
        #expect(try again.schedule().zone == Scene.utc)
        #expect(try again.recordCount() == 1)
        #expect(try again.keys().count == 3)
        try again.shut()
    }

    @Test("A commit is on the disk before it is reported, and foreign keys hold")
    func pragmas() throws {
        let scene = try Scene()
        let found = try scene.store.writing("look") { database in
            try ["synchronous", "foreign_keys", "temp_store", "user_version", "application_id"].map {
                try Prepared(database, "PRAGMA \($0)").first { $0.integer(0) }
            }
        }
        #expect(found == [2, 1, 1, Int64(Schema.present), 0x5345_544C])
        #expect(
            try scene.store.reading("look") { try Prepared($0, "PRAGMA journal_mode").first { $0.text(0) } }
                == "wal")
    }

    @Test("Every table is STRICT")
    func strictTables() throws {
        let scene = try Scene()
        #expect(
            try scene.integer(
                "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
                == 41)
        #expect(
            try scene.integer(
                """
                SELECT count(*) FROM pragma_table_list
                WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0
                """) == 0)
    }

    @Test("A file of a newer program is refused, and not changed")
    func newerSchema() throws {
        let scene = try Scene()
        try scene.store.writing("age") { try $0.execute(sql: "PRAGMA user_version = 999") }
        try scene.store.shut()
        let trouble = #expect(throws: StoreTrouble.self) { try Store.open(folder: scene.folder) }
        #expect(trouble?.cause.contains("999") == true)
        #expect(trouble?.hint?.contains("newer program") == true)
        let queue = try DatabaseQueue(path: scene.store.path)
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 999)
    }

    @Test("A database of another program is refused")
    func foreignDatabase() throws {
        let scene = try Scene()
        try scene.store.writing("disguise") { try $0.execute(sql: "PRAGMA application_id = 7") }
        try scene.store.shut()
        let trouble = #expect(throws: StoreTrouble.self) { try Store.open(folder: scene.folder) }
        #expect(trouble?.cause == "it is a database of another program")
    }

    @Test("A folder without a file is refused, and none is made")
    func missingFile() throws {
        let scene = try Scene()
        let trouble = #expect(throws: StoreTrouble.self) { try Store.open(folder: scene.folder + "/none") }
        #expect(trouble?.hint?.contains("settled init") == true)
        #expect(!FileManager.default.fileExists(atPath: scene.folder + "/none"))
    }

    @Test("A file that may not be read is told apart from one that is missing")
    func unreadable() throws {
        for reason in [ENOENT, ENOTDIR] {
            #expect(cannotOpen("x", reason).cause == "there is no such file")
        }
        #expect(cannotOpen("x", EACCES).cause == "permission denied")
        #expect(cannotOpen("x", EACCES).hint?.contains("user") == true)
        // Root may read everything, but not what leads back to itself.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settled-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/" + Store.fileName
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        let trouble = #expect(throws: StoreTrouble.self) { try Store.open(folder: folder) }
        #expect(trouble?.attempt == "open \(path)" && trouble?.cause != "there is no such file")
        #expect(trouble?.hint?.contains("settled init") == false)
    }

    @Test("An alliance is founded once in a folder")
    func foundedTwice() throws {
        let scene = try Scene()
        #expect(throws: StoreTrouble.self) {
            try Store.create(
                folder: scene.folder, alliance: Scene.alliance(name: "Other"), zone: Scene.utc,
                at: .at("2026-01-02T00:00:00Z"))
        }
        #expect(try scene.store.schedule().alliance.name == "Test")
    }

    @Test("The schema's steps count from 1 and are all embedded")
    func steps() throws {
        #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Migrations/SQL")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let names = Migrations.all.map { step in
            String(repeating: "0", count: 3 - "\(step.number)".count) + "\(step.number)-\(step.name).sql"
        }
        #expect(files == names)
        for (file, step) in zip(files, Migrations.all) {
            #expect(try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) == step.sql)
        }
    }
}
