import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// Who booked, drafted and took back what, as a rederivation sees it.
@Suite("Rederived bookings")
struct RederivedBookingsTests {
    /// January with a payment that two persons made, an adjustment, and in February what takes that back.
    private static let estate = Result {
        let estate = try Estate()
        let store = estate.open.store
        let (ana, ben) = (Person(PersonName(verified: "ana")), Person(PersonName(verified: "ben")))
        let at = instant("2026-01-20T00:00:00Z")
        func booking(
            _ kind: Booking.Kind, _ reference: String, _ amount: Int64, _ date: String, undoes: String? = nil
        ) -> Booking {
            Booking(
                merchant: MerchantID(verified: "M"), kind: kind,
                reference: BookingReference(verified: reference),
                amount: Money(amount), date: LocalDate(date)!, reason: "a reason",
                undoes: undoes.map { BookingReference(verified: $0) })
        }
        try store.draft([booking(.payment, "P-1", 500, "2026-01-08")], by: ana, at: at)
        try store.draft([booking(.payment, "P-2", 1, "2026-01-08")], by: ana, at: at)
        try store.book([booking(.adjustment, "A-1", -7, "2026-01-09")], by: ana, at: at)
        try store.approve([DraftName(BookingReference(verified: "P-1"))], by: ben, at: at)
        let closer = PeriodCloser(store: store, signer: estate.open.signer)
        try closer.close(0, at: instant("2026-02-03T00:00:00Z"), forced: false)
        try store.book(
            [booking(.adjustment, "A-1-U", 7, "2026-01-10", undoes: "A-1")], by: ben,
            at: instant("2026-02-04T00:00:00Z"))
        try closer.close(1, at: instant("2026-03-03T00:00:00Z"), forced: false)
        try store.shut()
        return estate
    }

    private func report(_ change: String?) throws -> RederivationReport {
        let folder = try Self.estate.get().open.folder
        let scratch = try Scratch()
        let copy = scratch.file("copy")
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: folder.databasePath, toPath: copy + "/settled.sqlite")
        if let change { try tamper(with: copy + "/settled.sqlite", change) }
        return try Rederivation(
            .init(
                data: copy, secret: folder.secretPath, jwks: nil, from: nil, through: nil,
                scratch: nil)
        ).run()
    }

    @Test("They come out again, with drafts that wait beside them")
    func whole() throws {
        let report = try report(nil)
        #expect(report.isGood && report.bookings == 3, "\(report.lines)")
    }

    @Test("With four eyes a booking of one person is found, however it came about")
    func onePerson() throws {
        let estate = try Estate(
            alliance: Estate.alliance.replacing("period: month", with: "period: month\nfour_eyes: true"))
        let store = estate.open.store
        let ana = PersonName(verified: "ana")
        for (reference, drafter) in [("A-1", nil), ("A-2", ana)] as [(String, PersonName?)] {
            let booking = Booking(
                merchant: MerchantID(verified: "M"), kind: .adjustment,
                reference: BookingReference(verified: reference), amount: Money(-7),
                date: try #require(LocalDate("2026-01-09")), reason: "a reason")
            try store.rebook([booking], by: ana, drafter: drafter, at: instant("2026-01-20T00:00:00Z"))
        }
        try PeriodCloser(store: store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-03T00:00:00Z"), forced: false)
        try store.shut()
        let report = try Rederivation(
            .init(
                data: estate.open.folder.path, secret: estate.open.folder.secretPath, jwks: nil, from: nil,
                through: nil, scratch: nil)
        ).run()
        let found = report.findings.map { "\($0.place): \($0.problem)" }
        #expect(
            found == [
                "booking A-1 of M: was made by one person, while the alliance had four_eyes",
                "booking A-2 of M: was made by one person, while the alliance had four_eyes",
                "booking A-2 of M: was drafted by nobody before, as far as the audit says",
            ])
    }

    @Test(
        "Whoever changes who acted, or what was undone, is found",
        arguments: [
            ("UPDATE bookings SET person = 'cem' WHERE reference = 'A-1'", "booking A-1 of M", "audit"),
            ("UPDATE bookings SET drafter = 'ben' WHERE reference = 'P-1'", "booking P-1 of M", "audit"),
            ("UPDATE bookings SET drafter = NULL WHERE reference = 'P-1'", "booking P-1 of M", "audit"),
            ("UPDATE bookings SET undoes = NULL WHERE reference = 'A-1-U'", "booking A-1-U of M", "audit"),
            (
                "UPDATE bookings SET undoes = 'P-1' WHERE reference = 'A-1-U'", "booking A-1-U of M",
                "undo_mismatch"
            ),
            (
                "UPDATE bookings SET person = '' WHERE reference = 'A-1'", "booking A-1 of M",
                "none that can be booked"
            ),
            ("DELETE FROM audit WHERE act = 'drafted'", "booking P-1 of M", "drafted by nobody"),
            ("UPDATE bookings SET reason = 'another' WHERE reference = 'A-1'", "booking A-1 of M", "its sum"),
            ("UPDATE drafts SET amount = 2 WHERE reference = 'P-2'", "draft 2", "not as it was written"),
            ("DELETE FROM drafts WHERE reference = 'P-1'", "draft 1", "is gone"),
            ("UPDATE bookings SET sum = sum + 1 WHERE reference = 'A-1'", "booking A-1 of M", "its sum"),
        ])
    func changed(sql: String, place: String, problem: String) throws {
        let report = try report(sql)
        #expect(
            report.findings.contains { $0.place == place && $0.problem.contains(problem) },
            "\(sql)\n\(report.lines.joined(separator: "\n"))")
    }
}
