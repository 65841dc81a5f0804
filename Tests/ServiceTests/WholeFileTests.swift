import Foundation
import Service
import Testing

@Suite("Files that appear whole or not at all")
struct WholeFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("A file is written whole, and nothing else is left in its folder")
    func written() throws {
        let bytes = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
        try WholeFile.write(bytes, to: scratch.file("a"), mode: 0o640)
        #expect(try WholeFile.read(scratch.file("a")) == bytes)
        #expect(try mode(of: scratch.file("a")) == 0o640)
        #expect(scratch.names == ["a"])
    }

    @Test("A file that is there is replaced, or left alone and refused")
    func replaced() throws {
        try WholeFile.write([1], to: scratch.file("a"))
        try WholeFile.write([2], to: scratch.file("a"))
        let failure = #expect(throws: Failure.self) {
            try WholeFile.write([3], to: scratch.file("a"), replacing: false)
        }
        #expect(failure?.kind == .refused)
        #expect(try WholeFile.read(scratch.file("a")) == [2])
        try WholeFile.write([4], to: scratch.file("b"), replacing: false)
        #expect(scratch.names == ["a", "b"])
    }

    @Test("A write that fails leaves what was there, and no draft")
    func failed() throws {
        try FileManager.default.createDirectory(
            atPath: scratch.file("a/full"), withIntermediateDirectories: true)
        let failure = #expect(throws: Failure.self) { try WholeFile.write([1], to: scratch.file("a")) }
        #expect(failure?.kind == .trouble)
        #expect(scratch.names == ["a"])
        let missing = #expect(throws: Failure.self) { try WholeFile.write([1], to: scratch.file("none/a")) }
        #expect(missing?.kind == .misused)
    }

    @Test("What is too large, missing or a folder is told apart")
    func refused() throws {
        let path = try scratch.write("12345", to: "a")
        #expect(try WholeFile.read(path, limit: 5).count == 5)
        #expect(throws: Failure.refused(path, "is too large, expected at most 4 bytes")) {
            try WholeFile.read(path, limit: 4)
        }
        let missing = #expect(throws: Failure.self) { try WholeFile.read(scratch.file("b")) }
        #expect(missing?.kind == .misused)
        let folder = #expect(throws: Failure.self) { try WholeFile.read(scratch.path) }
        #expect(folder?.kind == .misused)
    }

    @Test("Text that is not UTF-8 is refused")
    func text() throws {
        try WholeFile.write([0x61, 0xFF], to: scratch.file("a"))
        #expect(throws: Failure.refused(scratch.file("a"), "is not UTF-8 text")) {
            try WholeFile.readText(scratch.file("a"))
        }
    }
}
