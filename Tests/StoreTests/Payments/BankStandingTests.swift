import GRDB
import Settlement
import Testing

@testable import Store

@Suite("What settles the bank's entries, and for how long")
struct BankStandingTests {
    private let bank = BankImportTests()
    private var now: Instant { bank.now }
    private var ana: Person { bank.ana }
    private var ben: Person { bank.ben }
    private let group = "R1-pain.001-1"

    /// M is paid 1.00 and N 0.40, by one file.
    private func both() throws -> Scene {
        try bank.scene(balances: [("M", Money(100)), ("N", Money(40))])
    }

    private func reject(_ scene: Scene, _ merchants: MerchantID...) throws -> PaymentRefusal.Code? {
        do {
            _ = try scene.store.rejectOrders(of: 0, merchants, because: "AC01", by: ana, at: now)
            return nil
        } catch let refusal as PaymentRefusal { return refusal.code }
    }

    @Test("The match of a draft that was withdrawn does not come back with another payment of its reference")
    func withdrawn() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -100, endToEnd: "R1-M")], draft: true)
        #expect(try scene.store.bankLines().map(\.isSettled) == [true])
        try scene.store.withdraw([DraftName("R1-M")], by: ana, at: now)
        try bank.take(scene, [bank.line("b", -100, endToEnd: "R1-M")], file: "g")
        #expect(try scene.store.bankLines().map(\.isSettled) == [false, true])
        let waiting = try scene.store.waitingBankLines()
        #expect(waiting.map(\.number) == [1])
        #expect(waiting.first?.reason.contains("another entry has settled R1-M") == true)
    }

    @Test("A match of a draft stands on the booking that is made of it")
    func approved() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -100, endToEnd: "R1-M")], draft: true)
        try scene.store.approve([DraftName("R1-M")], by: ben, at: now)
        let line = try #require(try scene.store.bankLines().first)
        #expect(line.isSettled && line.matches.map(\.ground) == [.draft(1)])
        try scene.store.book([.pay("U", 100, "2026-02-18", undoes: "R1-M")], by: ben, at: now)
        #expect(try scene.store.waitingBankLines().map(\.number) == [1])
    }

    @Test("An entry whose booking a person took back waits, and is settled anew by the payment that it was")
    func undone() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -100, endToEnd: "R1-M")])
        try scene.store.book([.pay("U", 100, "2026-02-18", undoes: "R1-M")], by: ben, at: now)
        #expect(try scene.store.waitingBankLines().first?.reason.contains("taken back by U") == true)
        func settle(_ reference: BookingReference) throws {
            try scene.store.settleBankLine(1, as: [reference], of: "M", by: ben, at: now)
        }
        #expect(try bank.refused { try settle("R1-M") } == .paymentUnknown)
        try scene.store.book([.pay("P1", -100, "2026-02-18")], by: ben, at: now)
        try settle("P1")
        #expect(try scene.store.waitingBankLines().isEmpty)
        // What it was settled by before does not come back beside it.
        let back = bank.line("r", 100, "2026-02-19", endToEnd: "R1-M", returned: "AC04")
        #expect(try bank.take(scene, [back], file: "g").counts == "1 confirmed")
        let acts = try scene.store.bankLines().map { $0.matches.map(\.act) }
        #expect(acts == [[.named("M", "P1")], [.named("M", "U")]])
    }

    @Test(
        "An entry whose payment came back stays settled, also where a person took it back before the bank told"
    )
    func cameBack() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -100, endToEnd: "R1-M")])
        try scene.store.book([.pay("U", 100, "2026-02-18", undoes: "R1-M")], by: ben, at: now)
        #expect(try scene.store.bankLines().map(\.isSettled) == [false])
        let back = bank.line("r", 100, "2026-02-19", endToEnd: "R1-M", returned: "AC04")
        try bank.take(scene, [back], file: "g")
        #expect(try scene.store.bankLines().map(\.isSettled) == [true, true])
        // Without the entry that is its return it was taken back by a person alone.
        try scene.store.reopenBankLines([2], because: "another's", by: ana, at: now)
        #expect(try scene.store.bankLines().map(\.isSettled) == [false, false])
    }

    @Test("An entry that was settled wrongly is reopened with a reason, and settled as what it is")
    func reopened() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("x", 70)])
        func reopen(_ number: Int64 = 1, _ reason: String = "a refund") throws {
            try scene.store.reopenBankLines([number], because: reason, by: ben, at: now)
        }
        #expect(try bank.refused { try reopen() } == .entryWaiting)
        #expect(try bank.refused { try reopen(9) } == .entryUnknown)
        try scene.store.ignoreBankLines([1], because: "a fee", by: ana, at: now)
        #expect(try bank.refused { try reopen(1, "") } == .reasonMalformed)
        try reopen()
        #expect(try scene.store.waitingBankLines().map(\.number) == [1])
        try scene.store.book([.pay("P1", 70, "2026-02-16")], by: ana, at: now)
        try scene.store.settleBankLine(1, as: ["P1"], of: "M", by: ben, at: now)
        #expect(try scene.store.waitingBankLines().isEmpty)
        let reasons = try scene.store.audit(AuditFilter(act: .bankImport)).map(\.reason)
        #expect(reasons.contains("entry 1 reopened: a refund, by ben; files 1, acts 2"))
        // No booking goes with it.
        try reopen()
        #expect(try scene.store.bookings().map(\.booking.reference) == ["P1"])
        #expect(try scene.store.waitingBankLines().map(\.number) == [1])
    }

    @Test("A group of which one draft is withdrawn is settled in part, and the missing one alone is accepted")
    func inPart() throws {
        let scene = try both()
        try bank.take(scene, [bank.line("a", -140, group: group)], draft: true)
        #expect(try scene.store.waitingBankLines().isEmpty)
        try scene.store.withdraw([DraftName("R1-N")], by: ana, at: now)
        let waiting = try scene.store.waitingBankLines()
        #expect(waiting.map(\.outcome) == [.partlySettled])
        #expect(waiting.first?.reason == "settled in part by R1-M of M")
        #expect(waiting.first?.payments == [.paid("N", "R1-N")])
        #expect(
            try bank.refused { try scene.store.ignoreBankLines([1], because: "x", by: ana, at: now) }
                == .entrySettled)
        try scene.store.acceptBankLines([1], by: ana, at: now, draft: true)
        #expect(try scene.store.waitingBankLines().isEmpty)
        #expect(try scene.store.drafts().map(\.booking.reference) == ["R1-M", "R1-N", "R1-N"])
    }

    @Test("An order that the bank rejected is not of its group any more")
    func rejectedOfGroup() throws {
        let scene = try both()
        #expect(try reject(scene, "N") == nil)
        let result = try bank.take(scene, [bank.line("a", -100, group: group)])
        #expect(result.results.map(\.outcome) == [.booked])
        #expect(try bank.states(scene) == [.booked, .rejected])
    }

    @Test("No order is given up while an entry that waits names it, but where its group is booked without it")
    func quoted() throws {
        let scene = try both()
        try bank.take(scene, [bank.line("a", -100, group: group)])
        #expect(try reject(scene, "M") == .orderQuoted && reject(scene, "N") == nil)
        #expect(try scene.store.waitingBankLines().map(\.payments) == [[.paid("M", "R1-M")]])
        let other = try bank.scene()
        try bank.take(other, [bank.line("a", -99, endToEnd: "R1-M")])
        #expect(try reject(other, "M") == .orderQuoted && bank.states(other) == [.open, .open])
        try other.store.ignoreBankLines([1], because: "another's", by: ana, at: now)
        #expect(try reject(other, "M") == nil)
    }

    @Test("An entry with a known name and another content is kept once, and waits")
    func sameName() throws {
        let scene = try bank.scene()
        let first = [bank.line("a", -100, endToEnd: "R1-M")]
        let second = [bank.line("a", -100, endToEnd: "R1-X")]
        try bank.take(scene, first)
        let result = try bank.take(scene, second, file: "g").results
        #expect(result.map(\.number) == [2] && result.map(\.outcome) == [.unmatched])
        #expect(result.first?.reason == "has the name of entry 1 and another content")
        #expect(try bank.take(scene, second, file: "h").counts == "1 known")
        #expect(try bank.take(scene, first, file: "i").counts == "1 known")
        #expect(try scene.store.waitingBankLines().map(\.number) == [2])
    }

    @Test("That the last file is gone is told by the audit")
    func lastFile() throws {
        let scene = try bank.scene()
        try bank.take(scene, [])
        #expect(try scene.store.bankLines().isEmpty)
        try scene.store.pool.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM bank_files") }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.bankLines() }
        #expect(trouble?.isDamage == true && trouble?.attempt.hasPrefix("read bank_files, ") == true)
    }
}
