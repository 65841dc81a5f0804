import Settlement
import Testing

@testable import Store

@Suite("Alliance and bookings")
struct AdministrationTests {
    private let now = Instant.at("2026-01-10T00:00:00Z")

    @Test("A change comes into force, and earlier versions are kept")
    func apply() throws {
        let scene = try Scene()
        let wider = Scene.alliance(
            name: "Wider", merchants: [Scene.merchant("A"), Scene.merchant("M"), Scene.merchant("N")])
        let change = try scene.store.change(to: wider)
        #expect(!change.isEmpty)
        #expect(try scene.store.schedule().alliance.name == "Test")
        #expect(try scene.store.apply(wider, zone: Scene.utc, at: now).lines == change.lines)
        #expect(try scene.store.schedule().alliance == wider)
        #expect(try scene.store.allianceHistory().map(\.version) == [1, 2])
        #expect(
            try scene.store.allianceHistory().map { try AllianceDocument.alliance(from: $0.document).name }
                == ["Test", "Wider"])
        // The same again is no change.
        #expect(try scene.store.apply(wider, zone: Scene.utc, at: now).isEmpty)
        #expect(try scene.store.allianceHistory().count == 2)
    }

    @Test("What would touch a closed period is refused, and nothing is changed")
    func refusedChange() throws {
        let scene = try Scene()
        try scene.close(0)
        let dearer = Scene.alliance(merchants: [Scene.merchant("M", price: 20_000), Scene.merchant("N")])
        let refusal = #expect(throws: AllianceChangeRefusal.self) {
            try scene.store.apply(dearer, zone: Scene.utc, at: now)
        }
        #expect(refusal?.problems.map(\.code) == [.touchesClosedPeriod])
        #expect(try scene.store.schedule().alliance == Scene.alliance())
        #expect(try scene.store.allianceHistory().count == 1)
    }

    @Test("A merchant that leaves the list before anything is stored keeps its number")
    func merchantNumbers() throws {
        let scene = try Scene()
        let other = Scene.alliance(merchants: [Scene.merchant("A"), Scene.merchant("N")])
        _ = try scene.store.apply(other, zone: Scene.utc, at: now)
        #expect(try scene.integer("SELECT merchant FROM merchants WHERE id = 'N'") == 2)
        #expect(try scene.integer("SELECT merchant FROM merchants WHERE id = 'A'") == 3)
        #expect(try scene.store.keys().map(\.merchant) == ["M", "N", nil])
    }

    private func booking(
        _ reference: BookingReference, _ date: String, amount: Int64 = 5, of merchant: MerchantID = "M"
    ) -> Booking {
        Booking(
            merchant: merchant, kind: .payment, reference: reference, amount: Money(amount), date: .on(date),
            reason: "transfer")
    }

    @Test("Bookings belong to the open period of their date, else to the earliest open")
    func bookingPeriods() throws {
        let scene = try Scene()
        try scene.store.book([booking("p0", "2025-12-03"), booking("p1", "2026-02-28")], at: now)
        try scene.close(0)
        try scene.store.book([booking("p2", "2026-01-31"), booking("p3", "2026-05-01")], at: now)
        #expect(try scene.store.bookings().map(\.period) == [0, 1, 1, 4])
        var seen: [BookingReference] = []
        _ = try scene.store.close(1, at: .at("2026-03-02T00:00:00Z"), forced: false) { transaction in
            seen = try transaction.bookings().map(\.reference)
            return try scene.settle(transaction)
        }
        #expect(seen == ["p1", "p2"])
        #expect(try scene.store.statement(of: "M", period: 1)?.balance == Money(15))
    }

    @Test("A list of bookings is taken whole or not at all")
    func bookingRefusals() throws {
        let scene = try Scene(
            Scene.alliance(merchants: [Scene.merchant("M"), Scene.merchant("N", from: "2026-02-01")]))
        try scene.store.book([booking("p", "2026-01-03")], at: now)
        let cases: [(BookingRefusal.Code, Booking)] = [
            (.referenceReused, booking("p", "2026-02-03", amount: 9)),
            (.merchantUnknown, booking("q", "2026-01-03", of: "X")),
            (.noTerms, booking("q", "2026-01-31", of: "N")),
            (.amountOutOfBounds, booking("q", "2026-01-31", amount: 0)),
            (.amountOutOfBounds, booking("q", "2026-01-31", amount: -1_000_000_000_000_001)),
        ]
        for (code, wrong) in cases {
            let refusal = #expect(throws: BookingRefusal.self) {
                try scene.store.book([booking("new", "2026-01-03"), wrong], at: now)
            }
            #expect(refusal?.code == code)
            #expect(refusal?.position == 1)
        }
        #expect(try scene.store.bookings().map(\.booking.reference) == ["p"])
        try scene.store.book([booking("p", "2026-02-01", of: "N")], at: now)
        #expect(try scene.store.audit(limit: 1).map(\.act) == [.booked])
    }
}
