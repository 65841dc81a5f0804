import Foundation
import Settlement
import Signing
import Testing

@testable import Service

@Suite("A spool whose files change while they are taken")
struct SpoolRaceTests {
    private let scene: SpoolScene
    private let first = Estate.batch()
    private let second = Estate.batch("B-2", sequence: 2)

    init() throws {
        scene = try SpoolScene()
        try scene.put(first, signedAs: "b.ndjson")
    }

    private func facts(_ name: String) throws -> FileFacts {
        FileFacts(try #require(try scene.folder.inbox.status(SpoolName(name))))
    }

    /// What was read of the batch before the test changes anything.
    private func sight() throws -> SpoolFolder.Sight {
        SpoolFolder.Sight(
            name: SpoolName("b.ndjson"), batch: try facts("b.ndjson"), signature: try facts("b.ndjson.jws"),
            read: (first, Array(scene.estate.merchantKey.sign(first).utf8)))
    }

    private func deliverFirst(_ sight: SpoolFolder.Sight) throws {
        guard case .stored(let document, _) = try scene.estate.take(first) else {
            Issue.record("the first batch is new")
            return
        }
        try scene.folder.deliver(.receipt(document, digest: SHA256Digest(of: first)), of: sight)
    }

    @Test(
        "A batch uploaded anew between reading and moving is not moved in the first one's place: both are taken"
    )
    func replaced() throws {
        let sight = try sight()
        try scene.put(second, signedAs: "b.ndjson")
        try deliverFirst(sight)
        #expect(try WholeFile.read(scene.path("in/b.ndjson")) == second)
        #expect(try WholeFile.read(scene.path("done/b.ndjson")) == first)
        try scene.look()
        #expect(try scene.stored() == ["B-1", "B-2"] && scene.names("in").isEmpty)
        #expect(try WholeFile.read(scene.path("done/b~2.ndjson")) == second)
        for stem in ["b", "b~2"] {
            let batch = try WholeFile.read(scene.path("done/\(stem).ndjson"))
            let signature = try text(of: scene.path("done/\(stem).ndjson.jws"))
            let jws = try DetachedJWS(parsing: signature.trimmingCharacters(in: .newlines))
            try jws.verify(payload: batch, key: scene.estate.merchantKey.verification)
        }
    }

    @Test("A batch written over in place is given back as well, though it is the same file")
    func overwritten() throws {
        let sight = try sight()
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: scene.path("in/b.ndjson")))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: second)
        try handle.close()
        try deliverFirst(sight)
        #expect(try WholeFile.read(scene.path("in/b.ndjson")) == second)
        #expect(try WholeFile.read(scene.path("done/b.ndjson")) == first)
    }

    @Test("A batch taken away between reading and moving has its receipt all the same, with a copy of it")
    func takenAway() throws {
        let sight = try sight()
        try FileManager.default.removeItem(atPath: scene.path("in/b.ndjson"))
        try FileManager.default.removeItem(atPath: scene.path("in/b.ndjson.jws"))
        try deliverFirst(sight)
        #expect(try WholeFile.read(scene.path("done/b.ndjson")) == first)
        #expect(try scene.names("done").count == 5 && scene.names("in").isEmpty)
    }

    @Test("What is given back never takes the place of what came meanwhile")
    func givenBack() throws {
        let folder = try scene.folder
        try scene.put(second, "in/c.ndjson")
        let stale = try facts("b.ndjson")
        // A third upload has the name by the time the second is given back.
        #expect(rename(scene.path("in/c.ndjson"), scene.path("done/x.ndjson")) == 0)
        #expect(
            try !folder.done.move(SpoolName("x.ndjson"), stale, to: folder.inbox, as: SpoolName("y.ndjson")))
        #expect(try WholeFile.read(scene.path("done/x.ndjson")) == second)
        try scene.put([1], "done/y.ndjson")
        let failure = #expect(throws: Failure.self) {
            try folder.inbox.move(SpoolName("b.ndjson"), stale, to: folder.done, as: SpoolName("y.ndjson"))
        }
        #expect(failure?.kind == .trouble)
        #expect(try WholeFile.read(scene.path("done/y.ndjson")) == [1])
        #expect(try WholeFile.read(scene.path("in/b.ndjson")) == first)
    }

    @Test("Hard links are files like others, and neither name's move touches the other")
    func hardLinks() throws {
        #expect(link(scene.path("in/b.ndjson"), scene.path("in/again.ndjson")) == 0)
        #expect(link(scene.path("in/b.ndjson.jws"), scene.path("in/again.ndjson.jws")) == 0)
        try scene.look()
        #expect(try scene.stored() == ["B-1"] && scene.names("in").isEmpty)
        for stem in ["b", "again"] {
            #expect(try WholeFile.read(scene.path("done/\(stem).ndjson")) == first)
            #expect(WholeFile.exists(scene.path("done/\(stem).receipt.json")))
        }
    }
}

