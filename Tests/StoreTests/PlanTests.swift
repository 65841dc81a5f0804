import Settlement
import Testing

@testable import Store

@Suite("How the close reads")
struct PlanTests {
    private func plan(_ scene: Scene, _ sql: String) throws -> [String] {
        try scene.store.reading("plan") { try Prepared($0, "EXPLAIN QUERY PLAN " + sql).all { $0.text(3) } }
    }

    @Test("Records are found by the ranges of their batches, and ranges by the key of their chunks")
    func records() throws {
        let scene = try Scene()
        #expect(try scene.integer("SELECT count(*) FROM pragma_index_list('record_chunks')") == 0)
        #expect(
            try plan(scene, EventSource.ranges) == [
                "SEARCH p USING PRIMARY KEY (period>?)", "SEARCH b USING INTEGER PRIMARY KEY (rowid=?)",
            ])
        #expect(
            try plan(scene, RecordChunks.ofRange) == [
                "SEARCH record_chunks USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)", "SCALAR SUBQUERY 1",
                "SEARCH record_chunks USING INTEGER PRIMARY KEY (rowid<?)",
            ])
    }

    @Test("What tells batches from each other is read from an index")
    func arrivals() throws {
        let scene = try Scene()
        #expect(
            try plan(scene, BatchRows.arrivals) == [
                "SCAN batches USING COVERING INDEX sqlite_autoindex_batches_2"
            ])
    }

    @Test("Pending records are found among what the last close left")
    func pending() throws {
        let scene = try Scene()
        #expect(try plan(scene, EventSource.pending) == ["SEARCH outcomes USING PRIMARY KEY (period=?)"])
    }

    @Test("Holdings are read in the order in which they lie")
    func holdings() throws {
        let scene = try Scene()
        #expect(try plan(scene, HoldingsSource.rows) == ["SCAN holdings"])
    }

    @Test("What an earlier close made of a member is found by the period and the member")
    func settlements() throws {
        let scene = try Scene()
        #expect(
            try plan(scene, SettlementLookup.chunk) == [
                "SEARCH settlements USING INDEX sqlite_autoindex_settlements_1 (period=? AND first_member<?)"
            ])
    }

    @Test("A period's details are read from its own settlements, in the order of members")
    func details() throws {
        let scene = try Scene()
        #expect(
            try plan(scene, Store.settlementsOfPeriod) == [
                "SEARCH settlements USING INDEX sqlite_autoindex_settlements_1 (period=?)"
            ])
    }

    @Test("Every record is in one state, and the counts are theirs")
    func states() throws {
        let scene = try Scene()
        try scene.send(
            "b1", 1,
            [
                record("a", .earn, "x", 10, "2026-01-05T10:00:00Z"),
                record("p", .redeem, "y", 10, "2026-01-05T10:00:00Z"),
                record("r", .redeemReversal, "x", 1, "2026-01-05T10:00:00Z", ref: "a"),
                record("o", .earn, "y", 10, "2026-02-01T00:00:00Z"),
            ], received: .at("2026-01-31T23:59:00Z"))
        let states = { try ["a", "p", "r", "o"].map { try scene.store.record($0, of: "M")?.state } }
        #expect(
            try states() == [.open(period: 0), .open(period: 0), .open(period: 0), .open(period: 1)])
        try scene.close(0)
        #expect(
            try states() == [
                .settled(period: 0), .pending(.insufficientPoints), .refused(.originalMismatch, period: 0),
                .open(period: 1),
            ])
        #expect(try scene.store.stateCounts() == StateCounts(open: 1, settled: 1, pending: 1, refused: 1))
        try scene.close(1)
        // Tried at the start of the period, ahead of the earn that comes later in the order of settlement.
        #expect(try states()[1] == .refused(.insufficientPoints, period: 1))
        #expect(try states()[3] == .settled(period: 1))
        #expect(try scene.store.record("none", of: "M") == nil)
        #expect(try scene.store.record("a", of: "N") == nil)
    }
}
