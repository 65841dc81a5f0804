import Foundation
import Settlement
import Signing
import Testing

@testable import Service

@Suite("A spool that was killed between any two steps")
struct SpoolDeathTests {
    /// Everything that a delivery does, undone from some step on: what a kill right before that step leaves.
    private func interrupted(
        _ scene: SpoolScene, _ batch: [UInt8], _ folder: String, _ results: [String], before step: Int
    ) throws {
        try scene.put(batch, signedAs: "b.ndjson")
        try scene.look()
        let steps = results + ["b.ndjson.jws", "b.ndjson"]
        #expect(try scene.names(folder) == steps.sorted())
        for name in steps.dropFirst(step) {
            if results.contains(name) {
                try FileManager.default.removeItem(atPath: scene.path("\(folder)/\(name)"))
            } else {
                #expect(rename(scene.path("\(folder)/\(name)"), scene.path("in/\(name)")) == 0)
            }
        }
    }

    @Test("A stored batch ends with its first receipt, once", arguments: 0...5)
    func stored(step: Int) throws {
        let scene = try SpoolScene()
        let results = ["b.receipt.json.jws", "b.receipt.json.seal", "b.receipt.json"]
        try interrupted(scene, Estate.batch(), "done", results, before: step)
        try scene.look()
        #expect(try scene.names("in").isEmpty)
        #expect(try scene.names("done") == (results + ["b.ndjson.jws", "b.ndjson"]).sorted())
        #expect(try scene.stored() == ["B-1"])
    }

    @Test("A refused batch ends with one problem", arguments: 0...3)
    func refused(step: Int) throws {
        let scene = try SpoolScene()
        try interrupted(scene, [1, 2], "refused", ["b.problem.json"], before: step)
        try scene.look()
        #expect(try scene.names("in").isEmpty)
        #expect(try scene.names("refused") == ["b.ndjson", "b.ndjson.jws", "b.problem.json"])
    }

    @Test("A batch too large to be read follows its signature too", arguments: 0...3)
    func tooLarge(step: Int) throws {
        let scene = try SpoolScene(limitBytes: 100)
        try interrupted(scene, Estate.batch(), "refused", ["b.problem.json"], before: step)
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.names("refused").count == 3)
    }

    @Test("Another batch that comes under the name of one cut short waits for a signature of its own")
    func another() throws {
        let scene = try SpoolScene()
        let results = ["b.receipt.json.jws", "b.receipt.json.seal", "b.receipt.json"]
        try interrupted(scene, Estate.batch(), "done", results, before: 4)
        try scene.put(Estate.batch("B-2", sequence: 2), "in/b.ndjson")
        try scene.look()
        #expect(try scene.names("in") == ["b.ndjson"] && scene.stored() == ["B-1"])
        try scene.put(Estate.batch("B-2", sequence: 2), signedAs: "b.ndjson")
        try scene.look()
        #expect(try scene.stored() == ["B-1", "B-2"])
        #expect(try scene.names("done").contains("b~2.receipt.json"))
    }

    @Test("Names that come again and again get number after number, and one cut short is found again")
    func manyOfAName() throws {
        let scene = try SpoolScene()
        for number in 1...20 {
            let batch = Estate.batch("B-\(number)", sequence: Int64(number))
            try scene.put(batch, signedAs: number % 3 == 0 ? "b.csv" : "b.ndjson")
            try scene.look()
        }
        let names = try scene.names("done") + scene.names("refused")
        #expect(names.filter { $0.hasSuffix(".jws") && !$0.contains("receipt") }.count == 20)
        #expect(try scene.names("in").isEmpty)
        let last = try #require(
            try scene.names("done").filter { $0.hasSuffix(".receipt.json") }.map { $0.dropLast(13) }
                .max { ($0.count, $0) < ($1.count, $1) })
        // A kill between the move of its signature and its own.
        #expect(rename(scene.path("done/\(last).ndjson"), scene.path("in/b.ndjson")) == 0)
        try scene.look()
        #expect(try scene.names("in").isEmpty)
        #expect(try scene.names("done").contains("\(last).ndjson"))
    }

    @Test("Where no call can do it the new name is given as a second one, and nothing is replaced")
    func newName() throws {
        let scene = try SpoolScene()
        try scene.put([1], "in/a")
        try scene.put([2], "in/b")
        func rename(_ old: String, _ new: String) -> Int32 {
            NewName.renameByLink(AT_FDCWD, scene.path("in/\(old)"), AT_FDCWD, scene.path("in/\(new)"))
        }
        #expect(rename("a", "b") == -1 && errno == EEXIST)
        #expect(try WholeFile.read(scene.path("in/b")) == [2])
        #expect(rename("a", "c") == 0)
        #expect(try scene.names("in") == ["b", "c"] && WholeFile.read(scene.path("in/c")) == [1])
    }
}
