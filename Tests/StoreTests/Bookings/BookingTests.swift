import Settlement
import Testing

@testable import Store

@Suite("Bookings")
struct BookingTests {
    private let now = Instant.at("2026-01-10T00:00:00Z")
    private let ana = Person("ana")

    @Test("They belong to the open period of their date, else to the earliest open")
    func periods() throws {
        let scene = try Scene()
        let first = try scene.store.book(
            [.pay("p0", 5, "2025-12-03"), .pay("p1", 5, "2026-02-28")], by: ana, at: now)
        #expect(first.map(\.period) == [0, 1] && first.map(\.isLate) == [true, false])
        try scene.close(0)
        let results = try scene.store.book(
            [.pay("p2", 5, "2026-01-31"), .pay("p3", 5, "2026-05-01")], by: ana, at: now)
        #expect(results.map(\.period) == [1, 4] && results.map(\.isLate) == [true, false])
        #expect(try scene.store.bookings().map(\.period) == [0, 1, 1, 4])
        var seen: [BookingReference] = []
        _ = try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false) { transaction in
            seen = try transaction.bookings().map(\.reference)
            return try scene.settle(transaction)
        }
        #expect(seen == ["p1", "p2"])
        #expect(try scene.store.statement(of: "M", period: 1)?.balance == Money(15))
    }

    @Test("A list is taken whole or not at all, and all that is wrong is told")
    func refusals() throws {
        let scene = try Scene(
            Scene.alliance(merchants: [Scene.merchant("M"), Scene.merchant("N", from: "2026-02-01")]))
        try scene.store.book([.pay("p", 5, "2026-01-03"), .pay("u", 7, "2026-01-05")], by: ana, at: now)
        try scene.store.book([.pay("t", -7, "2026-01-05", undoes: "u")], by: ana, at: now)
        try scene.store.draft([.pay("d", 5, "2026-01-03")], by: ana, at: now)
        let cases: [(BookingRefusal.Code, Booking)] = [
            (.merchantUnknown, .pay("q", 5, "2026-01-03", of: "X")),
            (.amountOutOfBounds, .pay("q", 0, "2026-01-31")),
            (.amountOutOfBounds, .pay("q", -1_000_000_000_000_001, "2026-01-31")),
            (.dateOutOfBounds, .pay("q", 5, "1999-12-31")),
            (.dateOutOfBounds, .pay("q", 5, "2100-01-01")),
            (.reasonMalformed, .pay("q", 5, "2026-01-31", reason: "")),
            (.reasonMalformed, .pay("q", 5, "2026-01-31", reason: " . ")),
            (.reasonMalformed, .pay("q", 5, "2026-01-31", reason: "two\nlines")),
            (.reasonMalformed, .pay("q", 5, "2026-01-31", reason: String(repeating: "x", count: 201))),
            (.referenceReused, .pay("p", 9, "2026-01-03")),
            (.referenceReused, .pay("p", 5, "2026-01-03", reason: "another")),
            (.referenceReused, .pay("new", 5, "2026-01-03")),
            (.draftWaiting, .pay("d", 5, "2026-01-03")),
            (.noTerms, .pay("q", 5, "2026-01-31", of: "N")),
            (.undoUnknown, .pay("q", -5, "2026-01-31", undoes: "x")),
            (.undoUnknown, .pay("q", -5, "2026-02-03", of: "N", undoes: "p")),
            (.undoOfUndo, .pay("q", 7, "2026-01-31", undoes: "t")),
            (.undoMismatch, .pay("q", 5, "2026-01-31", undoes: "p")),
            (.undoMismatch, .pay("q", -4, "2026-01-31", undoes: "p")),
            (.undoMismatch, .pay("q", -5, "2026-01-31", kind: .adjustment, undoes: "p")),
            (.undoTooEarly, .pay("q", -5, "2026-01-02", undoes: "p")),
            (.alreadyUndone, .pay("q", -7, "2026-01-31", undoes: "u")),
        ]
        for (code, wrong) in cases {
            let refused = #expect(throws: BookingsRefused.self, "\(wrong)") {
                try scene.store.book([.pay("new", 1, "2026-01-03"), wrong], by: ana, at: now)
            }
            #expect(refused?.refusals.map(\.code) == [code], "\(wrong)")
            #expect(refused?.refusals.map(\.position) == [1])
        }
        let all = #expect(throws: BookingsRefused.self) {
            try scene.store.book(cases.map(\.1), by: ana, at: now)
        }
        #expect(all?.refusals.count ?? 0 >= cases.count - 2)
        #expect(try scene.store.bookings().map(\.booking.reference) == ["p", "u", "t"])
        try scene.store.book([.pay("p", 5, "2026-02-01", of: "N")], by: ana, at: now)
    }

    @Test("Two in one list that undo the same are refused")
    func undoneTwice() throws {
        let scene = try Scene()
        try scene.store.book([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        let refused = #expect(throws: BookingsRefused.self) {
            try scene.store.book(
                [.pay("a", -5, "2026-01-04", undoes: "p"), .pay("b", -5, "2026-01-04", undoes: "p")], by: ana,
                at: now)
        }
        #expect(refused?.refusals.map(\.code) == [.alreadyUndone])
        #expect(try scene.store.bookings().count == 1)
    }

    @Test("The same again changes nothing, whoever says it and whenever")
    func again() throws {
        let scene = try Scene()
        let list = [Booking.pay("p", 5, "2026-01-03"), .pay("q", -5, "2026-01-04")]
        #expect(try scene.store.book(list, by: ana, at: now).map(\.outcome) == [.booked, .booked])
        let entries = try scene.store.audit().count
        try scene.close(0)
        let again = try scene.store.book(list, by: Person("ben"), at: .at("2026-03-01T00:00:00Z"))
        #expect(again.map(\.outcome) == [.alreadyBooked, .alreadyBooked])
        #expect(again.map(\.period) == [0, 0] && again.allSatisfy { !$0.isLate })
        #expect(try scene.store.bookings().map(\.person) == ["ana", "ana"])
        #expect(try scene.store.audit().filter { $0.act != .closed }.count == entries)
    }

    @Test("An error is taken back by its opposite, which stands in a period of its own")
    func undo() throws {
        let scene = try Scene()
        try scene.store.book([.pay("p", 5, "2026-01-03", kind: .adjustment)], by: ana, at: now)
        try scene.close(0)
        let original = try #require(try scene.store.booking("p", of: "M"))
        let opposite = original.booking.opposite(reference: "p-u", date: .on("2026-01-04"), reason: "wrong")
        #expect(try scene.store.book([opposite], by: Person("ben"), at: now).map(\.period) == [1])
        try scene.close(1)
        #expect(try scene.store.statement(of: "M", period: 0)?.balance == Money(5))
        #expect(try scene.store.statement(of: "M", period: 1)?.balance == Money(0))
        let stored = try scene.store.bookings()
        #expect(stored.map(\.undoneBy) == ["p-u", nil])
        #expect(stored.map(\.booking.undoes) == [nil, "p"])
        #expect(stored.map(\.person) == ["ana", "ben"])
    }

    @Test("A trial says the same, and keeps nothing")
    func trial() throws {
        let scene = try Scene()
        let before = try scene.rowCounts()
        let results = try scene.store.book([.pay("p", 5, "2026-01-03")], by: ana, at: now, trial: true)
        #expect(results.map(\.outcome) == [.booked] && results.map(\.period) == [0])
        #expect(throws: BookingsRefused.self) {
            try scene.store.book([.pay("p", 0, "2026-01-03")], by: ana, at: now, trial: true)
        }
        #expect(try scene.rowCounts() == before)
    }

    @Test("The audit says who booked what, and what it undoes")
    func audit() throws {
        let scene = try Scene()
        try scene.store.book([.pay("p", 5, "2026-01-03")], by: ana, at: now)
        try scene.store.book([.pay("q", -5, "2026-01-03", undoes: "p")], by: Person("ben"), at: now)
        let entries = try scene.store.audit(limit: 2)
        #expect(entries.map(\.act) == [.booked, .booked] && entries.map(\.merchant) == ["M", "M"])
        #expect(entries.map(\.reason) == ["payment q of -5 by ben, undoes p", "payment p of 5 by ana"])
    }
}

extension Booking {
    /// A payment of M, unless said otherwise, in one line.
    static func pay(
        _ reference: BookingReference, _ amount: Int64, _ date: String, of merchant: MerchantID = "M",
        kind: Kind = .payment, reason: String = "transfer", undoes: BookingReference? = nil
    ) -> Booking {
        Booking(
            merchant: merchant, kind: kind, reference: reference, amount: Money(amount), date: .on(date),
            reason: reason, undoes: undoes)
    }
}
