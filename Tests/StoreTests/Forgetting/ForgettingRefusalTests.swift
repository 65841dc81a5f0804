import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("A member that is not forgotten")
struct ForgettingRefusalTests {
    /// Expects a refusal with this code, and that nothing has changed.
    private func expect(
        _ code: ForgettingRefusal.Code, of forgetting: Forgetting, in scene: Scene,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try scene.contents()
        for seal in [nil, { scene.signer.seal($0.bytes, for: $0.merchant.text) }]
            as [((RedactionNotice) throws -> SealedDocument)?]
        {
            let refusal = #expect(throws: ForgettingRefusal.self, sourceLocation: sourceLocation) {
                try scene.store.forget(forgetting, seal: seal)
            }
            #expect(refusal?.code == code, sourceLocation: sourceLocation)
            #expect(
                refusal?.description.contains(forgetting.member.text)
                    == (code == .memberForgotten
                        && forgetting.member.text.hasPrefix("forgotten-")),
                sourceLocation: sourceLocation)
        }
        #expect(try scene.contents() == before, sourceLocation: sourceLocation)
    }

    @Test("Nothing is held of it")
    func unknown() throws {
        let scene = try ForgettingStory.scene()
        // Neither the beginning of an id nor another's reference is one.
        for member in ["nobody", "quincy-4711", "quincy-4711-zz-2"] as [MemberID] {
            try expect(.memberUnknown, of: scene.forgetting(member), in: scene)
            #expect(try scene.store.batches(naming: member) { _, _ in nil }.batches.isEmpty)
        }
        let empty = try Scene()
        try expect(.memberUnknown, of: empty.forgetting(), in: empty)
    }

    @Test("It was forgotten before, or is a pseudonym itself")
    func forgotten() throws {
        let scene = try ForgettingStory.scene()
        try scene.forget(scene.forgetting())
        try expect(.memberForgotten, of: scene.forgetting(), in: scene)
        try expect(.memberForgotten, of: scene.forgetting(scene.pseudonym()), in: scene)
    }

    @Test("A close has begun, whether or not it names the member")
    func closing() throws {
        let scene = try ForgettingStory.scene()
        try scene.store.beginClose(2, at: .at("2026-04-02T01:00:00Z"), forced: false)
        try expect(.closeBegun, of: scene.forgetting(), in: scene)
        try expect(.closeBegun, of: scene.forgetting("amy"), in: scene)
        try scene.close(2)
        #expect(throws: Never.self) { try scene.forget(scene.forgetting()) }
    }

    @Test("Closed periods know of its pseudonym as of another member")
    func taken() throws {
        let scene = try ForgettingStory.scene()
        try expect(.pseudonymTaken, of: scene.forgetting(as: "amy"), in: scene)
        // Of zed nothing happened in February, and it holds a lot.
        try expect(.pseudonymTaken, of: scene.forgetting(as: "zed"), in: scene)
    }

    @Test("An open record under the pseudonym and the member's become records of one")
    func joined() throws {
        let (scene, fresh) = (try ForgettingStory.scene(), try ForgettingStory.scene(as: "new-9"))
        for scene in [scene, fresh] {
            try scene.send(
                "b5", 5, [record("p", .earn, "new-9", 20, "2026-03-07T10:00:00Z")],
                received: .at("2026-03-08T00:00:00Z"))
        }
        try scene.forget(scene.forgetting(as: "new-9"))
        #expect(try scene.store.records(of: "new-9").count == fresh.store.records(of: "new-9").count)
        #expect(try scene.memberRows() == fresh.memberRows())
        for scene in [scene, fresh] { try scene.close(2) }
        #expect(try scene.memberRows() == fresh.memberRows())
        #expect(try scene.store.changedRows() == [])
    }

    @Test("An archive that names it was not written anew")
    func archive() throws {
        let scene = try ForgettingStory.scene()
        try scene.archive(1, named: "a.zst")
        let before = try scene.contents()
        let foreign = RewrittenArchive(
            number: 1, digest: SHA256Digest(of: [1]), name: "b.zst",
            batches: [1: (SHA256Digest(of: [2]), 7), 2: (SHA256Digest(of: [3]), 7)])
        for (archives, code) in [
            ([], .archiveMissing), ([foreign], .archiveUnknown),
            (
                [
                    RewrittenArchive(
                        number: 9, digest: foreign.digest, name: "b.zst", batches: foreign.batches)
                ],
                .archiveUnknown
            ),
        ] as [([RewrittenArchive], RetentionRefusal.Code)] {
            let refusal = #expect(throws: RetentionRefusal.self) {
                try scene.forget(scene.forgetting(archives: archives))
            }
            #expect(refusal?.code == code)
            #expect(try scene.contents() == before)
        }
    }

    @Test("Bytes that were changed before get no notice")
    func damaged() throws {
        for sql in [
            "UPDATE batches SET bytes = CAST(bytes || X'0A' AS BLOB) WHERE batch = 1",
            "UPDATE batches SET bytes = zeroblob(length(bytes)) WHERE batch = 1",
            "UPDATE record_chunks SET bytes = zeroblob(length(bytes)) WHERE first = 1",
            "UPDATE settlements SET bytes = zeroblob(length(bytes)) WHERE period = 0",
            "UPDATE statements SET details_digest = digest WHERE period = 0",
        ] {
            let scene = try ForgettingStory.scene()
            try scene.store.writing("change") { try $0.execute(sql: sql) }
            let before = try scene.contents()
            #expect(throws: StoreTrouble.self, "\(sql)") { try scene.forget(scene.forgetting()) }
            #expect(try scene.contents() == before, "\(sql)")
        }
    }

    @Test("Where a seal fails, or a row cannot be written, nothing has changed")
    func halfWay() throws {
        struct Unsealed: Error {}
        let scene = try ForgettingStory.scene()
        let before = try scene.contents()
        for last in 0..<6 {
            var count = 0
            #expect(throws: Unsealed.self) {
                try scene.store.forget(scene.forgetting()) { notice in
                    count += 1
                    if count > last { throw Unsealed() }
                    return scene.signer.seal(notice.bytes, for: notice.merchant.text)
                }
            }
            #expect(try scene.contents() == before)
        }
        for table in ["audit", "forgotten_members", "redacted_details", "settlements", "holdings"] {
            let trigger = """
                CREATE TRIGGER refusing BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'no room'); END
                """
            try scene.store.writing("change") { try $0.execute(sql: trigger) }
            #expect(throws: StoreTrouble.self) { try scene.forget(scene.forgetting()) }
            try scene.store.writing("change") { try $0.execute(sql: "DROP TRIGGER refusing") }
            #expect(try scene.contents() == before)
        }
        #expect(throws: Never.self) { try scene.forget(scene.forgetting()) }
    }
}

extension Scene {
    /// Takes the bytes of a batch away, as if an archive held them; gives them.
    @discardableResult
    func archive(_ number: Int64, named name: String) throws -> [UInt8] {
        let arrival = try #require(try store.arrival(number))
        let held = ArchivedBatch(
            number: number, digest: SHA256Digest(of: arrival.bytes), length: Int64(arrival.bytes.count))
        try store.removeBytes(
            of: [held], heldBy: SHA256Digest(of: Array(name.utf8)), named: name, keptFrom: 1,
            at: .at("2026-03-09T00:00:00Z"))
        return arrival.bytes
    }
}
