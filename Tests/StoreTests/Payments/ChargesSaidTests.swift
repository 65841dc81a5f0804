import Settlement
import Testing

@testable import Store

@Suite("Charges that a person says, and what hinders an entry")
struct ChargesSaidTests {
    private let bank = BankImportTests()
    private var now: Instant { bank.now }
    private var ben: Person { bank.ben }

    private func reason(_ body: () throws -> Void) throws -> String? {
        do {
            try body()
            return nil
        } catch let refusal as BankRefusal { return "\(refusal)" }
    }

    private func accept(
        _ scene: Scene, _ order: BookingReference, _ extent: BankSaying.Extent, draft: Bool = false
    ) throws {
        try scene.store.acceptBankLine(
            1, as: BankSaying(order: order, extent: extent), by: ben, at: now, draft: draft)
    }

    private func charges(_ scene: Scene) throws -> [Int64] {
        try scene.store.bankCharges().map(\.amount.minorUnits)
    }

    @Test("An entry is said to be a group with charges, whole, and what is left of it is said no second time")
    func group() throws {
        let scene = try bank.scene(balances: [("M", Money(100)), ("N", Money(40))])
        let group: BookingReference = "R1-pain.001-1"
        try bank.take(scene, [bank.line("a", -145, group: group.text)])
        let unknown = try reason { try accept(scene, "R1-pain.001-9", .whole(charges: Money(5))) }
        #expect(unknown?.contains("order_unknown: ") == true)
        let less = try reason { try accept(scene, group, .whole(charges: Money(4))) }
        #expect(less?.contains("it is of -1.45 with charges of 0.04, and R1-pain.001-1 of -1.40") == true)
        #expect(try reason { try accept(scene, group, .part) }?.contains("a part is of one order") == true)
        try accept(scene, group, .whole(charges: Money(5)), draft: true)
        try scene.store.withdraw([DraftName("R1-N")], by: ben, at: now)
        let waiting = try scene.store.waitingBankLines()
        #expect(waiting.map(\.payments) == [[.paid("N", "R1-N")]] && waiting.map(\.charges) == [.zero])
        try scene.store.acceptBankLines([1], by: ben, at: now, draft: true)
        try scene.store.approve([DraftName("R1-M"), DraftName("R1-N")], by: ben, at: now)
        #expect(try charges(scene) == [5] && scene.store.waitingBankLines().isEmpty)
    }

    @Test("An entry is said to be payments that are booked, less what the bank charged")
    func named() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 65)])
        try scene.store.book(
            [.pay("P1", 40, "2026-02-16"), .pay("P2", 30, "2026-02-16")], by: ben, at: now)
        func settle(_ charges: Int64) throws {
            try scene.store.settleBankLine(
                1, as: ["P1", "P2"], of: "M", charges: Money(charges), by: ben, at: now)
        }
        #expect(
            try reason { try settle(0) }
                == "payment_mismatch: entry 1 is of 0.65, and they come to 0.70")
        #expect(
            try reason { try settle(4) }
                == "payment_mismatch: entry 1 is of 0.65 with charges of 0.04, and they come to 0.70")
        try settle(5)
        #expect(try charges(scene) == [5] && scene.store.waitingBankLines().isEmpty)
        #expect(try scene.store.bankCharges().map(\.payment) == ["P1"])
    }

    @Test("A part of what is booked, or drafted, whole is told as that, and not as given up")
    func parts() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -60)])
        try scene.store.draft([.pay("R1-M", -100, "2026-02-16")], by: ben, at: now)
        let drafted = try reason { try accept(scene, "R1-M", .part) }
        #expect(drafted?.contains("a draft of the whole of R1-M of M waits") == true)
        try scene.store.approve([DraftName("R1-M")], by: ben, at: now)
        let booked = try reason { try accept(scene, "R1-M", .part) }
        #expect(booked?.contains("R1-M of M is booked whole") == true)
    }

    @Test("What hinders an entry that comes to its order with charges is told, and not the amounts")
    func hindered() throws {
        let scene = try bank.scene()
        try scene.store.book([.pay("R1-N", 40, "2026-02-16", of: "N")], by: ben, at: now)
        try scene.store.book([.pay("U", -40, "2026-02-17", of: "N", undoes: "R1-N")], by: ben, at: now)
        let result = try bank.take(scene, [bank.line("a", 35, endToEnd: "R1-N", charges: 5)])
        #expect(result.results.map(\.reason) == ["R1-N of N was booked, and taken back by U"])
    }
}
