import GRDB
import Settlement
import Testing

@testable import Store

@Suite("Bookings that were changed behind the program's back")
struct ChangedBookingTests {
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.store.book(
            [.pay("p1", 5, "2026-01-03"), .pay("p2", 7, "2026-02-03"), .pay("p3", 9, "2026-01-05")],
            by: Person("ana"), at: .at("2026-01-10T00:00:00Z"))
        try scene.store.book(
            [.pay("t3", -9, "2026-01-06", undoes: "p3")], by: Person("ana"), at: .at("2026-01-10T00:00:00Z"))
        return scene
    }

    static let changes = [
        ("UPDATE bookings SET amount = -100000 WHERE booking = 1", 1),
        ("UPDATE bookings SET period = 3 WHERE booking = 1", 1),
        ("UPDATE bookings SET period = 0 WHERE booking = 2", 2),
        ("UPDATE bookings SET kind = 'adjustment' WHERE booking = 1", 1),
        ("UPDATE bookings SET date = date + 1 WHERE booking = 2", 2),
        ("UPDATE bookings SET reason = 'another' WHERE booking = 1", 1),
        ("UPDATE bookings SET booked = booked + 1 WHERE booking = 1", 1),
        ("UPDATE bookings SET reference = 'x' WHERE booking = 1", 1),
        ("UPDATE bookings SET person = 'ben' WHERE booking = 2", 2),
        ("UPDATE bookings SET drafter = 'ben' WHERE booking = 2", 2),
        ("UPDATE bookings SET undoes = NULL WHERE booking = 4", 4),
        ("UPDATE bookings SET undoes = 'p1' WHERE booking = 4", 4),
        ("UPDATE bookings SET sum = sum + 1 WHERE booking = 1", 1),
        ("DELETE FROM bookings WHERE booking = 1", 1),
        (
            """
            INSERT INTO bookings (merchant, reference, kind, amount, date, reason, booked, period, person, sum)
            VALUES (1, 'x', 'payment', -100000, 20456, 'transfer', 0, 0, 'ana', 0)
            """, 5
        ),
    ]

    @Test("The close is refused with the row, and nothing is read of them", arguments: changes)
    func refused(sql: String, row: Int) throws {
        let scene = try scene()
        try scene.store.writing("change") { try $0.execute(sql: sql) }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.close(0) }
        #expect(trouble?.isDamage == true)
        #expect(trouble?.attempt == "read bookings, row \(row)")
        #expect(throws: StoreTrouble.self) { try scene.store.bookings() }
    }

    @Test("A draft that waits although it is booked is told as damage, and nothing is booked twice")
    func draftSetBack() throws {
        let scene = try scene()
        let (ana, now) = (Person("ana"), Instant.at("2026-01-10T00:00:00Z"))
        try scene.store.draft([.pay("d", 5, "2026-01-03")], by: ana, at: now)
        try scene.store.approve([DraftName("d")], by: ana, at: now)
        try scene.store.writing("change") { try $0.execute(sql: "UPDATE drafts SET booking = NULL") }
        let trouble = #expect(throws: StoreTrouble.self) {
            try scene.store.approve([DraftName("d")], by: ana, at: now)
        }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read drafts, row 1")
        #expect(try scene.store.bookings().count == 5)
    }

    @Test("Of two drafts that wait to undo one booking the file itself takes one")
    func undoingTwice() throws {
        let scene = try scene()
        let (ana, now) = (Person("ana"), Instant.at("2026-01-10T00:00:00Z"))
        try scene.store.draft([.pay("u", -5, "2026-01-06", undoes: "p1")], by: ana, at: now)
        let copy = """
            INSERT INTO drafts (merchant, reference, kind, amount, date, reason, undoes, drafted, drafter, sum)
            SELECT merchant, 'v', kind, amount, date, reason, undoes, drafted, drafter, sum FROM drafts
            """
        let refused = #expect(throws: StoreTrouble.self) {
            try scene.store.writing("change") { try $0.execute(sql: copy) }
        }
        #expect(refused?.cause.contains("UNIQUE") == true, "\(refused?.cause ?? "")")
        try scene.store.withdraw([DraftName("u")], by: ana, at: now)
        try scene.store.writing("change") { try $0.execute(sql: copy) }
        let waiting = try scene.store.pool.read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM drafts WHERE booking IS NULL AND withdrawn IS NULL")
        }
        #expect(waiting == 1)
    }

    @Test(
        "A draft that was changed is told with its row, and nobody approves or withdraws it",
        arguments: [
            "UPDATE drafts SET amount = -500000 WHERE draft = 2",
            "UPDATE drafts SET merchant = 2 WHERE draft = 2",
            "UPDATE drafts SET kind = 'adjustment' WHERE draft = 2",
            "UPDATE drafts SET date = date + 1 WHERE draft = 2",
            "UPDATE drafts SET reason = 'another' WHERE draft = 2",
            "UPDATE drafts SET drafter = 'ben' WHERE draft = 2",
            "UPDATE drafts SET drafter_key = zeroblob(32) WHERE draft = 2",
            "UPDATE drafts SET drafted = drafted - 1 WHERE draft = 2",
            "UPDATE drafts SET sum = sum + 1 WHERE draft = 2",
        ])
    func draftChanged(sql: String) throws {
        let scene = try scene()
        let (ana, ben, now) = (Person("ana"), Person("ben"), Instant.at("2026-01-10T00:00:00Z"))
        try scene.store.draft(
            [.pay("d1", 1, "2026-01-03"), .pay("d2", 5, "2026-01-03"), .pay("d3", 7, "2026-01-03")], by: ana,
            at: now)
        try scene.store.withdraw([DraftName("d1")], by: ana, at: now)
        try scene.store.approve([DraftName("d3")], by: ben, at: now)
        #expect(try scene.store.drafts().map(\.number) == [1, 2, 3])
        try scene.store.writing("change") { try $0.execute(sql: sql) }
        for attempt in [
            { _ = try scene.store.drafts() },
            { try scene.store.approve([DraftName("d2")], by: ben, at: now) },
            { try scene.store.withdraw([DraftName("d2")], by: ana, at: now) },
        ] as [() throws -> Void] {
            let trouble = #expect(throws: StoreTrouble.self) { try attempt() }
            #expect(trouble?.isDamage == true && trouble?.attempt == "read drafts, row 2")
        }
        #expect(try scene.store.bookings().count == 5)
        #expect(try scene.store.history().changedDrafts == [2])
    }

    @Test("A draft that ended otherwise than was written, or is gone, is told with its row")
    func draftEnd() throws {
        for (sql, row) in [
            ("UPDATE drafts SET withdrawn_by = 'ben' WHERE draft = 1", 1),
            ("UPDATE drafts SET withdrawn = NULL, withdrawn_by = NULL WHERE draft = 1", 1),
            ("UPDATE drafts SET booking = 1 WHERE draft = 2", 2), ("DELETE FROM drafts WHERE draft = 1", 1),
        ] {
            let scene = try scene()
            let (ana, now) = (Person("ana"), Instant.at("2026-01-10T00:00:00Z"))
            try scene.store.draft(
                [.pay("d1", 1, "2026-01-03"), .pay("d2", 5, "2026-01-03")], by: ana, at: now)
            try scene.store.withdraw([DraftName("d1")], by: ana, at: now)
            try scene.store.approve([DraftName("d2")], by: ana, at: now)
            try scene.store.writing("change") { try $0.execute(sql: sql) }
            let trouble = #expect(throws: StoreTrouble.self) { try scene.store.drafts() }
            #expect(trouble?.isDamage == true && trouble?.attempt == "read drafts, row \(row)", "\(sql)")
            #expect(try scene.store.history().changedDrafts == [Int64(row)], "\(sql)")
        }
    }

    @Test("Nothing changed, nothing is refused")
    func unchanged() throws {
        let scene = try scene()
        try scene.close(0)
        #expect(try scene.store.statement(of: "M", period: 0)?.balance == Money(5))
        #expect(try scene.store.bookings().map(\.booking.reference) == ["p1", "p2", "p3", "t3"])
    }
}
