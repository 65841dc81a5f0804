import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("The bank's statements")
struct BankImportTests {
    let now = Instant.at("2026-02-20T00:00:00Z")
    let ana = Person("ana")
    let ben = Person("ben")

    /// January has closed; M was paid 1.00 by transfer, N's 0.40 collected, unless said otherwise, and both files given
    /// out.
    func scene(
        _ alliance: Alliance = Scene.alliance(),
        balances: [(MerchantID, Money)] = [("M", Money(100)), ("N", Money(-40))]
    ) throws -> Scene {
        let scene = try Scene(alliance)
        try scene.close(0)
        _ = try scene.store.makePaymentRun(
            of: 0, closing: "sha256:x", balances: balances, by: ana, at: now
        ) { _ in
            { open in
                PaymentItem(
                    open: open, amount: open.balance, method: open.balance > .zero ? .transfer : .debit,
                    due: .on("2026-02-16"))
            }
        }
        for kind in [PaymentRun.File.Kind.creditTransfers, .directDebits] {
            _ = try scene.store.exportPayments(
                of: 0, kind, again: false, by: ana, at: Instant.at("2026-02-10T00:00:00Z")
            ) { run, _ in
                let orders = run.items.indices.filter { run.items[$0].method.file == kind }.map {
                    "<CdtTrfTxInf><PmtId><EndToEndId>\(run.reference(of: $0))</EndToEndId></PmtId></CdtTrfTxInf>"
                }
                let group = "<PmtInf><PmtInfId>R1-\(kind.rawValue)-1</PmtInfId>\(orders.joined())</PmtInf>"
                return (kind.rawValue, Array("<Document><X>\(group)</X></Document>".utf8))
            }
        }
        return scene
    }

    func line(
        _ name: String, _ amount: Int64, _ date: String = "2026-02-16", endToEnd: String? = nil,
        group: String? = nil, returned: String? = nil, charges: Int64? = nil
    ) -> BankLine {
        BankLine(
            entry: SHA256Digest(of: Array(name.utf8)), reference: name, amount: Money(amount),
            date: .on(date),
            endToEnd: endToEnd, group: group, returned: returned, charges: charges.map { Money($0) })
    }

    @discardableResult
    func take(
        _ scene: Scene, _ lines: [BankLine], file: String = "f", by person: Person? = nil,
        draft: Bool = false,
        accept: Bool = false, trial: Bool = false
    ) throws -> BankImport {
        try scene.store.importStatement(
            BankStatement(form: .csv, accounts: [], lines: lines, pending: 0),
            digest: SHA256Digest(of: Array(file.utf8)), by: person ?? ana, at: now, draft: draft,
            accept: accept, trial: trial)
    }

    func refused(_ body: () throws -> Void) throws -> BankRefusal.Code? {
        do {
            try body()
            return nil
        } catch let refusal as BankRefusal { return refusal.code }
    }

    func states(_ scene: Scene) throws -> [PaymentOrder.State] {
        try scene.store.paymentOrders().map(\.state)
    }

