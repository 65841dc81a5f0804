import Settlement
import Store
import Testing

@testable import Service

@Suite("The journal of a period")
struct PeriodJournalTests {
    @Test("An adjustment stands on the day of its booking, and without that booking nothing is written")
    func missingBooking() throws {
        let estate = try Estate()
        let store = estate.open.store
        let booked = Booking(
            merchant: MerchantID(verified: "M"), kind: .adjustment,
            reference: BookingReference(verified: "A-1"), amount: Money(-700),
            date: try #require(LocalDate("2026-01-09")), reason: "a reason")
        try store.book(
            [booked], by: Person(PersonName(verified: "ana")), at: instant("2026-01-20T00:00:00Z"))
        try PeriodCloser(store: store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-03T00:00:00Z"), forced: false)
        let desk = try ReadingDesk(estate.open.folder)
        func journal(_ bookings: [StoredBooking]) throws -> PeriodJournal {
            try PeriodJournalReading(
                ordinal: 0, calendar: store.schedule().calendar,
                closing: desk.document(of: store.closing(ofClosed: 0)).1, before: nil,
                statements: store.statements(period: 0).map { try desk.document(of: $0).1 },
                bookings: bookings
            ).journal(store)
        }
        #expect(try journal(store.bookings()).entries.map(\.date) == [booked.date])
        let failure = #expect(throws: Failure.self) { try journal([]) }
        let text = failure.map { "\($0)" } ?? ""
        #expect(text.contains("journal_mismatch") && text.contains("A-1"), "\(text)")
    }
}