@Suite("A spool that is filled without end")
struct SpoolFloodTests {
    @Test("Looks go over so many names each, and come to the last of them however many wait before it")
    func names() throws {
        let scene = try SpoolScene(mostNames: 10)
        for number in 100..<195 { try scene.put([1], "in/\(number).ndjson") }
        try scene.put(Estate.batch(), signedAs: "z.ndjson")
        var looks = 1
        while try scene.lookOnce() { looks += 1 }
        #expect(looks == 10)
        #expect(try scene.stored() == ["B-1"] && scene.names("in").count == 95)
        try scene.put(Array("x".utf8), "in/100.ndjson.jws")
        #expect(try scene.lookOnce())
        #expect(try scene.code("100.problem.json") == "signature_malformed")
    }

    @Test("A look ends when it has read enough, so that the others have their turn")
    func bytes() throws {
        let scene = try SpoolScene(mostBytes: 1)
        for sequence in 1...3 {
            try scene.put(
                Estate.batch("B-\(sequence)", sequence: Int64(sequence)), signedAs: "\(sequence).ndjson")
        }
        #expect(try scene.lookOnce() && scene.stored() == ["B-1"])
        #expect(try scene.lookOnce() && scene.stored() == ["B-1", "B-2"])
        #expect(try !scene.lookOnce() && scene.names("in").isEmpty)
    }

    @Test("What is refused only when it stays is refused, though each look goes over a part of the names")
    func quiet() throws {
        let scene = try SpoolScene(quietSeconds: 1, mostNames: 2)
        for number in 1...7 {
            try scene.put([UInt8(number)], signedAs: "\(number).ndjson")
            try scene.put([0], "in/\(number).ndjson")
        }
        while try !scene.names("in").isEmpty {
            try scene.look()
            usleep(100_000)
        }
        #expect(try scene.names("refused").filter { $0.hasSuffix(".problem.json") }.count == 7)
    }

    @Test("Drafts that a kill left are taken away, and nothing else that begins with a dot")
    func drafts() throws {
        let scene = try SpoolScene()
        let draft = ".settled-0123456789abcdef.tmp"
        for folder in ["done", "refused"] {
            for name in [draft, ".settled-notes.tmp", ".profile"] { try scene.put([1], "\(folder)/\(name)") }
        }
        try scene.put([1], "in/\(draft)")
        try scene.look()
        #expect(try scene.names("done") == [".profile", ".settled-notes.tmp"])
        #expect(try scene.names("refused") == [".profile", ".settled-notes.tmp"])
        #expect(try scene.names("in") == [draft])
    }

    @Test("A second daemon does not look after the same spool, and the first one's end gives it free")
    func twoDaemons() throws {
        let scene = try SpoolScene()
        do {
            let held = try SpoolDirectory(root: scene.root)
            try held.lock()
            let second = try SpoolDirectory(root: scene.root)
            let failure = #expect(throws: Failure.self) { try second.lock() }
            #expect(failure?.kind == .trouble && failure?.hint != nil)
            withExtendedLifetime(held) {}
        }
        try SpoolDirectory(root: scene.root).lock()
    }
}