    @Test("A statement of another's account is refused, and nothing of it is kept")
    func foreign() throws {
        let scene = try scene()
        let statement = BankStatement(form: .camt08, accounts: ["DE1"], lines: [line("a", 1)], pending: 0)
        #expect(
            try refused {
                _ = try scene.store.importStatement(
                    statement, digest: SHA256Digest(of: []), by: ana, at: now)
            } == .accountForeign)
        #expect(try scene.store.bankLines().isEmpty)
    }

    @Test("What differs in amount, sign or name is not booked, and waits")
    func unmatched() throws {
        let scene = try scene()
        let result = try take(
            scene,
            [
                line("a", -99, endToEnd: "R1-M"), line("b", -100, endToEnd: "R1-X"),
                line("c", 40, endToEnd: "R1-M"), line("d", 100, endToEnd: "R1-M", returned: "AC04"),
                line("e", -100, endToEnd: "R1-M", returned: "AC04"), line("f", -100),
                line("g", 100, endToEnd: "R1-M"), line("h", -140, group: "R1-pain.001-1"),
            ])
        #expect(result.results.allSatisfy { $0.outcome == .unmatched && !$0.reason.isEmpty })
        #expect(try scene.store.bookings().isEmpty && states(scene) == [.open, .open])
        #expect(try scene.store.waitingBankLines().count == 8)
    }

    @Test("What quotes an order is booked as its payment, once, whichever file brings it")
    func booked() throws {
        let scene = try scene()
        let lines = [line("a", -100, endToEnd: "R1-M"), line("b", 40, endToEnd: "R1-N")]
        #expect(try take(scene, lines, trial: true).counts == "2 booked")
        #expect(try scene.store.bookings().isEmpty && scene.store.bankLines().isEmpty)
        #expect(try take(scene, lines).counts == "2 booked")
        let bookings = try scene.store.bookings()
        #expect(bookings.map(\.booking.reference) == ["R1-M", "R1-N"])
        #expect(bookings.map(\.booking.amount) == [Money(-100), Money(40)])
        #expect(bookings.allSatisfy { $0.booking.date == .on("2026-02-16") && $0.person == "ana" })
        #expect(bookings[0].booking.reason == "bank statement, entry a")
        #expect(try states(scene) == [.booked, .booked] && scene.store.waitingBankLines().isEmpty)
        let counts = try scene.rowCounts()
        #expect(try take(scene, lines).earlier == now && scene.rowCounts() == counts)
        #expect(try take(scene, lines, file: "g").counts == "2 known")
        #expect(try scene.store.bookings() == bookings)
        // Another entry that pays it again is told.
        let twice = try take(scene, [line("c", -100, endToEnd: "R1-M")], file: "h")
        #expect(twice.results[0].reason.contains("another entry has settled R1-M"))
        let reasons = try scene.store.audit(AuditFilter(act: .bankImport)).map(\.reason)
        #expect(reasons.last == "file 1, 2 booked, by ana; files 1, acts 2")
    }

    @Test("A group that the bank booked as one books each of its orders; what a person recorded is confirmed")
    func groups() throws {
        let scene = try scene()
        try scene.store.book([.pay("R1-N", 40, "2026-02-16", of: "N")], by: ben, at: now)
        let result = try take(
            scene, [line("a", -100, group: "R1-pain.001-1"), line("b", 40, endToEnd: "R1-N")])
        #expect(result.results.map(\.outcome) == [.booked, .confirmed])
        #expect(try scene.store.bookings().count == 2)
        #expect(try scene.store.paymentOrders().allSatisfy(\.isPaidByEntry))
    }

    @Test("What is recorded with another amount is not the entry's")
    func differing() throws {
        let scene = try scene()
        try scene.store.book([.pay("R1-N", 39, "2026-02-16", of: "N")], by: ben, at: now)
        let result = try take(scene, [line("b", 40, endToEnd: "R1-N")])
        #expect(result.results[0].outcome == .unmatched && result.results[0].reason.contains("0.39"))
    }

    @Test("What comes back is taken back by its opposite, also in the same file and before its payment")
    func returned() throws {
        let scene = try scene()
        let result = try take(
            scene,
            [
                line("r", 100, "2026-02-17", endToEnd: "R1-M", returned: "AC04"),
                line("a", -100, endToEnd: "R1-M"),
            ])
        #expect(result.results.map(\.outcome) == [.booked, .booked])
        let back = try #require(try scene.store.bookings().last?.booking)
        #expect(back.reference == "R1-M-back" && back.undoes == "R1-M" && back.amount == Money(100))
        #expect(back.reason == "returned, AC04, entry r" && back.date == .on("2026-02-17"))
        #expect(try states(scene) == [.undone(by: "R1-M-back"), .open])
        // The balance is open again, under another name.
        try scene.close(1)
        let run = try scene.store.makePaymentRun(
            of: 1, closing: "sha256:y", balances: [("M", Money(100))], by: nil, at: now
        ) { _ in { PaymentItem(open: $0, amount: $0.balance, method: .transfer, due: .on("2026-03-16")) } }
        #expect(run.items[0].open.underWay == .zero && run.items[0].open.paidSince == .zero)
        let again = try take(
            scene, [line("s", 100, "2026-02-18", endToEnd: "R1-M", returned: "AC04")], file: "g")
        #expect(again.results[0].reason.contains("another entry has taken back R1-M"))
    }

    @Test("An opposite that is not said to come back is only proposed, until it is accepted")
    func proposed() throws {
        let scene = try scene()
        try take(scene, [line("a", -100, endToEnd: "R1-M"), line("r", 100, "2026-02-17", endToEnd: "R1-M")])
        let waiting = try scene.store.waitingBankLines()
        #expect(waiting.map(\.number) == [2] && waiting[0].outcome == .proposed)
        try scene.store.acceptBankLines([2], by: ben, at: now)
        #expect(try scene.store.waitingBankLines().isEmpty && states(scene)[0] == .undone(by: "R1-M-back"))
        #expect(try refused { try scene.store.acceptBankLines([2], by: ben, at: now) } == .entrySettled)
    }

    @Test("A person ignores an entry with a reason, or names the payments that come to it")
    func byHand() throws {
        let scene = try scene()
        try take(scene, [line("fee", -35), line("x", 70), line("y", 70)])
        #expect(
            try refused { try scene.store.ignoreBankLines([9], because: "fee", by: ana, at: now) }
                == .entryUnknown)
        #expect(
            try refused { try scene.store.ignoreBankLines([1], because: "", by: ana, at: now) }
                == .reasonMalformed)
        #expect(try refused { try scene.store.acceptBankLines([1], by: ana, at: now) } == .nothingProposed)
        try scene.store.ignoreBankLines([1], because: "the bank's fee", by: ana, at: now)
        func settle(_ number: Int64, _ references: BookingReference...) throws {
            try scene.store.settleBankLine(number, as: references, of: "M", by: ben, at: now)
        }
        #expect(try refused { try settle(2, "P1") } == .paymentUnknown)
        try scene.store.book(
            [.pay("P1", 40, "2026-02-16"), .pay("P2", 30, "2026-02-16")], by: ana, at: now)
        #expect(try refused { try settle(2, "P1") } == .paymentMismatch)
        #expect(try refused { try settle(2, "P1", "P1") } == .paymentTaken)
        try settle(2, "P1", "P2")
        #expect(try refused { try settle(3, "P1", "P2") } == .paymentTaken)
        #expect(try scene.store.waitingBankLines().map(\.number) == [3])
        let reasons = try scene.store.audit(AuditFilter(act: .bankImport)).map(\.reason)
        #expect(reasons.contains("entry 1 ignored: the bank's fee, by ana; files 1, acts 1"))
    }

    @Test("With four eyes it is drafted, and a draft that is withdrawn leaves the entry waiting")
    func fourEyes() throws {
        let scene = try scene()
        let proven = try scene.person("ana", key: 1, at: now)
        try scene.takeFourEyes(at: now)
        let lines = [line("a", -100, endToEnd: "R1-M")]
        #expect(throws: PersonRefusal.keyRequired("ana")) { try take(scene, lines, draft: true) }
        #expect(throws: PersonRefusal.draftRequired) { try take(scene, lines, by: proven) }
        #expect(try take(scene, lines, by: proven, draft: true).counts == "1 drafted")
        #expect(try scene.store.bookings().isEmpty && scene.store.waitingBankLines().isEmpty)
        #expect(try states(scene)[0] == .waiting)
        try scene.store.withdraw([DraftName("R1-M")], by: proven, at: now)
        #expect(try scene.store.waitingBankLines().map(\.outcome) == [.proposed])
        #expect(throws: PersonRefusal.draftRequired) {
            try scene.store.acceptBankLines([1], by: proven, at: now)
        }
        try scene.store.acceptBankLines([1], by: proven, at: now, draft: true)
        #expect(try scene.store.drafts().filter { $0.state == .waiting }.count == 1)
    }

    @Test("An order that the bank rejected is given up once, unless it is booked, and is open again")
    func rejected() throws {
        let scene = try scene()
        func reject(_ merchant: MerchantID, _ reason: String = "AC01") throws -> PaymentRefusal.Code? {
            do {
                _ = try scene.store.rejectOrders(of: 0, [merchant], because: reason, by: ana, at: now)
                return nil
            } catch let refusal as PaymentRefusal { return refusal.code }
        }
        #expect(try reject("X") == .orderUnknown && reject("M", "\n") == .reasonMalformed)
        #expect(try reject("M") == nil && reject("M") == .orderRejected)
        try take(scene, [line("b", 40, endToEnd: "R1-N"), line("a", -100, endToEnd: "R1-M")])
        #expect(try reject("N") == .orderBooked && states(scene) == [.rejected, .booked])
        #expect(try scene.store.waitingBankLines().first?.reason.contains("given up as rejected") == true)
        #expect(try scene.store.paymentRuns()[0].hasOrdered(0) == false)
        let reasons = try scene.store.audit(limit: 9).map(\.reason)
        #expect(reasons.contains("R1-M of M given up as rejected by ana: AC01"))
    }

    @Test("An order is overdue once ten bank days have gone by after its day")
    func overdue() throws {
        let scene = try scene()
        let order = try #require(try scene.store.paymentOrders().first)
        // Of Monday the 16th: the tenth bank day is Monday, 2 March.
        #expect(!order.isOverdue(on: .on("2026-03-02")) && order.isOverdue(on: .on("2026-03-03")))
    }

    @Test(
        "A row that was changed behind the program's back is told",
        arguments: [
            ("UPDATE bank_files SET lines = 1", "bank_files"),
            ("UPDATE bank_files SET person = 'e'", "bank_files"),
            ("UPDATE bank_files SET digest = zeroblob(32)", "bank_files"),
            ("DELETE FROM bank_files", "bank_files"),
            ("UPDATE bank_lines SET amount = 1 WHERE line = 1", "bank_lines"),
            ("UPDATE bank_lines SET end_to_end = NULL WHERE line = 1", "bank_lines"),
            ("UPDATE bank_lines SET entry = zeroblob(32) WHERE line = 1", "bank_lines"),
            ("DELETE FROM bank_lines WHERE line = 2", "bank_lines"),
            ("UPDATE bank_matches SET payment = 'R1-N' WHERE match = 1", "bank_matches"),
            ("UPDATE bank_matches SET line = 2 WHERE match = 1", "bank_matches"),
            ("DELETE FROM bank_matches WHERE match = 1", "bank_matches"),
            ("DELETE FROM bank_matches WHERE match = 2", "bank_matches"),
            ("UPDATE bank_matches SET booking = 2 WHERE match = 1", "bank_matches"),
            ("DELETE FROM bank_matches; DELETE FROM bank_lines; DELETE FROM bank_files", "bank_matches"),
            ("UPDATE payment_rejections SET reason = 'x'", "payment_rejections"),
            ("UPDATE payment_rejections SET place = 1", "payment_rejections"),
            ("DELETE FROM payment_rejections", "payment_runs"),
        ])
    func changed(sql: String, table: String) throws {
        let scene = try scene()
        try take(scene, [line("a", -100, endToEnd: "R1-M"), line("fee", -35)])
        try scene.store.ignoreBankLines([2], because: "fee", by: ana, at: now)
        _ = try scene.store.rejectOrders(of: 0, ["N"], because: "MD01", by: ana, at: now)
        #expect(try scene.store.bankLines().count == 2)
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.bankLines() }
        #expect(
            trouble?.isDamage == true && trouble?.attempt.hasPrefix("read \(table), ") == true, "\(trouble!)")
    }
}
