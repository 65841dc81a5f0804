import GRDB
import Settlement
import Testing

@testable import Store

/// Rows that bear no sum, or none that was looked at, and were changed, emptied or taken away behind the program's back.
@Suite("Rows that were changed and end no process")
struct ChangedRowTests {
    struct Change: CustomTestStringConvertible, Sendable {
        let sql: String
        /// Which is named.
        let table: String

        var testDescription: String { sql }
    }

    static let changes = [
        Change(sql: "UPDATE holdings SET bytes = X'' WHERE member = 'x'", table: "holdings"),
        Change(sql: "UPDATE holdings SET bytes = X'' WHERE member = 'w'", table: "holdings"),
        Change(sql: "UPDATE holdings SET period = 2 WHERE member = 'x'", table: "holdings"),
        Change(sql: "UPDATE holdings SET period = 9 WHERE member = 'x'", table: "holdings"),
        Change(sql: "UPDATE holdings SET period = -1 WHERE member = 'x'", table: "holdings"),
        Change(sql: "UPDATE outcomes SET attempts = -1", table: "outcomes"),
        Change(sql: "UPDATE outcomes SET attempts = 9223372036854775807", table: "outcomes"),
        Change(sql: "UPDATE outcomes SET record = 999", table: "record_chunks"),
        Change(sql: "DELETE FROM settlements WHERE period = 0", table: "settlements"),
        Change(sql: "UPDATE settlements SET first_member = 'y' WHERE period = 0", table: "settlements"),
        Change(sql: "DELETE FROM batch_periods WHERE period = 2 AND batch = 4", table: "batch_periods"),
        Change(
            sql: "UPDATE batch_periods SET period = 3 WHERE period = 2 AND batch = 4",
            table: "batch_periods"),
        Change(
            sql: "UPDATE batch_periods SET records = records + 1 WHERE period = 2", table: "batch_periods"),
        Change(
            sql: "UPDATE batches SET first_record = first_record - 1 WHERE batch = 4", table: "batch_periods"),
        Change(sql: "UPDATE batches SET accepted = accepted + 1 WHERE batch = 4", table: "batch_periods"),
        Change(sql: "UPDATE batches SET first_record = -5 WHERE batch = 3", table: "batches"),
        Change(sql: "UPDATE batches SET signer = 'nobody' WHERE batch = 3", table: "batches"),
        Change(sql: "UPDATE batches SET sequence = sequence + 7 WHERE batch = 1", table: "batches"),
        Change(sql: "UPDATE batches SET received = received + 1 WHERE batch = 4", table: "batches"),
        Change(sql: "UPDATE batches SET merchant = 99 WHERE batch = 3", table: "batches"),
        Change(sql: "UPDATE cuts SET period = 3", table: "cuts"),
        Change(sql: "UPDATE cuts SET period = 9223372036854775807", table: "cuts"),
        Change(sql: "UPDATE periods SET period = 9223372036854775807 WHERE period = 1", table: "periods"),
        Change(sql: "DELETE FROM periods WHERE period = 1", table: "periods"),
        Change(sql: "DELETE FROM periods WHERE period = 0", table: "periods"),
        Change(sql: "DELETE FROM periods", table: "periods"),
        Change(sql: "UPDATE periods SET period = -5 WHERE period = 1", table: "periods"),
        Change(sql: "UPDATE periods SET settled = settled + 1 WHERE period = 0", table: "periods"),
        Change(sql: "UPDATE periods SET alliance = 7 WHERE period = 0", table: "periods"),
        Change(sql: "UPDATE periods SET last_batch = 1 WHERE period = 1", table: "periods"),
        Change(sql: "UPDATE periods SET id = 'x' WHERE period = 1", table: "periods"),
        Change(sql: "UPDATE cuts SET last_batch = last_batch - 1", table: "cuts"),
        Change(sql: "UPDATE cuts SET alliance = 2", table: "cuts"),
        Change(sql: "UPDATE cuts SET begun = 0", table: "cuts"),
        Change(sql: "DELETE FROM cuts", table: "cuts"),
        Change(sql: "UPDATE outcomes SET attempts = 1", table: "outcomes"),
        Change(sql: "UPDATE outcomes SET code = 'original_unknown'", table: "outcomes"),
        Change(sql: "DELETE FROM settlements WHERE period = 1", table: "settlements"),
        Change(sql: "DELETE FROM holdings WHERE member = 'd'", table: "holdings"),
        Change(sql: "UPDATE batches SET duplicates = 9223372036854775807", table: "batches"),
        Change(sql: "UPDATE batches SET sequence = 9223372036854775807 WHERE batch = 2", table: "batches"),
        Change(
            sql: "UPDATE statements SET number = 9223372036854775807 WHERE period = 1 AND merchant = 2",
            table: "statements"),
    ]

