import Settlement
import Testing

@testable import Store

@Suite("Disputes")
struct DisputeTests {
    private let now = Instant.at("2026-02-10T00:00:00Z")
    private let ana = Person("ana")
    private let ben = Person("ben")

    private func open(
        _ scene: Scene, _ subject: Dispute.Subject = .line(1, period: 0), of merchant: MerchantID = "M",
        reason: String = "twice"
    ) throws -> Dispute {
        try scene.store.openDispute(
            against: subject, of: merchant, reason: reason, owner: "ben", due: .on("2026-02-20"), by: ana,
            at: now)
    }

    private func code(_ body: () throws -> Dispute) throws -> DisputeRefusal.Code? {
        do {
            _ = try body()
            return nil
        } catch let refusal as DisputeRefusal {
            return refusal.code
        } catch let refused as DisputesRefused { return refused.refusals.first?.refusal.code }
    }

    /// Ends one: accepted if there is an adjustment, else rejected.
    @discardableResult
    private func end(
        _ scene: Scene, _ text: String, _ adjustment: BookingReference? = nil, number: Int64 = 1,
        at instant: Instant? = nil
    ) throws -> Dispute {
        let ending = DisputeEnding(dispute: number, text: text, adjustment: adjustment)
        return try scene.store.endDisputes([ending], by: ben, at: instant ?? now)[0]
    }

