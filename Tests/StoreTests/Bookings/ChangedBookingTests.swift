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
            INSERT INTO drafts (merchant, reference, kind, amount, date, reason, undoes, drafted, drafter)
            SELECT merchant, 'v', kind, amount, date, reason, undoes, drafted, drafter FROM drafts
            """
        #expect(throws: (any Error).self) { try scene.store.writing("change") { try $0.execute(sql: copy) } }
        try scene.store.withdraw([DraftName("u")], by: ana, at: now)
        try scene.store.writing("change") { try $0.execute(sql: copy) }
        #expect(try scene.store.drafts().map(\.state).last == .waiting)
    }

    @Test("Nothing changed, nothing is refused")
    func unchanged() throws {
        let scene = try scene()
        try scene.close(0)
        #expect(try scene.store.statement(of: "M", period: 0)?.balance == Money(5))
        #expect(try scene.store.bookings().map(\.booking.reference) == ["p1", "p2", "p3", "t3"])
    }
}
