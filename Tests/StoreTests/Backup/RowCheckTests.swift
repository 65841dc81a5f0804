import Settlement
import Testing

@testable import Store

@Suite("The check of all rows")
struct RowCheckTests {
    /// A closed January, what came of it, and a batch of February.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.send("b2", 2, [record("b", .earn, "y", 50, "2026-01-06T10:00:00Z")])
        try scene.close(0)
        try scene.send(
            "b3", 3, [record("c", .earn, "x", 7, "2026-02-05T10:00:00Z")],
            received: .at("2026-02-20T12:00:00Z"))
        return scene
    }

    @Test("It finds nothing in what was only written")
    func whole() throws {
        let scene = try scene()
        #expect(try scene.store.changedRows().isEmpty)
        #expect(try scene.store.integrityFindings(full: true).isEmpty)
        #expect(try scene.store.integrityFindings(full: false).isEmpty)
        try scene.store.shut()
    }

    @Test(
        "It names the table in which a row was changed, or is gone",
        arguments: [
            ("alliances", "UPDATE alliances SET document = zeroblob(length(document))"),
            ("zones", "UPDATE zones SET tzif = zeroblob(length(tzif))"),
            ("batches", "UPDATE batches SET bytes = zeroblob(length(bytes)) WHERE batch = 2"),
            ("batches", "UPDATE batches SET accepted = 2, records = 2 WHERE batch = 2"),
            ("batches", "DELETE FROM batches WHERE batch = 2"),
            ("batch_periods", "UPDATE batch_periods SET period = 5 WHERE batch = 3"),
            ("record_chunks", "UPDATE record_chunks SET bytes = zeroblob(length(bytes)) WHERE first = 2"),
            ("record_chunks", "DELETE FROM record_chunks WHERE first = 3"),
            ("periods", "UPDATE periods SET settled = settled + 1"),
            ("settlements", "UPDATE settlements SET bytes = zeroblob(length(bytes))"),
            ("settlements", "DELETE FROM settlements"),
            ("holdings", "UPDATE holdings SET bytes = zeroblob(length(bytes)) WHERE member = 'y'"),
            ("cuts", "UPDATE cuts SET last_batch = 1"),
            ("cuts", "DELETE FROM cuts"),
            ("outbox_head", "DELETE FROM outbox_head"),
        ])
    func changed(table: String, sql: String) throws { try scene().expectDamage(in: table, after: sql) }

    @Test(
        "A delivery that was changed or is gone is found too",
        arguments: [
            "UPDATE outbox SET attempts = 7 WHERE delivery = 2", "DELETE FROM outbox WHERE delivery = 1",
            "DELETE FROM outbox WHERE delivery = (SELECT max(delivery) FROM outbox)", "DELETE FROM outbox",
        ])
    func outbox(sql: String) throws {
        let scene = try OutboxTests.scene(own: Destinations(folder: true))
        try scene.send("b1", 1, [record("a", .earn, "x", 100, "2026-01-05T10:00:00Z")])
        try scene.close(0)
        #expect(try scene.store.changedRows().isEmpty)
        try scene.expectDamage(in: "outbox", after: sql)
    }
}