    @Test("The close is refused with the table", arguments: changes)
    func refused(_ change: Change) throws {
        let scene = try scene()
        try harm(scene, change.sql)
        let trouble = #expect(throws: StoreTrouble.self) { try scene.close(2) }
        #expect(trouble?.isDamage == true)
        #expect(trouble?.attempt.hasPrefix("read \(change.table), ") == true, "\(trouble?.attempt ?? "")")
    }

    @Test("What became of a record and was changed is told with the record")
    func outcome() throws {
        let scene = try scene()
        try harm(scene, "UPDATE outcomes SET code = 'original_unknown'")
        let trouble = #expect(throws: StoreTrouble.self) { try scene.close(2) }
        #expect(trouble?.attempt == "read outcomes, period 0")
        #expect(trouble?.cause.hasSuffix("; the first that differs is of record M/d") == true)
    }

    @Test("What a period's close kept is not taken for leftovers where the period's own row is gone")
    func periodGone() throws {
        let scene = try scene()
        try harm(scene, "DELETE FROM cuts")
        try harm(scene, "DELETE FROM periods WHERE period = 1")
        let kept = try settlements(scene)
        let trouble = #expect(throws: StoreTrouble.self) { try scene.close(1) }
        #expect(trouble?.attempt == "read periods, period 1")
        #expect(try settlements(scene) == kept && kept > 0)
    }

    @Test("Without the row that says whether a close has begun no batch is taken and no close begins")
    func cutGone() throws {
        let begun = try scene()
        let fresh = try Scene()
        for (scene, sequence, period, at) in [
            (begun, 6, 2, "2026-03-10T00:00:00Z"), (fresh, 1, 0, "2026-01-10T00:00:00Z"),
        ] as [(Scene, Int64, Int, String)] {
            try harm(scene, "DELETE FROM cuts")
            for attempt in [
                {
                    try scene.send(
                        "b\(sequence)", sequence, [record("new", .earn, "x", 1, at)],
                        received: .at("2026-04-03T00:00:00Z"))
                },
                { try scene.close(period) }, { _ = try scene.store.unfinishedClose() },
            ] as [() throws -> Void] {
                let trouble = #expect(throws: StoreTrouble.self) { try attempt() }
                #expect(trouble?.isDamage == true && trouble?.attempt == "read cuts, its row")
            }
        }
    }

