import GRDB
import Settlement
import Testing

@testable import Store

@Suite("Deliveries that were changed behind the program's back")
struct ChangedOutboxTests {
    /// A receipt on each of two ways, twice; then the operator's closing and an exposure.
    private func scene() throws -> Scene {
        let scene = try OutboxTests.scene(own: Destinations(folder: true), limit: 0)
        for number in 1...2 {
            try scene.send(
                "b\(number)", Int64(number),
                [record(RecordID(verified: "r\(number)"), .earn, "x", 100, "2026-01-05T10:00:00Z")])
        }
        try scene.store.note(
            DeliveryAttempt(
                1, .failed(again: .at("2026-02-01T00:00:00Z")), at: .at("2026-01-31T13:00:00Z"), answer: "no")
        )
        try scene.close(0)
        return scene
    }

    private func change(_ sql: String, _ scene: Scene) throws {
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    @Test(
        "It is told with its row, and ends no process",
        arguments: [
            "recipient = 2", "recipient = 99", "channel = 'pigeon'", "channel = 'webhook'",
            "kind = 'closing'",
            "subject = 9223372036854775807", "created = -9223372036854775808", "state = 'gone'",
            "state = 'x'",
            "attempts = 0", "attempts = 9223372036854775807", "due = 1", "tried = NULL", "answer = NULL",
            "answer = 'yes'", "sum = sum + 1", "about = 1", "own_number = 2",
        ])
    func told(column: String) throws {
        let scene = try scene()
        try change("UPDATE outbox SET \(column) WHERE delivery = 1", scene)
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.store.deliveries(DeliveryFilter(all: true))
        }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read outbox, row 1")
        #expect(throws: StoreTrouble.self) {
            try scene.store.note(
                DeliveryAttempt(1, .delivered, at: .at("2026-02-01T00:00:00Z"), answer: "written"))
        }
        let heads = try scene.store.deliveryHeads()
        #expect(heads.troubles.map(\.attempt) == ["read outbox, row 1"])
        // Others' lanes are not kept.
        #expect(heads.heads.contains { $0.lane.merchant == nil })
        #expect(try scene.store.history().changedDeliveries == [1])
        try scene.send(
            "b3", 3, [record("c", .earn, "x", 1, "2026-02-05T10:00:00Z")],
            received: .at("2026-02-06T00:00:00Z"))
    }

    @Test("A row of an exposure names the merchant that it was written with")
    func exposure() throws {
        let scene = try scene()
        try change("UPDATE outbox SET about = 2 WHERE kind = 'exposure' AND recipient = 0", scene)
        #expect(throws: StoreTrouble.self) { try scene.store.deliveries(DeliveryFilter(all: true)) }
    }

    @Test("Rows that are gone are told by those behind them")
    func gone() throws {
        let scene = try scene()
        try change("DELETE FROM outbox WHERE delivery IN (2, 3)", scene)
        #expect(try scene.store.history().changedDeliveries == [2, 3])
    }

    @Test("That the last ones are gone is told, at once and when others have come since")
    func tail() throws {
        let scene = try scene()
        #expect(try scene.store.deliveryHeads().troubles.isEmpty)
        let last = try #require(try scene.integer("SELECT max(delivery) FROM outbox"))
        try change("DELETE FROM outbox WHERE delivery >= \(last - 1)", scene)
        #expect(try scene.store.deliveryHeads().troubles.map(\.attempt) == ["read outbox, row \(last)"])
        #expect(try scene.store.history().changedDeliveries == [last - 1, last])
        #expect(try scene.store.changedRows().map(\.attempt) == ["read outbox, row \(last - 1)"])
        try scene.send(
            "b3", 3, [record("c", .earn, "x", 1, "2026-02-05T10:00:00Z")],
            received: .at("2026-02-06T00:00:00Z"))
        #expect(
            try scene.integer("SELECT min(delivery) FROM outbox WHERE delivery > \(last - 2)") == last + 1)
        #expect(try scene.store.history().changedDeliveries == [last - 1, last])
    }

    @Test(
        "What says which is the last is told too, and keeps no batch out",
        arguments: ["UPDATE outbox_head SET last = 1", "DELETE FROM outbox_head"])
    func head(sql: String) throws {
        let scene = try scene()
        try change(sql, scene)
        for _ in 1...2 {
            #expect(try scene.store.deliveryHeads().troubles.map(\.attempt) == ["read outbox_head, its row"])
            #expect(
                try scene.store.changedRows().map(\.attempt) == ["read outbox_head, its row"])
            _ = try? scene.send(
                "b3", 3, [record("c", .earn, "x", 1, "2026-02-05T10:00:00Z")],
                received: .at("2026-02-06T00:00:00Z"))
        }
        #expect(try scene.integer("SELECT count(*) FROM batches") == 3)
    }
}
