import Foundation
import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("Batches whose bytes an archive holds")
struct ArchiveRowsTests {
    /// January to March are closed. Of M's batches b2 brings a record of March too, b3 a redemption that waits and is
    /// refused in February, b4 nothing; b5 is of February.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.send(
            "b2", 2,
            [
                record("b", .earn, "y", 50, "2026-01-06T10:00:00Z"),
                record("c", .earn, "y", 50, "2026-03-06T10:00:00Z"),
            ], received: .at("2026-03-06T11:00:00Z"))
        try scene.send("b3", 3, [record("d", .redeem, "z", 10, "2026-01-07T10:00:00Z")])
        try scene.send("b4", 4, [])
        try scene.close(0)
        try scene.send(
            "b5", 5, [record("e", .earn, "z", 30, "2026-02-05T10:00:00Z")],
            received: .at("2026-02-20T12:00:00Z"))
        try scene.close(1)
        try scene.close(2)
        return scene
    }

    /// Takes the bytes of some batches away, as if an archive held them.
    @discardableResult
    private func archive(_ numbers: [Int64], in scene: Scene, named name: String = "a.zst") throws
        -> StoredArchive
    {
        try scene.store.removeBytes(
            of: try numbers.map { number in
                let arrival = try #require(try scene.store.arrival(number))
                return ArchivedBatch(
                    number: number, digest: SHA256Digest(of: arrival.bytes),
                    length: Int64(arrival.bytes.count))
            }, heldBy: SHA256Digest(of: Array(name.utf8)), named: name, keptFrom: 1,
            at: .at("2026-05-01T00:00:00Z"))
    }

    @Test("Those may go of which every record was settled or refused before the periods that are kept")
    func archivable() throws {
        let scene = try scene()
        let two = try scene.store.archivable(keeping: 2)
        #expect(two.keptFrom == 1 && two.batches == [1, 4], "\(two)")
        #expect(
            try two.bytes == scene.integer("SELECT sum(length(bytes)) FROM batches WHERE batch IN (1, 4)"))
        // What waited in January ended in February; b2's second record is of March.
        let one = try scene.store.archivable(keeping: 1)
        #expect(one.keptFrom == 2 && one.batches == [1, 3, 4, 5], "\(one)")
        for periods in [3, 100] {
            let refusal = #expect(throws: RetentionRefusal.self) {
                try scene.store.archivable(keeping: periods)
            }
            #expect(refusal?.code == .periodsTooFew)
        }
    }

    @Test("Their bytes go, which archive holds them is known, and everything else stays as it was")
    func removed() throws {
        let scene = try scene()
        let growth = try scene.store.growth(since: .at("2026-01-01T00:00:00Z"))
        let before = try #require(try scene.store.arrival(1))
        let archive = try archive([1, 4], in: scene)
        let after = try #require(try scene.store.arrival(1))
        #expect(after.bytes.isEmpty && after.archive == archive && after.digest == before.digest)
        #expect(after.receipt == before.receipt && after.signature == before.signature)
        #expect(try scene.store.arrival(2)?.archive == nil)
        #expect(try scene.store.archives() == [archive])
        #expect(try scene.store.archivable(keeping: 2).batches == [])
        #expect(try scene.store.changedRows().isEmpty)
        #expect(try scene.store.growth(since: .at("2026-01-01T00:00:00Z")).batchBytes == growth.batchBytes)
        // A copy is known by its digest, and gets the first receipt.
        guard
            case .copy(let receipt) = try scene.send(
                "b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        else {
            Issue.record("the same bytes are a copy")
            return
        }
        #expect(receipt.bytes == before.receipt.bytes)
        let entry = try #require(try scene.store.audit(AuditFilter(act: .bytesArchived)).first)
        #expect(entry.digest == archive.digest.text && entry.merchant == nil)
        #expect(entry.reason?.hasPrefix("2 batches of ") == true, "\(entry.reason ?? "")")
        #expect(entry.reason?.hasSuffix(" bytes, settled before 2026-02, in a.zst") == true)
    }

    @Test("What an archive holds is told by name, with the digest of the bytes that it has there")
    func held() throws {
        let scene = try scene()
        let digests = try [1, 4, 5].map { try #require(try scene.store.arrival($0)?.digest) }
        let archive = try archive([1, 4], in: scene)
        let other = try self.archive([5], in: scene, named: "b.zst")
        let held = try scene.store.batches(in: archive)
        #expect(held.map(\.number) == [1, 4] && held.map(\.batch) == ["b1", "b4"])
        #expect(held.map(\.digest) == Array(digests.prefix(2)) && held.map(\.merchant) == ["M", "M"])
        #expect(
            try scene.integer("SELECT sum(length) FROM archived_batches WHERE archive = 1")
                == held.reduce(0) { $0 + $1.length })
        #expect(try scene.store.batches(in: other).map(\.digest) == [digests[2]])
        // Of a redacted one those bytes stand there that took the signed ones' place.
        let redacted = SHA256Digest(of: [1])
        try scene.store.pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO redacted_batches (batch, digest, notice, signature, seal, sum)
                    VALUES (4, ?, X'00', '', '', 0)
                    """, arguments: [Data(redacted.bytes)])
        }
        #expect(try scene.store.batches(in: archive).map(\.digest) == [digests[0], redacted])
        try scene.store.pool.write {
            try $0.execute(sql: "UPDATE archived_batches SET length = length + 1 WHERE batch = 4")
        }
        #expect(throws: StoreTrouble.self) { try scene.store.batches(in: archive) }
    }

    @Test("Where one was archived meanwhile, or is not as it was read, nothing changes")
    func superseded() throws {
        let scene = try scene()
        try archive([4], in: scene)
        let rows = try scene.rowCounts()
        let first = try #require(try scene.store.arrival(1))
        let digest = SHA256Digest(of: first.bytes)
        let length = Int64(first.bytes.count)
        let held = ArchivedBatch(number: 1, digest: digest, length: length)
        for wrong in [
            ArchivedBatch(number: 4, digest: digest, length: length),
            ArchivedBatch(number: 1, digest: digest, length: length + 1),
            ArchivedBatch(number: 99, digest: digest, length: length),
        ] {
            let refusal = #expect(throws: RetentionRefusal.self) {
                try scene.store.removeBytes(
                    of: [held, wrong], heldBy: digest, named: "b.zst", keptFrom: 1,
                    at: .at("2026-05-01T00:00:00Z"))
            }
            #expect(refusal?.code == .archiveSuperseded)
        }
        #expect(try scene.rowCounts() == rows && scene.store.arrival(1)?.bytes == first.bytes)
    }

    @Test(
        "A row of either table that was changed or is gone is told",
        arguments: [
            ("archives", "UPDATE archives SET name = 'b.zst'"),
            ("archives", "UPDATE archives SET digest = zeroblob(32)"),
            ("archives", "UPDATE archives SET kept_from = 2"),
            ("archives", "DELETE FROM archives"),
            ("archived_batches", "UPDATE archived_batches SET length = 7 WHERE batch = 4"),
            ("archived_batches", "DELETE FROM archived_batches WHERE batch = 4"),
            ("batches", "DELETE FROM archived_batches WHERE batch = 4"),
            ("archived_batches", "UPDATE batches SET bytes = X'00' WHERE batch = 4"),
        ])
    func changed(table: String, sql: String) throws {
        let scene = try scene()
        try archive([1, 4], in: scene)
        try scene.expectDamage(in: table, after: sql)
    }
}
