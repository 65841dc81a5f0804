import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("What the bank charges, and parts of payments")
struct BankChargeTests {
    private let bank = BankImportTests()
    private var now: Instant { bank.now }
    private var ana: Person { bank.ana }
    private var ben: Person { bank.ben }

    private func accept(
        _ scene: Scene, _ number: Int64, _ order: BookingReference, charges: Int64 = 0, part: Bool = false,
        by person: Person? = nil, draft: Bool = false
    ) throws {
        let extent: BankSaying.Extent = part ? .part : .whole(charges: Money(charges))
        try scene.store.acceptBankLine(
            number, as: BankSaying(order: order, extent: extent), by: person ?? ben, at: now, draft: draft)
    }

    private func charges(_ scene: Scene) throws -> [Int64] {
        try scene.store.bankCharges().map(\.amount.minorUnits)
    }

    @Test("What does not come to the order with what is said is refused, and nothing is changed")
    func refused() throws {
        let scene = try bank.scene()
        try bank.take(
            scene,
            [
                bank.line("a", -105), bank.line("b", 35, endToEnd: "R1-N"), bank.line("c", 40),
                bank.line("d", 30, endToEnd: "R1-N", returned: "AC04"),
            ])
        func code(
            _ number: Int64, _ order: BookingReference, _ charges: Int64 = 0, part: Bool = false
        ) throws -> BankRefusal.Code? {
            try bank.refused { try accept(scene, number, order, charges: charges, part: part) }
        }
        #expect(try code(9, "R1-M") == .entryUnknown && code(1, "R1-X", 5) == .orderUnknown)
        // Too little, too much, the other side's, and none at all.
        for charges in [Int64(0), 4, 6, 205] { #expect(try code(1, "R1-M", charges) == .paymentMismatch) }
        #expect(try code(2, "R1-N") == .paymentMismatch && code(2, "R1-N", 4) == .paymentMismatch)
        // More than all, another side, all, and what came back.
        #expect(try code(1, "R1-M", part: true) == .paymentMismatch)
        #expect(try code(2, "R1-M", part: true) == .paymentMismatch)
        #expect(try code(3, "R1-N", part: true) == .paymentMismatch)
        #expect(try code(4, "R1-N", part: true) == .nothingProposed)
        #expect(try scene.store.bookings().isEmpty && charges(scene).isEmpty)
        #expect(try scene.store.waitingBankLines().count == 4)
    }

    @Test("An order less charges is booked whole, and the charges are the operator's, each way")
    func charged() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -105, endToEnd: "R1-M"), bank.line("b", 35)])
        try accept(scene, 1, "R1-M", charges: 5)
        try accept(scene, 2, "R1-N", charges: 5)
        #expect(try scene.store.bookings().map(\.booking.amount) == [Money(-100), Money(40)])
        #expect(
            try scene.store.bookings().first?.booking.reason == "bank statement, entry a, charges 0.05")
        let charges = try scene.store.bankCharges()
        #expect(charges.map(\.amount) == [Money(5), Money(5)] && charges.map(\.line) == [1, 2])
        #expect(charges.map(\.payment) == ["R1-M", "R1-N"] && charges.allSatisfy { $0.period == 1 })
        #expect(try scene.store.waitingBankLines().isEmpty && bank.states(scene) == [.booked, .booked])
        #expect(try bank.refused { try accept(scene, 1, "R1-M", charges: 5) } == .entrySettled)
    }

    @Test("Charges that the file states are proposed with the order, and booked when they are accepted")
    func stated() throws {
        let scene = try bank.scene()
        let lines = [
            bank.line("a", -105, endToEnd: "R1-M", charges: 5),
            bank.line("b", 35, endToEnd: "R1-N", charges: 4),
        ]
        let result = try bank.take(scene, lines)
        #expect(result.results.map(\.outcome) == [.proposed, .unmatched])
        #expect(result.results.map(\.charges) == [Money(5), .zero])
        #expect(try scene.store.bookings().isEmpty && charges(scene).isEmpty)
        #expect(try scene.store.waitingBankLines().map(\.charges) == [Money(5), .zero])
        try scene.store.acceptBankLines([1], by: ben, at: now)
        #expect(try scene.store.bookings().count == 1 && charges(scene) == [5])
        // What is of its amount is booked though charges are stated: those were booked apart.
        let whole = try bank.take(scene, [bank.line("c", 40, endToEnd: "R1-N", charges: 5)], file: "g")
        #expect(whole.results.map(\.outcome) == [.booked])
        #expect(try charges(scene) == [5])
        let other = try bank.scene()
        #expect(try bank.take(other, [lines[0]], accept: true).counts == "1 booked" && charges(other) == [5])
    }

    @Test("Of a group the charges are beside one order, and noted once")
    func group() throws {
        let scene = try bank.scene(balances: [("M", Money(100)), ("N", Money(40))])
        let group = bank.line("a", -145, group: "R1-pain.001-1", charges: 5)
        try bank.take(scene, [group], accept: true)
        #expect(
            try scene.store.bookings().map(\.booking.reason) == [
                "bank statement, entry a, charges 0.05", "bank statement, entry a",
            ])
        #expect(try charges(scene) == [5] && scene.store.bankLines()[0].isSettled)
        // They are of the whole entry, and go with the last of its payments.
        try scene.store.book([.pay("U", 100, "2026-02-18", undoes: "R1-M")], by: ben, at: now)
        #expect(try charges(scene) == [5])
        #expect(try scene.store.waitingBankLines().map(\.outcome) == [.partlySettled])
        // The bank says that it came back: the entry is whole again.
        let back = bank.line("r", 100, "2026-02-19", endToEnd: "R1-M", returned: "AC04")
        try bank.take(scene, [back], file: "g")
        #expect(try scene.store.bankLines().allSatisfy(\.isSettled) && charges(scene) == [5])
        try scene.store.reopenBankLines([2], because: "another's", by: ben, at: now)
        try scene.store.book([.pay("V", 40, "2026-02-18", of: "N", undoes: "R1-N")], by: ben, at: now)
        #expect(try charges(scene) == [5, -5])
    }

    @Test("Of a group's drafts the one that says the charges books them; withdrawn, they are said anew")
    func groupDrafts() throws {
        let scene = try bank.scene(balances: [("M", Money(100)), ("N", Money(40))])
        let group = bank.line("a", -145, group: "R1-pain.001-1", charges: 5)
        try bank.take(scene, [group], draft: true, accept: true)
        try scene.store.approve([DraftName("R1-N")], by: ben, at: now)
        #expect(try charges(scene).isEmpty && scene.store.bankLines()[0].isSettled)
        try scene.store.withdraw([DraftName("R1-M")], by: ana, at: now)
        #expect(try scene.store.waitingBankLines().map(\.charges) == [Money(5)])
        try scene.store.acceptBankLines([1], by: ana, at: now, draft: true)
        #expect(
            try scene.store.drafts().last?.booking.reason == "bank statement, entry a, charges 0.05")
        try scene.store.approve([DraftName("R1-M")], by: ben, at: now)
        #expect(try charges(scene) == [5] && scene.store.bankLines()[0].isSettled)
    }

    @Test("What comes back less charges takes the whole payment back")
    func returned() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 40, endToEnd: "R1-N")])
        try bank.take(
            scene, [bank.line("r", -43, "2026-02-18", endToEnd: "R1-N", returned: "MD01", charges: 3)],
            file: "g", accept: true)
        #expect(try scene.store.bookings().map(\.booking.amount) == [Money(40), Money(-40)])
        #expect(try charges(scene) == [3] && scene.store.bankLines().allSatisfy(\.isSettled))
    }

    @Test("Charges end with what they are beside, by their opposite, and no row of them changes")
    func ended() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 35, endToEnd: "R1-N")])
        try accept(scene, 1, "R1-N", charges: 5)
        let first = try scene.store.bankCharges()
        try scene.close(1)
        try scene.store.book([.pay("U", -40, "2026-02-20", of: "N", undoes: "R1-N")], by: ben, at: now)
        let charges = try scene.store.bankCharges()
        #expect(charges.map(\.amount.minorUnits) == [5, -5] && Array(charges.prefix(1)) == first)
        #expect(charges.map(\.period) == [1, 2] && charges[1].payment == "R1-N")
        #expect(try scene.store.waitingBankLines().map(\.number) == [1])
        // Reopened, an entry's charges end too.
        let other = try bank.scene()
        try bank.take(other, [bank.line("a", 35, endToEnd: "R1-N")])
        try accept(other, 1, "R1-N", charges: 5)
        try other.store.reopenBankLines([1], because: "not his", by: ben, at: now)
        #expect(try self.charges(other) == [5, -5])
    }

    @Test("An entry that is reopened and accepted again has its charges once in its period")
    func again() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 35, "2026-01-30", endToEnd: "R1-N")])
        try accept(scene, 1, "R1-N", charges: 5)
        for _ in 1...2 {
            try scene.store.reopenBankLines([1], because: "not his", by: ben, at: now)
            // Its payment stands, and is confirmed.
            try accept(scene, 1, "R1-N", charges: 5)
        }
        let charges = try scene.store.bankCharges()
        #expect(charges.map(\.amount.minorUnits) == [5, -5, 5, -5, 5])
        #expect(charges.allSatisfy { $0.date == .on("2026-01-30") && $0.period == charges[0].period })
    }

    @Test("Charges end on the day of what takes their payment back, and come back on it")
    func endedEarlier() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 35, "2026-02-10", endToEnd: "R1-N")])
        try accept(scene, 1, "R1-N", charges: 5)
        try scene.store.book([.pay("U", -40, "2026-02-12", of: "N", undoes: "R1-N")], by: ben, at: now)
        try bank.take(
            scene, [bank.line("r", -40, "2026-02-13", endToEnd: "R1-N", returned: "MD01")], file: "g")
        #expect(try scene.store.bankLines().allSatisfy(\.isSettled))
        #expect(
            try scene.store.bankCharges().map { "\($0.amount.minorUnits) \($0.date)" } == [
                "5 2026-02-10", "-5 2026-02-12", "5 2026-02-12",
            ])
    }

    @Test("With a draft, charges are booked once that is approved")
    func drafted() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", 35, endToEnd: "R1-N")])
        try accept(scene, 1, "R1-N", charges: 5, draft: true)
        #expect(try charges(scene).isEmpty && scene.store.bankLines()[0].isSettled)
        #expect(
            try scene.store.drafts().first?.booking.reason == "bank statement, entry a, charges 0.05")
        try scene.store.approve([DraftName("R1-N")], by: ben, at: now)
        #expect(try charges(scene) == [5] && scene.store.bankCharges()[0].person == "ben")
    }

    @Test("A part is booked as what came, ends its order, and leaves the rest open for the next run")
    func part() throws {
        let scene = try bank.scene()
        try bank.take(scene, [bank.line("a", -60, endToEnd: "R1-M"), bank.line("b", -40, endToEnd: "R1-M")])
        try accept(scene, 1, "R1-M", part: true)
        let booking = try #require(try scene.store.bookings().first?.booking)
        #expect(booking.reference == "R1-M" && booking.amount == Money(-60))
        #expect(booking.reason == "bank statement, entry a, part of -1.00")
        #expect(try scene.store.bankLines().map(\.isSettled) == [true, false] && charges(scene).isEmpty)
        #expect(
            try scene.store.waitingBankLines().map(\.reason) == ["it is of -0.40, and R1-M of -1.00"])
        #expect(try bank.refused { try accept(scene, 2, "R1-M", part: true) } == .nothingProposed)
        try scene.close(1)
        let run = try scene.store.makePaymentRun(
            of: 1, closing: "sha256:y", balances: [("M", Money(40))], by: nil, at: now
        ) { _ in { PaymentItem(open: $0, amount: $0.balance, method: .transfer, due: .on("2026-03-16")) } }
        #expect(run.items[0].open.underWay == .zero)
    }

    private func take(
        _ scene: Scene, _ opening: Int64?, _ closing: Int64?, _ lines: [BankLine], _ file: String
    ) throws -> BankImport {
        let balances = StatementBalances(
            account: "DE1", opening: opening.map { Money($0) }, closing: closing.map { Money($0) })
        return try scene.store.importStatement(
            BankStatement(form: .camt08, accounts: [], lines: lines, pending: 0, balances: [balances]),
            digest: SHA256Digest(of: Array(file.utf8)), by: ana, at: now)
    }

    @Test("Statements in another order, and those that repeat what was there, miss none")
    func order() throws {
        let scene = try bank.scene()
        func gaps(_ opening: Int64, _ closing: Int64, _ line: String) throws -> [Int64] {
            let lines = [bank.line(line, closing - opening)]
            return try take(scene, opening, closing, lines, "\(line) \(opening)").gaps.map(\.opens.minorUnits)
        }
        #expect(try gaps(200, 300, "b") == [])
        #expect(try gaps(400, 500, "d") == [400])
        // The one between them, the one before, and one that begins with the last and has more.
        #expect(try gaps(300, 400, "c") == [] && gaps(100, 200, "a") == [] && gaps(400, 520, "e") == [])
        #expect(try gaps(520, 530, "f") == [])
        // A repetition says nothing of where the account stands now.
        #expect(try take(scene, 100, 200, [bank.line("a", 100)], "again").gaps == [])
        #expect(try gaps(530, 540, "g") == [] && gaps(535, 545, "h") == [535])
        let files = try scene.store.pool.read {
            try Int64.fetchOne($0, sql: "SELECT count(*) FROM bank_balances")
        }
        #expect(files == 8)
    }

    @Test("A statement that does not begin where the one before ended is taken, and said")
    func gaps() throws {
        let scene = try bank.scene()
        func take(_ opening: Int64?, _ closing: Int64?, _ lines: [BankLine], _ file: String) throws
            -> BankImport
        { try self.take(scene, opening, closing, lines, file) }
        #expect(try take(500, 400, [bank.line("a", -100)], "1").gaps.isEmpty)
        #expect(try take(400, 435, [bank.line("b", 35)], "2").gaps.isEmpty)
        let gap = BankImport.Gap(account: "DE1", closed: Money(435), opens: Money(440))
        #expect(try take(440, 450, [bank.line("c", 10)], "3").gaps == [gap])
        // The same entries in other bytes are no other statement, and one without balances says nothing.
        #expect(try take(440, 450, [bank.line("c", 10)], "4").gaps.isEmpty)
        #expect(try take(nil, nil, [bank.line("d", 10)], "5").gaps.isEmpty)
        #expect(try take(450, nil, [bank.line("e", 10)], "6").gaps.isEmpty)
        let reasons = try scene.store.audit(AuditFilter(act: .bankImport)).map(\.reason)
        #expect(reasons.contains { $0?.contains(", a statement before it may be missing, by ana") == true })
    }

    @Test(
        "A row that was changed behind the program's back is told",
        arguments: [
            ("UPDATE bank_charges SET amount = 4", "bank_charges"),
            ("UPDATE bank_charges SET period = 2", "bank_charges"),
            ("UPDATE bank_charges SET payment = 'R1-N'", "bank_charges"),
            ("UPDATE bank_charges SET person = 'eve'", "bank_charges"),
            ("DELETE FROM bank_charges", "bank_charges"),
            ("UPDATE bank_matches SET charges = 6", "bank_matches"),
            ("UPDATE bank_matches SET charges = NULL", "bank_matches"),
            ("UPDATE bank_lines SET charges = 6", "bank_lines"),
            ("UPDATE bank_balances SET closing = 1", "bank_balances"),
            ("UPDATE bank_balances SET opening = NULL", "bank_balances"),
            ("UPDATE bank_balances SET account = 'DE2'", "bank_balances"),
            ("DELETE FROM bank_balances", "bank_balances"),
            ("UPDATE bank_files SET balances = 0", "bank_files"),
        ])
    func changed(sql: String, table: String) throws {
        let scene = try bank.scene()
        _ = try scene.store.importStatement(
            BankStatement(
                form: .camt08, accounts: [],
                lines: [bank.line("a", -105, endToEnd: "R1-M", charges: 5)], pending: 0,
                balances: [StatementBalances(account: "DE1", opening: Money(105), closing: .zero)]),
            digest: SHA256Digest(of: []), by: ana, at: now, accept: true)
        #expect(try charges(scene) == [5] && scene.store.changedRows().isEmpty)
        try scene.store.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.bankCharges() }
        #expect(
            trouble?.isDamage == true && trouble?.attempt.hasPrefix("read \(table), ") == true, "\(trouble!)")
        #expect(trouble?.hint?.contains("rederive") == false)
        // It is told before anything is booked, and not booked again in silence.
        #expect(throws: StoreTrouble.self) {
            try scene.store.book([.pay("P", -1, "2026-02-16")], by: ben, at: now)
        }
        #expect(try scene.store.bookings().count == 1)
        #expect(try scene.store.changedRows().contains { $0.attempt.hasPrefix("read \(table), ") })
    }
}