    @Test("One is opened, talked of and rejected, and all of it stays")
    func reject() throws {
        let scene = try Scene()
        let opened = try open(scene)
        #expect(opened.number == 1 && opened.state == .open && opened.name == "dispute 1")
        #expect(try open(scene, .record("T-1")).number == 2)
        #expect(try scene.store.commentDispute(1, "asked", by: ben, at: now).state == .open)
        let later = Instant.at("2026-02-12T00:00:00Z")
        let rejected = try end(scene, "two sales", at: later)
        #expect(rejected.state == .rejected && rejected.steps.map(\.act) == [.opened, .commented, .rejected])
        #expect(rejected.steps.map(\.text) == ["twice", "asked", "two sales"])
        #expect(rejected.steps.map(\.person) == ["ana", "ben", "ben"] && rejected.steps.last?.at == later)
        let all = try scene.store.disputes()
        #expect(all.map(\.state) == [.rejected, .open] && all[0] == rejected)
        #expect(all.map(\.subject) == [.line(1, period: 0), .record("T-1")])
        #expect(
            try scene.store.audit(limit: 4).map(\.reason) == [
                "dispute 1 rejected by ben", "dispute 1 commented by ben", "dispute 2 opened by ana",
                "dispute 1 opened by ana",
            ])
        // Once it has ended, another may be opened against the same.
        #expect(try open(scene).number == 3)
    }

    @Test("It is accepted only by a booked adjustment of its merchant that names it")
    func accept() throws {
        let scene = try Scene()
        _ = try open(scene)
        func accept(_ reference: BookingReference) throws -> Dispute { try end(scene, "it was", reference) }
        func book(
            _ reference: BookingReference, _ reason: String, kind: Booking.Kind = .adjustment,
            of merchant: MerchantID = "M", amount: Int64 = 5, undoes: BookingReference? = nil
        ) throws {
            try scene.store.book(
                [
                    .pay(
                        reference, amount, "2026-02-09", of: merchant, kind: kind, reason: reason,
                        undoes: undoes)
                ],
                by: ana, at: now)
        }
        try book("pay", "dispute 1", kind: .payment)
        try book("other", "dispute 1", of: "N")
        try book("undone", "dispute 1")
        try book("undoing", "no", amount: -5, undoes: "undone")
        try scene.store.draft(
            [.pay("draft", 5, "2026-02-09", kind: .adjustment, reason: "dispute 1")], by: ana, at: now)
        for reference in ["none", "pay", "other", "undone", "draft"] as [BookingReference] {
            #expect(try code { try accept(reference) } == .adjustmentUnknown, "\(reference)")
        }
        for (reference, reason) in [
            ("a", "goodwill"), ("b", "dispute 11"), ("c", "disputed 1"), ("d", "1 dispute"),
        ] {
            try book(BookingReference(verified: reference), reason)
            #expect(
                try code { try accept(BookingReference(verified: reference)) } == .adjustmentUnnamed,
                "\(reason)")
        }
        try book("good", "refund, see dispute 1.")
        let accepted = try accept("good")
        #expect(accepted.state == .accepted && accepted.steps.last?.adjustment == "good")
    }

    @Test("The adjustment may name it by its merchant's number, with the merchant")
    func acceptByOwnNumber() throws {
        let scene = try Scene()
        _ = try open(scene, of: "N")
        #expect(try open(scene).ownNumber == 1)
        for (reference, reason, refusal) in [
            ("a", "see dispute 1", .adjustmentUnnamed), ("b", "see dispute 1 of N", .adjustmentUnnamed),
            ("c", "see dispute 11 of M", .adjustmentUnnamed), ("d", "see dispute 1 of M.", nil),
        ] as [(BookingReference, String, DisputeRefusal.Code?)] {
            try scene.store.book(
                [.pay(reference, 5, "2026-02-09", kind: .adjustment, reason: reason)], by: ana, at: now)
            #expect(try code { try end(scene, "it was", reference, number: 2) } == refusal, "\(reason)")
        }
    }

    @Test("A dispute that is named by its merchant's number is not the operator's of that number too")
    func acceptOneOfTwo() throws {
        let scene = try Scene()
        // M's own 1 and 2 are the operator's 2 and 3.
        _ = try open(scene, of: "N")
        for line in 1...2 { _ = try open(scene, .line(line, period: 0)) }
        for (reference, reason) in [
            ("one", "see dispute 2 of M."), ("both", "dispute 1 of M and dispute 3"),
        ] as [(BookingReference, String)] {
            try scene.store.book(
                [.pay(reference, 5, "2026-02-09", kind: .adjustment, reason: reason)], by: ana, at: now)
        }
        func accept(_ number: Int64, _ reference: BookingReference) throws -> DisputeRefusal.Code? {
            try code { try end(scene, "it was", reference, number: number) }
        }
        #expect(try accept(2, "one") == .adjustmentUnnamed)
        #expect(try accept(3, "one") == nil && accept(2, "one") == .adjustmentUnnamed)
        #expect(try accept(2, "both") == nil)
        #expect(try scene.store.disputes().map(\.state) == [.open, .accepted, .accepted])
    }

    @Test("What has ended, is none, is open already or says nothing is refused")
    func refusals() throws {
        let scene = try Scene()
        _ = try open(scene)
        #expect(try code { try open(scene) } == .disputeOpen)
        #expect(try code { try open(scene, of: "N") } == nil)
        #expect(try code { try open(scene, .line(2, period: 0), of: "X") } == .merchantUnknown)
        for text in ["", "two\nlines", String(repeating: "x", count: 1_001)] {
            #expect(try code { try open(scene, .line(3, period: 0), reason: text) } == .textMalformed)
            #expect(try code { try scene.store.commentDispute(1, text, by: ben, at: now) } == .textMalformed)
        }
        #expect(try code { try scene.store.commentDispute(9, "?", by: ben, at: now) } == .disputeUnknown)
        try end(scene, "no")
        #expect(try code { try scene.store.commentDispute(1, "but", by: ana, at: now) } == .disputeEnded)
        #expect(try code { try end(scene, "no") } == .disputeEnded)
        #expect(try scene.store.disputes().count == 2)
    }

    @Test("It is overdue from the day after it was due, as long as it is open")
    func overdue() throws {
        let scene = try Scene()
        let dispute = try open(scene)
        #expect(!dispute.isOverdue(on: .on("2026-02-20")) && dispute.isOverdue(on: .on("2026-02-21")))
        #expect(try !end(scene, "no").isOverdue(on: .on("2026-02-21")))
    }
}
