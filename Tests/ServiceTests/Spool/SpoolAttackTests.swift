import Foundation
import Logging
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("Who may write to the spool cannot lead it astray")
struct SpoolAttackTests {
    @Test("Links, pipes and links in the signature's place are refused unopened, as they are")
    func odd() throws {
        let scene = try SpoolScene()
        let secret = scene.estate.open.folder.secretPath
        let batch = Estate.batch()
        try scene.put(batch, "in/real.ndjson")
        try scene.put(Array(scene.estate.merchantKey.sign(batch).utf8), "in/l.ndjson.jws")
        #expect(symlink(scene.path("in/real.ndjson"), scene.path("in/l.ndjson")) == 0)
        #expect(symlink(secret, scene.path("in/real.ndjson.jws")) == 0)
        #expect(symlink("nowhere", scene.path("in/d.csv")) == 0)
        #expect(mkfifo(scene.path("in/p.csv"), 0o600) == 0)
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.stored().isEmpty)
        for name in ["real", "l", "d", "p"] {
            #expect(try scene.code(name + ".problem.json") == "not_a_file", "\(name)")
        }
        let noted = try scene.estate.open.store.audit().filter { $0.code == "not_a_file" }
        #expect(noted.count == 4 && noted.allSatisfy { $0.act == .batchRefused && $0.merchant == nil })
        let kind = try FileManager.default.attributesOfItem(atPath: scene.path("refused/l.ndjson"))[.type]
        #expect(kind as? FileAttributeType == .typeSymbolicLink)
        let told = try scene.names("refused").filter { $0.hasSuffix(".json") }
            .map { try text(of: scene.path("refused/" + $0)) }.joined()
        #expect(!told.contains(try text(of: secret)))
    }

    @Test("A folder under a batch's name is left alone, and keeps no other batch from being taken")
    func folders() throws {
        let scene = try SpoolScene()
        #expect(mkdir(scene.path("in/a.ndjson"), 0o700) == 0)
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.look()
        #expect(try scene.names("in") == ["a.ndjson"] && scene.stored() == ["B-1"])
    }

    @Test(
        "A link in place of a merchant's folder or of in, done and refused is trouble, and nothing is written"
    )
    func linkedFolders() throws {
        for name in ["in", "done", "refused", ""] {
            let scene = try SpoolScene()
            let elsewhere = scene.estate.scratch.file("elsewhere")
            #expect(mkdir(elsewhere, 0o700) == 0)
            let path = name.isEmpty ? String(scene.path("").dropLast()) : scene.path(name)
            try scene.put(Estate.batch(), signedAs: "b.ndjson")
            #expect(rename(path, path + ".away") == 0 && symlink(elsewhere, path) == 0)
            let failure = #expect(throws: Failure.self, "\(name)") { try scene.look() }
            #expect(failure?.kind == .trouble)
            #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
        }
    }

    @Test("A link under a result's name is replaced, not followed")
    func linkedResults() throws {
        let scene = try SpoolScene()
        let victim = try scene.estate.scratch.write("mine", to: "victim")
        for ending in [".jws", ".seal"] {
            #expect(symlink(victim, scene.path("done/b.receipt.json" + ending)) == 0)
        }
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.look()
        #expect(try text(of: victim) == "mine")
        #expect(try text(of: scene.path("done/b.receipt.json.jws")).contains(".."))
    }

    @Test("A batch that may not be read is left where it is, and the others are taken")
    func unreadable() throws {
        let scene = try SpoolScene()
        try scene.put(Estate.batch("A", sequence: 1), signedAs: "a.ndjson")
        #expect(chmod(scene.path("in/a.ndjson"), 0) == 0)
        try scene.put(Estate.batch("B", sequence: 2), signedAs: "b.ndjson")
        try scene.look()
        // Root reads everything.
        #expect(try scene.stored() == (geteuid() == 0 ? ["A", "B"] : ["B"]))
    }

    @Test(
        "No member's id, no secret and nothing of a file's content comes into the log, and no name ends a line"
    )
    func log() throws {
        let lines = LoggingTests.Lines()
        let logger = Logger(label: "test") { _ in
            LineLog(threshold: LogThreshold(.trace), format: .text) { lines.append($0) }
        }
        let scene = try SpoolScene(logger: logger)
        try scene.put(Estate.batch(), signedAs: "good.ndjson")
        try scene.put(Array("{\"member\":\"member-77\"}\n".utf8), signedAs: "malformed.ndjson")
        try scene.put(Estate.batch("B-2", records: 3), signedAs: "changed.ndjson")
        try scene.put(Estate.batch("B-2", records: 4), "in/changed.ndjson")
        try scene.put(Array("member-78".utf8), "in/a\nsecret line.ndjson")
        try scene.put(Array("member-79".utf8), "in/a\nsecret line.ndjson.jws")
        #expect(symlink(scene.estate.open.folder.secretPath, scene.path("in/link.csv")) == 0)
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.names("refused").contains("link.problem.json"))
        let secret = try text(of: scene.estate.open.folder.secretPath).trimmingCharacters(in: .newlines)
        #expect(lines.text.contains("batch stored") && !lines.text.contains("member-"), "\(lines.text)")
        #expect(secret.count == 64 && !lines.text.contains(secret))
        for line in lines.text.split(separator: "\n") { #expect(line.hasPrefix("20"), "\(line)") }
    }

    @Test("Names and endings are told by their bytes")
    func spellings() {
        for (name, form) in [
            ("a.ndjson", BatchForm.ndjson), ("a.CSV", .csv), ("a.csv.jws", nil), ("csv", nil),
            ("a.csv ", nil),
            ("a.json", nil),
        ] {
            #expect(SpoolName(name).form == form, "\(name)")
        }
        #expect(SpoolName("a.b.csv").stem == SpoolName("a.b"))
        #expect(SpoolName(".csv").isHidden)
        #expect(SpoolName(String(repeating: "x", count: 251) + ".csv").stem.bytes.count == 200)
        let wide = SpoolName("x" + String(repeating: "ü", count: 120) + ".csv").stem
        #expect(wide.text == "x" + String(repeating: "ü", count: 99))
    }
}
