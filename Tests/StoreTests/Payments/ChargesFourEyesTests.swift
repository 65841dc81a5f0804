import Settlement
import Testing

@testable import Store

@Suite("What one person alone cannot do with the bank's charges")
struct ChargesFourEyesTests {
    private let bank = BankImportTests()
    private var now: Instant { bank.now }
    private var ana: Person { bank.ana }
    private var ben: Person { bank.ben }

    private func charges(_ scene: Scene) throws -> [Int64] {
        try scene.store.bankCharges().map(\.amount.minorUnits)
    }

    /// N's 0.40 came less 0.05, and is booked.
    private func charged() throws -> Scene {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 35, endToEnd: "R1-N", charges: 5)], accept: true)
        return scene
    }

    /// From now on two persons have to look at what is booked; gives one who shows a key.
    private func proven(_ scene: Scene, _ name: PersonName = "ana", key: UInt8 = 1) throws -> Person {
        let person = try scene.person(name, key: key, at: now)
        if try !scene.store.schedule().alliance.fourEyes { try scene.takeFourEyes(at: now) }
        return person
    }

    @Test("Charges are not taken off the books by reopening their entry, nor that of the payment's return")
    func reopened() throws {
        let scene = try charged()
        try scene.store.book([.pay("U", -40, "2026-02-18", of: "N", undoes: "R1-N")], by: ben, at: now)
        try bank.take(
            scene, [bank.line("r", -40, "2026-02-19", endToEnd: "R1-N", returned: "MD01")], file: "g")
        #expect(try charges(scene) == [5, -5, 5])
        let person = try proven(scene)
        for entry in [Int64(1), 2] {
            #expect(
                try bank.refused {
                    try scene.store.reopenBankLines([entry], because: "x", by: person, at: now)
                } == .entrySettled, "\(entry)")
        }
        #expect(try charges(scene) == [5, -5, 5])
        #expect(try scene.store.waitingBankLines().isEmpty)
    }

    @Test("An entry of what is booked without its charges is not proposed, and settled as its reason says")
    func bookedBefore() throws {
        let scene = try bank.scene()
        try scene.store.book([.pay("R1-N", 40, "2026-02-16", of: "N")], by: ben, at: now)
        let (first, second) = (try proven(scene), try proven(scene, "ben", key: 2))
        let result = try bank.take(
            scene, [bank.line("a", 35, endToEnd: "R1-N", charges: 5)], by: first, draft: true, accept: true)
        #expect(result.results.map(\.outcome) == [.unmatched])
        let waiting = try scene.store.waitingBankLines()
        #expect(waiting.map(\.outcome) == [.unmatched] && waiting[0].payments.isEmpty)
        #expect(waiting[0].reason.contains("a payment of -0.05") && waiting[0].reason.contains("--entry"))
        let saying = BankSaying(order: "R1-N", extent: .whole(charges: Money(5)))
        #expect(throws: PersonRefusal.draftRequired) {
            try scene.store.acceptBankLine(1, as: saying, by: first, at: now)
        }
        #expect(
            try bank.refused {
                try scene.store.acceptBankLine(1, as: saying, by: first, at: now, draft: true)
            } == .nothingProposed)
        try scene.store.draft(
            [
                .pay("less", -5, "2026-02-16", of: "N"),
                .pay("borne", 5, "2026-02-16", of: "N", kind: .adjustment, reason: "the bank's charge"),
            ], by: first, at: now)
        let drafts = try scene.store.drafts()
        try scene.store.approve(
            drafts.map { DraftName($0.booking.reference, of: "N", number: $0.number) }, by: second, at: now)
        try scene.store.settleBankLine(1, as: ["R1-N", "less"], of: "N", by: first, at: now)
        #expect(try scene.store.waitingBankLines().isEmpty && charges(scene).isEmpty)
    }

    @Test("An entry whose draft waits is not reopened: its approval would book less than the draft says")
    func drafted() throws {
        let scene = try bank.scene()
        try bank.take(
            scene, [bank.line("a", 35, endToEnd: "R1-N", charges: 5)], draft: true, accept: true)
        func reopen() throws {
            try scene.store.reopenBankLines([1], because: "x", by: ben, at: now)
        }
        #expect(try bank.refused(reopen) == .entrySettled)
        try scene.store.withdraw([DraftName("R1-N")], by: ana, at: now)
        #expect(try bank.refused(reopen) == .entryWaiting)
        try scene.store.acceptBankLines([1], by: ana, at: now, draft: true)
        try scene.store.approve([DraftName("R1-N")], by: ben, at: now)
        #expect(try charges(scene) == [5])
        try reopen()
        #expect(try charges(scene) == [5, -5])
    }
}
