import Foundation
import GRDB
import Settlement
import Testing

@testable import Store

@Suite("A copy beside a writer")
struct OnlineCopyTests {
    /// Batches of records until the file has some hundred pages.
    private func filled() throws -> Scene {
        let scene = try Scene()
        for number in 1...20 {
            let records = (0..<400).map {
                record(
                    RecordID(verified: "r\(number)-\($0)"), .earn, MemberID(verified: "m\($0)"), 100,
                    "2026-01-05T10:00:00Z")
            }
            try scene.send(BatchID(verified: "b\(number)").text, Int64(number), records)
        }
        return scene
    }

    @Test("It is of one moment, and never begins anew however often is written meanwhile")
    func busyWriter() throws {
        let scene = try filled()
        let before = try scene.rowCounts()
        let draft = scene.folder + "/copy.sqlite"
        var (steps, sent) = (0, Int64(20))
        var parts: [Double] = []
        let contents = try OnlineCopy.write(from: scene.store.path, to: draft, pagesOfStep: 8) { part in
            steps += 1
            parts.append(part)
            sent += 1
            // Each of these commits would make a copy that holds no transaction begin again.
            _ = try? scene.send(
                "b\(sent)", sent,
                [record(RecordID(verified: "s\(sent)"), .earn, "x", 1, "2026-01-06T10:00:00Z")])
        }
        #expect(steps > 5 && steps < 200)
        #expect(parts == parts.sorted() && parts.last == 1)
        #expect(try scene.integer("SELECT count(*) FROM batches") == sent)
        #expect(contents.count("batches") == 20)
        #expect(Dictionary(contents.rows.map { ($0.name, $0.rows) }) { $1 } == before)
        #expect(try DatabaseContents(ofFile: draft) == contents)
        #expect(try Store.integrityFindings(ofFile: draft) == [])
    }

    @Test("It is one file for its owner alone, without a log, that is read where nothing can be written")
    func oneFile() throws {
        let scene = try filled()
        let draft = scene.folder + "/copy.sqlite"
        _ = try OnlineCopy.write(from: scene.store.path, to: draft)
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.folder)
        #expect(names.filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
        let rights = try FileManager.default.attributesOfItem(atPath: draft)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        let header = try Data(contentsOf: URL(fileURLWithPath: draft)).prefix(20)
        #expect(Array(header.suffix(2)) == [1, 1], "the form of a file without a log")
        let copy = try Store.openToRead(file: draft)
        defer { try? copy.shut() }
        #expect(try copy.changedRows().isEmpty)
        #expect(try copy.recordCount() == 8_000)
    }

    @Test("What is no database of ours, and what a newer program wrote, is not copied")
    func foreign() throws {
        let scene = try filled()
        try scene.store.writing("age") { try $0.execute(sql: "PRAGMA user_version = 999") }
        let trouble = #expect(throws: StoreTrouble.self) {
            try OnlineCopy.write(from: scene.store.path, to: scene.folder + "/copy.sqlite")
        }
        #expect(trouble?.cause.contains("999") == true && trouble?.hint?.contains("newer program") == true)
    }
}