    @Test("No batch is taken while another period than the earliest open one is said to close")
    func otherCut() throws {
        let scene = try scene()
        try harm(scene, "DELETE FROM periods WHERE period = 1")
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.send(
                "b6", 6, [record("new", .earn, "x", 1, "2026-03-10T00:00:00Z")],
                received: .at("2026-04-03T00:00:00Z"))
        }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read cuts, its row")
        #expect(trouble?.cause == "it is of period 2, the earliest open one is 1")
    }

    @Test("No batch is taken into a period that has a closing, where its own row is gone")
    func lastPeriodGone() throws {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        try harm(scene, "DELETE FROM periods")
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.send(
                "b2", 2, [record("new", .earn, "x", 1, "2026-01-10T00:00:00Z")],
                received: .at("2026-02-03T00:00:00Z"))
        }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read periods, period 0")
        #expect(trouble?.cause == "there is no row, and closings has one of that period")
    }

    @Test("Whether a close has begun is said by one row, and the schema has room for no other")
    func oneCut() throws {
        let scene = try scene()
        #expect(throws: DatabaseError.self) {
            try scene.store.pool.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO cuts SELECT 2, period, at, forced, alliance, last_batch, last_record,
                            last_booking, failed, begun, sum FROM cuts
                        """)
            }
        }
    }

    @Test("A row of holdings has one name, whatever an unfinished close has left or taken away")
    func holdingsPlace() throws {
        let scene = try scene()
        try harm(scene, "UPDATE holdings SET bytes = X'' WHERE member = 'x'")
        let first = #expect(throws: StoreTrouble.self) { try scene.close(2) }
        // As a close leaves it that ends before its time: rows of its own, and none of those that say nothing.
        try harm(
            scene,
            "INSERT INTO holdings (member, period, bytes) VALUES ('a', 2, X'0102030405060708090A')")
        try harm(scene, "DELETE FROM holdings WHERE member = 'w'")
        let second = #expect(throws: StoreTrouble.self) { try scene.store.held(by: "x").debts }
        #expect(first != nil && second?.attempt == first?.attempt)
    }

    private func settlements(_ scene: Scene) throws -> Int {
        try scene.store.pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM settlements WHERE period = 1") ?? 0
        }
    }

    @Test("Nothing changed, nothing is refused")
    func unchanged() throws { #expect(try scene().close(2).records.all == 5) }

    @Test("What became of a member is not told of periods from which a row is gone")
    func settledWithoutRow() throws {
        let scene = try scene()
        #expect(try !scene.store.settled("x", in: 0..<2).isEmpty)
        try harm(
            scene,
            "DELETE FROM settlements WHERE settlement = (SELECT max(settlement) FROM settlements WHERE period = 1)"
        )
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.settled("x", in: 0..<2) }
        #expect(trouble?.attempt == "read settlements, period 1" && trouble?.isDamage == true)
        #expect(throws: Never.self) { try scene.store.settled("x", in: 0..<1) }
    }

    @Test("Details of a period whose row is gone are not passed off as empty")
    func detailsWithoutPeriod() throws {
        let scene = try scene()
        try harm(scene, "DELETE FROM periods WHERE period = 0")
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.store.details(of: "M", period: 0) { _ in }
        }
        #expect(trouble?.attempt == "read periods, period 0" && trouble?.isDamage == true)
    }

    static let foundations = [
        Change(
            sql: """
                UPDATE merchants SET id = 'X' WHERE merchant = 1;
                UPDATE merchants SET id = 'M' WHERE merchant = 2;
                UPDATE merchants SET id = 'N' WHERE merchant = 1
                """, table: "merchants"),
        Change(sql: "INSERT INTO merchants VALUES (3, 'O')", table: "merchants"),
        Change(sql: "UPDATE alliances SET version = 2", table: "alliances"),
        Change(sql: "UPDATE merchants SET id = 'Q' WHERE merchant = 2", table: "merchants"),
        Change(sql: "DELETE FROM merchants WHERE merchant = 2", table: "merchants"),
        Change(sql: "UPDATE alliances SET digest = zeroblob(32)", table: "alliances"),
        Change(
            sql: "UPDATE alliances SET document = CAST(document || ' ' AS BLOB)", table: "alliances"),
        Change(sql: "UPDATE zones SET digest = zeroblob(32)", table: "zones"),
        Change(sql: "UPDATE zones SET tzif = CAST(tzif || X'0A' AS BLOB)", table: "zones"),
    ]

    @Test("What everything stands on is told before anything is made of it", arguments: foundations)
    func founding(_ change: Change) throws {
        let scene = try scene()
        try harm(scene, change.sql)
        let other = try Store.open(folder: scene.folder)
        let trouble = #expect(throws: StoreTrouble.self) { try other.schedule() }
        try other.shut()
        #expect(trouble?.isDamage == true)
        #expect(trouble?.attempt.hasPrefix("read \(change.table), ") == true, "\(trouble?.attempt ?? "")")
    }

    @Test("A last row of records that is moved is told before room is made for what it says")
    func lastChunk() throws {
        let scene = try scene()
        try harm(
            scene,
            "UPDATE record_chunks SET first = 4611686018427387904 WHERE first = (SELECT max(first) FROM record_chunks)"
        )
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.store.reading("look") { _ = try IdentityIndex($0) }
        }
        #expect(trouble?.isDamage == true && trouble?.attempt.hasPrefix("read record_chunks, ") == true)
    }

    @Test("Counts that were changed add up to at most what 64 bits hold")
    func counts() {
        #expect(StateCounts(open: 1, settled: .max, pending: 1, refused: 1).all == .max)
        #expect(StateCounts(open: 1, settled: 2, pending: 3, refused: 4).all == 10)
    }

    private func harm(_ scene: Scene, _ sql: String) throws {
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    /// Two months are closed: x has redeemed, w has nothing left, z's redemption waits. March has begun to close: it
    /// takes points back that were redeemed in January, and in March itself.
    private func scene() throws -> Scene {
        let scene = try Scene(Scene.alliance(carry: 3))
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 100, "2026-01-05T10:00:00Z"),
                record("b", .earn, "w", 50, "2026-01-06T10:00:00Z"),
                record("c", .redeem, "x", 30, "2026-01-07T10:00:00Z"),
                record("d", .redeem, "z", 10, "2026-01-08T10:00:00Z"),
                // Holds a debt and nothing else.
                record("k", .earn, "d", 7, "2026-01-09T10:00:00Z"),
                record("l", .redeem, "d", 7, "2026-01-10T10:00:00Z"),
                record("m", .earnReversal, "d", 7, "2026-01-11T10:00:00Z", ref: "k"),
            ])
        try scene.close(0)
        try scene.send(
            "b2", 2, [record("e", .redeem, "w", 50, "2026-02-04T10:00:00Z")],
            received: .at("2026-02-05T00:00:00Z"))
        try scene.close(1)
        try scene.send(
            "b3", 3, [record("f", .redeemReversal, "x", 10, "2026-03-04T10:00:00Z", ref: "c")],
            received: .at("2026-03-05T00:00:00Z"))
        try scene.send(
            "b4", 4, [record("g", .redeem, "x", 20, "2026-03-06T10:00:00Z")],
            received: .at("2026-03-07T00:00:00Z"))
        try scene.send(
            "b5", 5,
            [
                record("h", .redeemReversal, "x", 5, "2026-03-08T10:00:00Z", ref: "g"),
                record("i", .earn, "v", 5, "2026-03-08T10:00:00Z"),
            ], received: .at("2026-03-09T00:00:00Z"))
        try scene.store.beginClose(2, at: .at("2026-04-02T01:00:00Z"), forced: false)
        return scene
    }
}
