import Foundation
import Settlement
import Testing

@testable import Service

@Suite("Files that name a member")
struct NamingFilesTests {
    private let scratch: Scratch
    private let ben = NamingFiles(MemberID(verified: "ben"))

    init() throws { scratch = try Scratch() }

    private func isNamed(_ text: String, in name: String) throws -> Bool {
        try ben.isNamed(in: scratch.write(text, to: name))
    }

    private static let header =
        #"{"format":"settled-batch/1","merchant":"M","batch":"B-1","sequence":1,"records":1,"totals":{"earn":5}}"#

    private static func batch(_ member: String, store: String = "s") -> String {
        header + "\n"
            + #"{"id":"r1","type":"earn","member":"\#(member)","points":5,"at":"2026-01-05T10:00:00Z","store":"\#(store)"}"#
            + "\n"
    }

    @Test("A batch does by its records: with escapes too, and not by another field")
    func batches() throws {
        #expect(try isNamed(Self.batch("ben"), in: "a.ndjson"))
        #expect(try isNamed(Self.batch(#"b\u0065n"#), in: "a.ndjson"))
        #expect(try !isNamed(Self.batch("benno"), in: "a.ndjson"))
        #expect(try !isNamed(Self.batch("ana", store: "ben"), in: "a.ndjson"))
    }

    @Test("What cannot be read as a batch, and any other file, does by a word")
    func words() throws {
        for text in [
            "ben", "x,ben,y", "\"member\":\"ben\"", "says ben.",
            String(repeating: "-", count: (1 << 20) - 2) + "ben",
        ] {
            for name in ["a.ndjson", "a.csv", "DETAILS.csv", "note"] {
                #expect(try isNamed(text, in: name), "\(name): \(text.suffix(40))")
            }
        }
        for text in ["", "be", "benno", "reuben", "Ben", "xbenx ben2", "bén"] {
            for name in ["a.ndjson", "note"] { #expect(try !isNamed(text, in: name), "\(name): \(text)") }
        }
    }

    @Test("A text says it in whatever case and glued to whatever; a short id only as a word")
    func said() {
        let long = NamingFiles(MemberID(verified: "Ab-12"))
        for text in ["Ab-12", "forAB-123", "xab-12", "ab-12\u{301}", "éab-12é", "member:AB-12."] {
            #expect(long.isSaid(in: text), "\(text)")
        }
        for text in ["ab 12", "Ab-1", "b-12", ""] { #expect(!long.isSaid(in: text), "\(text)") }
        for text in ["ben", "by ben's wish"] { #expect(ben.isSaid(in: text), "\(text)") }
        for text in ["benefit", "reuben", "Ben"] { #expect(!ben.isSaid(in: text), "\(text)") }
    }

    @Test("They are looked for in folders and all below, links apart")
    func folders() throws {
        let inner = scratch.file("M/done")
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        _ = try scratch.write(Self.batch("ben"), to: "M/done/a.ndjson")
        _ = try scratch.write(Self.batch("ana"), to: "M/done/b.ndjson")
        _ = try scratch.write("ben", to: "note")
        symlink(scratch.file("note"), inner + "/link")
        #expect(try ben.paths(below: [scratch.path]) == [inner + "/a.ndjson", scratch.file("note")])
        #expect(try ben.paths(below: [inner]) == [inner + "/a.ndjson"])
        let failure = #expect(throws: Failure.self) { try ben.paths(below: [scratch.file("note")]) }
        #expect(failure?.kind == .misused)
    }
}
