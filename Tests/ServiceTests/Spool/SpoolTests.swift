import Foundation
import Settlement
import Signing
import Store
import Testing

@testable import Service

@Suite("The spool")
struct SpoolTests {
    private static let results = [
        "b.ndjson", "b.ndjson.jws", "b.receipt.json", "b.receipt.json.jws", "b.receipt.json.seal",
    ]

    @Test("A whole batch is stored, and moves to its receipt, which can be verified")
    func stored() throws {
        let scene = try SpoolScene()
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.names("refused").isEmpty)
        #expect(try scene.names("done") == Self.results)
        #expect(try WholeFile.read(scene.path("done/b.ndjson")) == Estate.batch())
        let keys = try DocumentKeys(keyFile: nil, jwks: nil, folder: scene.estate.open.folder)
        #expect(try DocumentCheck(file: scene.path("done/b.receipt.json"), keys: keys).isGood)
        try scene.look()
        #expect(try scene.stored() == ["B-1"])
    }

    @Test("CSV is told by its name, and names may hold spaces, UTF-8 and anything but a slash")
    func names() throws {
        let scene = try SpoolScene()
        let names = ["Mai 2026.csv", "日本.CSV", "a.b.ndjson", "~1.csv", "-rf *.ndjson", "new\nline.ndjson"]
        for (number, name) in names.enumerated() {
            let form: BatchForm = name.lowercased().hasSuffix("csv") ? .csv : .ndjson
            try scene.put(
                Estate.batch("B-\(number)", sequence: Int64(number) + 1, form: form), signedAs: name)
        }
        try scene.look()
        let done = try scene.names("done")
        for name in names {
            let stem = name.prefix { $0 != "." } == "a" ? "a.b" : String(name.prefix { $0 != "." })
            #expect(done.contains(name) && done.contains(stem + ".receipt.json"), "\(name): \(done)")
        }
        #expect(try scene.stored().count == names.count && scene.names("in").isEmpty)
    }

    @Test("A name that is no UTF-8, and one as long as names can be, get results as any other")
    func oddNames() throws {
        let scene = try SpoolScene()
        let folder = try scene.folder
        let odd = SpoolName([0xff, 0xfe] + Array(".ndjson".utf8))
        let long = SpoolName(String(repeating: "ü", count: 120) + ".ndjson")
        for (number, name) in [odd, long].enumerated() {
            let batch = Estate.batch("B-\(number)", sequence: Int64(number) + 1)
            try folder.inbox.write(batch, to: name)
            try folder.inbox.write(
                Array(scene.estate.merchantKey.sign(batch).utf8), to: name.appending(".jws"))
        }
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.stored() == ["B-0", "B-1"])
        let done = try folder.done.names().names
        #expect(done.contains(SpoolName([0xff, 0xfe] + Array(".receipt.json".utf8))))
        #expect(done.contains(SpoolName(String(repeating: "ü", count: 100) + ".receipt.json")))
    }

    @Test("A batch without a signature waits, and so does a signature without a batch")
    func waits() throws {
        let scene = try SpoolScene()
        let batch = Estate.batch()
        try scene.put(batch, "in/b.ndjson")
        try scene.put(Array("early".utf8), "in/c.ndjson.jws")
        for name in ["in/.b.ndjson", "in/b.ndjson.part", "in/notes.txt"] { try scene.put([1], name) }
        try scene.look()
        #expect(try scene.names("in").count == 5 && scene.names("done").isEmpty)
        try scene.put(Array(scene.estate.merchantKey.sign(batch).utf8), "in/b.ndjson.jws")
        try scene.look()
        #expect(try scene.names("done") == Self.results)
        #expect(try scene.names("in") == [".b.ndjson", "b.ndjson.part", "c.ndjson.jws", "notes.txt"])
    }

    @Test("A batch that is still on its way is not refused, nor noted, and is taken when it is whole")
    func partial() throws {
        let scene = try SpoolScene(quietSeconds: 3600)
        let batch = Estate.batch(records: 50)
        try scene.put(batch, signedAs: "b.ndjson")
        try scene.put(Array(batch.prefix(1000)), "in/b.ndjson")
        for _ in 0..<3 { try scene.look() }
        #expect(try scene.names("in").count == 2 && scene.names("refused").isEmpty)
        #expect(try scene.estate.open.store.audit().allSatisfy { $0.act != .batchRefused })
        try scene.put(batch, "in/b.ndjson")
        try scene.look()
        #expect(try scene.names("done") == Self.results)
    }

    @Test("What does not fit its signature and stays so is refused, and moves to its problem")
    func refused() throws {
        let scene = try SpoolScene()
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.put(Estate.batch(records: 3), "in/b.ndjson")
        try scene.put(Array("{".utf8), signedAs: "m.ndjson")
        try scene.put(Estate.batch(), "in/s.ndjson")
        try scene.put([], "in/s.ndjson.jws")
        try scene.put(Estate.batch(), "in/l.ndjson")
        try scene.put([UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20), "in/l.ndjson.jws")
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.names("done").isEmpty)
        #expect(try scene.code("b.problem.json") == "signature_invalid")
        #expect(try scene.code("m.problem.json") == "malformed")
        #expect(try scene.code("s.problem.json") == "signature_malformed")
        #expect(try scene.code("l.problem.json") == "signature_malformed")
        #expect(try WholeFile.read(scene.path("refused/l.ndjson.jws")).count == 1 << 20)
        let problem = try members(WholeFile.read(scene.path("refused/m.problem.json")))
        #expect(problem["line"] as? Int == 1 && problem["file"] as? String == "m.ndjson")
        #expect(problem["digest"] as? String == SHA256Digest(of: Array("{".utf8)).text)
        #expect(try WholeFile.read(scene.path("refused/m.ndjson")) == Array("{".utf8))
        let codes = try scene.estate.open.store.audit().compactMap(\.code)
        #expect(
            codes.sorted() == [
                "malformed", "signature_invalid", "signature_malformed", "signature_malformed",
            ])
    }

    @Test("A folder takes its owner's keys only: a copy of another's batch gets no receipt there either")
    func owners() throws {
        let scene = try SpoolScene(.merchant(MerchantID(verified: "N")))
        _ = try scene.estate.take(Estate.batch())
        try scene.put(Estate.batch(), signedAs: "copy.ndjson")
        let operatorKey = scene.estate.open.master.operatorKey(version: 1)
        try scene.put(Estate.batch("B-2", merchant: "N"), signedAs: "operator.ndjson", by: operatorKey)
        try scene.look()
        #expect(try scene.code("copy.problem.json") == "merchant_mismatch")
        #expect(try scene.code("operator.problem.json") == "merchant_mismatch")
        #expect(try scene.names("done").isEmpty && scene.stored() == ["B-1"])
    }

    @Test("The operator's folder takes the operator's keys only, for any merchant")
    func operatorFolder() throws {
        let scene = try SpoolScene(.operator)
        try scene.put(
            Estate.batch(), signedAs: "own.ndjson", by: scene.estate.open.master.operatorKey(version: 1))
        try scene.put(Estate.batch("B-2", sequence: 2), signedAs: "merchant.ndjson")
        try scene.look()
        #expect(try scene.names("done").contains("own.receipt.json"))
        #expect(try scene.code("merchant.problem.json") == "merchant_mismatch")
        #expect(try scene.stored() == ["B-1"])
    }

    @Test("A name that comes again gets a number, and nothing that is there is overwritten")
    func again() throws {
        let scene = try SpoolScene()
        for sequence in 1...3 {
            try scene.put(Estate.batch("B-\(sequence)", sequence: Int64(sequence)), signedAs: "b.ndjson")
            try scene.look()
        }
        try scene.put(Estate.batch("B-1"), signedAs: "b.ndjson")
        try scene.look()
        try scene.put(Estate.batch("B-4", sequence: 4, form: .csv), signedAs: "b.csv")
        try scene.look()
        let done = try scene.names("done").filter { $0.hasSuffix(".receipt.json") }
        #expect(
            done == [
                "b.receipt.json", "b~2.receipt.json", "b~3.receipt.json", "b~4.receipt.json",
                "b~5.receipt.json",
            ])
        #expect(try WholeFile.read(scene.path("done/b~3.ndjson")) == Estate.batch("B-3", sequence: 3))
        #expect(
            try WholeFile.read(scene.path("done/b~4.receipt.json"))
                == WholeFile.read(scene.path("done/b.receipt.json")))
        for _ in 1...2 {
            try scene.put([1], signedAs: "x.ndjson")
            try scene.look()
        }
        #expect(try scene.names("refused").filter { $0.hasSuffix(".ndjson") } == ["x.ndjson", "x~2.ndjson"])
    }

    @Test("What cannot be written now is tried again at the next look")
    func trouble() throws {
        let scene = try SpoolScene(quietSeconds: 3600)
        #expect(mkdir(scene.path("done/b.receipt.json.jws"), 0o700) == 0)
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.look()
        #expect(try scene.names("in").count == 2 && scene.stored() == ["B-1"])
        #expect(try scene.names("done") == ["b.receipt.json.jws"])
        #expect(rmdir(scene.path("done/b.receipt.json.jws")) == 0)
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.names("done") == Self.results)
    }

    @Test("A refusal that cannot be written is noted once, and written when it can be")
    func refusalTrouble() throws {
        let scene = try SpoolScene()
        let folder = try scene.folder
        #expect(rmdir(scene.path("refused")) == 0)
        try scene.put(Array("{".utf8), signedAs: "b.ndjson")
        for _ in 1...3 { try scene.look(in: folder) }
        #expect(try scene.names("in").count == 2)
        try scene.look()
        #expect(try scene.names("in").isEmpty && scene.code("b.problem.json") == "malformed")
        #expect(try scene.estate.open.store.audit().compactMap(\.code) == ["malformed"])
    }

    @Test("A batch that is too large is refused unread, when it stays so")
    func tooLarge() throws {
        let patient = try SpoolScene(quietSeconds: 3600, limitBytes: 100)
        try patient.put(Estate.batch(), signedAs: "b.ndjson")
        try patient.look()
        #expect(try patient.names("in").count == 2)
        let scene = try SpoolScene(limitBytes: 100)
        try scene.put(Estate.batch(), signedAs: "b.ndjson")
        try scene.look()
        #expect(try scene.code("b.problem.json") == "too_large" && scene.names("in").isEmpty)
    }
}
