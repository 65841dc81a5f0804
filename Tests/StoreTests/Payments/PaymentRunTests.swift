import GRDB
import Settlement
import Signing
import Testing

@testable import Store

@Suite("Payment runs")
struct PaymentRunTests {
    private let now = Instant.at("2026-02-03T00:00:00Z")
    private let later = Instant.at("2026-03-03T00:00:00Z")
    private let ana = Person("ana")
    private let ben = Person("ben")

    /// January has closed.
    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.close(0)
        return scene
    }

    /// Makes a run of these balances: positive is transferred, negative collected, an odd one by hand.
    private func make(
        _ scene: Scene, _ balances: [(MerchantID, Int64)] = [("N", -40), ("M", 100)], of period: Int = 0,
        by person: Person?, at instant: Instant? = nil
    ) throws -> PaymentRun {
        try scene.store.makePaymentRun(
            of: period, closing: "sha256:x", balances: balances.map { ($0, Money($1)) }, by: person,
            at: instant ?? now
        ) { _ in Self.item }
    }

    private static func item(_ open: OpenBalance) -> PaymentItem {
        let amount = open.balance.minorUnits + open.paidSince.minorUnits + open.underWay.minorUnits
        let method: PaymentMethod =
            amount == 0 ? .settled : !amount.isMultiple(of: 2) ? .byHand : amount > 0 ? .transfer : .debit
        return PaymentItem(open: open, amount: Money(amount), method: method, due: .on("2026-02-16"))
    }

    private func export(
        _ scene: Scene, _ kind: PaymentRun.File.Kind = .creditTransfers, of period: Int = 0,
        run number: Int64? = nil, again: Bool = false, by person: Person, at instant: Instant? = nil,
        _ content: String = "file"
    ) throws -> PaymentRun.File {
        try scene.store.exportPayments(
            of: period, kind, run: number, again: again, by: person, at: instant ?? now
        ) { run, _ in
            (kind.rawValue, Array("\(content) of run \(run.number)".utf8))
        }
    }

    private func code<Value>(_ body: () throws -> Value) throws -> PaymentRefusal.Code? {
        do {
            _ = try body()
            return nil
        } catch let refusal as PaymentRefusal { return refusal.code }
    }

    @Test("A trial makes none; one that is made is numbered, stays as it is, and is noted")
    func make() throws {
        let scene = try scene()
        #expect(try make(scene, by: nil).number == 1)
        #expect(try scene.store.paymentRuns().isEmpty)
        let made = try make(scene, by: ana)
        #expect(try scene.store.paymentRuns() == [made])
        #expect(made.number == 1 && made.items.map(\.open.merchant) == ["M", "N"])
        #expect(made.items.map(\.method) == [.transfer, .debit])
        #expect([made.reference(of: 0), made.reference(of: 1)] == ["R1-M", "R1-N"])
        let entry = try #require(try scene.store.audit(limit: 1).first)
        #expect(entry.act == .paymentRun && entry.reason == "run 1 of 2026-01, 2 by bank, made by ana")
    }

    @Test("A period has one run; of one that a later close contains there is none any more")
    func once() throws {
        let scene = try scene()
        #expect(try code { try export(scene, by: ana) } == .runUnknown)
        #expect(try code { try scene.store.withdrawPaymentRun(of: 0, by: ana, at: now) } == .runUnknown)
        _ = try make(scene, by: ana)
        #expect(try code { try make(scene, by: ben) } == .runMade)
        try scene.close(1)
        #expect(try code { try make(scene, by: ben) } == .periodSuperseded)
        #expect(try make(scene, of: 1, by: ben).number == 2)
    }

    @Test("A file is given out once; again it is the same, byte for byte, whatever would be made now")
    func export() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        let file = try export(scene, by: ana)
        #expect(file.bytes == Array("file of run 1".utf8))
        #expect(try code { try export(scene, by: ben) } == .exportedAlready)
        #expect(try export(scene, again: true, by: ben, "other") == file)
        #expect(try export(scene, .directDebits, by: ben).form == "pain.008")
        #expect(try scene.store.paymentRuns()[0].files.map(\.kind) == [.creditTransfers, .directDebits])
        #expect(
            try scene.store.audit(limit: 3).map(\.reason) == [
                "pain.008 of run 1 of 2026-01 by ben", "pain.001 of run 1 of 2026-01 again by ben",
                "pain.001 of run 1 of 2026-01 by ana",
            ])
        #expect(try scene.store.audit(limit: 3).last?.digest == SHA256Digest(of: file.bytes).text)
        #expect(try code { try scene.store.withdrawPaymentRun(of: 0, by: ana, at: now) } == .runExported)
    }

    @Test("A run is planned by the alliance that it is pinned to, and not made where its files cannot be")
    func pinned() throws {
        let scene = try scene()
        _ = try scene.store.apply(Scene.alliance(name: "Other"), zone: Scene.utc, at: now)
        var names: [String] = []
        func make(check: @escaping (PaymentRun, Schedule) throws -> Void) throws -> PaymentRun {
            try scene.store.makePaymentRun(
                of: 0, closing: "sha256:x", balances: [("M", Money(100))], by: ana, at: now,
                plan: {
                    names.append($0.alliance.name)
                    return Self.item
                }, check: check)
        }
        let thrown = try code {
            try make { _, _ in throw PaymentRefusal(.detailsMissing, "no IBAN") }
        }
        #expect(try thrown == .detailsMissing && scene.store.paymentRuns().isEmpty)
        let run = try make { names.append("\($0.number) of \($1.alliance.name)") }
        #expect(run.alliance == 2 && names == ["Other", "Other", "1 of Other"])
    }

    @Test("A refusal while a file is made leaves the run as it was")
    func refused() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        let thrown = try code {
            try scene.store.exportPayments(of: 0, .table, again: false, by: ana, at: now) { _, _ in
                throw PaymentRefusal(.nothingToExport, "nothing")
            }
        }
        #expect(thrown == .nothingToExport)
        #expect(try scene.store.paymentRuns()[0].files.isEmpty)
    }

    @Test("One that was withdrawn makes room for another, under the next number")
    func withdraw() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        try scene.store.withdrawPaymentRun(of: 0, by: ben, at: later)
        #expect(try code { try export(scene, by: ana) } == .runUnknown)
        #expect(try make(scene, by: ana).number == 2)
        let runs = try scene.store.paymentRuns()
        #expect(runs.map(\.withdrawnBy) == ["ben", nil] && runs[0].withdrawn == later)
    }

    @Test(
        "What was ordered and is not booked is under way; once it is booked it is paid; undone it is open again"
    )
    func underWay() throws {
        let scene = try scene()
        _ = try make(scene, [("M", 100), ("N", -40)], by: ana)
        _ = try export(scene, by: ana)
        try scene.close(1)
        func open(_ place: Int) throws -> OpenBalance {
            try make(scene, [("M", 130), ("N", -40)], of: 1, by: nil).items[place].open
        }
        // The debit's file was not given out: nobody has ordered it.
        #expect(try open(0).underWay == Money(-100) && open(1).underWay == .zero)
        try scene.store.book([.pay("R1-M", -100, "2026-03-02")], by: ana, at: later)
        #expect(try open(0).underWay == .zero && open(0).paidSince == Money(-100))
        try scene.store.book([.pay("back", 100, "2026-03-03", undoes: "R1-M")], by: ana, at: later)
        #expect(try open(0).underWay == .zero && open(0).paidSince == .zero)
        // An adjustment is a line of a later statement.
        try scene.store.book([.pay("A", 5, "2026-03-03", kind: .adjustment)], by: ana, at: later)
        #expect(try open(0).paidSince == .zero)
    }

    @Test("Of two periods' runs only one pays a balance, whichever is given out first", arguments: [0, 1])
    func supersededRun(first: Int) throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        try scene.close(1)
        // February's balances contain January's.
        _ = try make(scene, of: 1, by: ana)
        _ = try export(scene, of: first, by: ben)
        #expect(try code { try export(scene, of: 1 - first, by: ben) } == .runStale)
        // Nobody has ordered the debit yet.
        _ = try export(scene, .directDebits, of: 1 - first, by: ben)
        #expect(try code { try export(scene, .directDebits, of: first, by: ben) } == .runStale)
        #expect(try export(scene, of: first, again: true, by: ben).kind == .creditTransfers)
        #expect(try scene.store.paymentRuns().map(\.files.count) == [1, 1])
    }

    @Test("What a later run has collected is not collected by one that was given out in part")
    func halfGivenOut() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        _ = try export(scene, by: ana)
        try scene.close(1)
        let next = try make(scene, of: 1, by: ana)
        #expect(next.items.map(\.method) == [.settled, .debit])
        _ = try export(scene, .directDebits, of: 1, by: ana)
        #expect(try code { try export(scene, .directDebits, by: ana) } == .runStale)
    }

    @Test("What was paid otherwise since a run was made is not paid by it")
    func paidSinceMade() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        try scene.store.book([.pay("BANK-1", -100, "2026-02-03")], by: ana, at: now)
        #expect(try code { try export(scene, by: ana) } == .runStale)
        #expect(try export(scene, .directDebits, by: ana).form == "pain.008")
        #expect(try scene.store.paymentRuns()[0].files.count == 1)
    }

    @Test("A day that is past, or that a debit cannot keep, is asked of no bank; again a file is what it was")
    func tooLate() throws {
        let scene = try scene()
        _ = try make(scene, [("M", 100), ("N", -40)], by: ana)
        let due = Instant.at("2026-02-16T23:59:59Z")
        let after = Instant.at("2026-02-17T00:00:00Z")
        #expect(try code { try export(scene, .directDebits, by: ana, at: due) } == .runStale)
        #expect(try code { try export(scene, by: ana, at: after) } == .runStale)
        let file = try export(scene, by: ana, at: due)
        #expect(try export(scene, again: true, by: ana, at: after) == file)
        let eve = Instant.at("2026-02-15T23:59:59Z")
        #expect(try export(scene, .directDebits, by: ana, at: eve).form == "pain.008")
    }

    @Test("A number under whose references anything is booked or drafted is left out")
    func takenReferences() throws {
        let scene = try scene()
        try scene.store.book([.pay("R1-M", -1, "2026-02-03", kind: .adjustment)], by: ana, at: now)
        _ = try scene.store.draft(
            [.pay("R2-N", 1, "2026-02-03", of: "N"), .pay("R3-M", 1, "2026-02-03", of: "N")], by: ana, at: now
        )
        #expect(try make(scene, by: nil).number == 3)
        #expect(try scene.store.paymentRuns().isEmpty)
        // R3-M is another merchant's.
        let made = try make(scene, by: ben)
        #expect(made.number == 3 && made.reference(of: 0) == "R3-M")
        let runs = try scene.store.paymentRuns()
        #expect(runs.map(\.number) == [1, 2, 3] && runs.map(\.items.count) == [0, 0, 2])
        #expect(runs.map(\.withdrawnBy) == ["ben", "ben", nil])
        let reasons = try scene.store.audit(limit: 7).map(\.reason)
        #expect(reasons.contains("run 1 of 2026-01 is left out: R1-M is taken"))
        #expect(reasons.contains("run 2 of 2026-01 is left out: R2-N is taken"))
    }

    @Test("An adjustment under a run's reference does not make what was ordered done")
    func adjustedReference() throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        _ = try export(scene, by: ana)
        try scene.store.book([.pay("R1-M", -1, "2026-02-03", kind: .adjustment)], by: ana, at: now)
        try scene.close(1)
        #expect(try make(scene, of: 1, by: nil).items[0].open.underWay == Money(-100))
    }

    @Test("By hand only what is paid to a merchant is under way")
    func byHand() throws {
        let scene = try scene()
        _ = try make(scene, [("M", 101), ("N", -41)], by: ana)
        _ = try export(scene, .table, by: ana)
        try scene.close(1)
        let items = try make(scene, [("M", 101), ("N", -41)], of: 1, by: nil).items
        #expect(items.map(\.open.underWay) == [Money(-101), .zero])
        #expect(items.map(\.method) == [.settled, .byHand])
    }

    @Test("With four eyes another person exports than who made it, each by their own key")
    func fourEyes() throws {
        let scene = try scene()
        let persons = [
            try scene.person("ana", key: 1, at: now), try scene.person("ben", key: 2, at: now),
        ]
        _ = try make(scene, by: ana)
        try scene.takeFourEyes(at: now)
        #expect(try code { try export(scene, by: persons[1]) } == .makerUnproven)
        try scene.store.withdrawPaymentRun(of: 0, by: persons[0], at: now)
        #expect(throws: PersonRefusal.keyRequired("ana")) { try make(scene, by: ana) }
        _ = try make(scene, by: persons[0])
        #expect(throws: PersonRefusal.keyRequired("ben")) { try export(scene, by: ben) }
        #expect(try code { try export(scene, by: persons[0]) } == .samePerson)
        #expect(try code { try export(scene, by: persons[1]) } == .runNumberRequired)
        // What was looked at is another one.
        #expect(try code { try export(scene, run: 1, by: persons[1]) } == .runUnknown)
        #expect(try scene.store.paymentRuns()[1].files.isEmpty)
        #expect(try export(scene, run: 2, by: persons[1]).person == "ben")
        #expect(try code { try export(scene, again: true, by: persons[0]) } == .samePerson)
    }

    @Test(
        "A row that was changed behind the program's back is told",
        arguments: [
            ("UPDATE payment_runs SET maker = 'eve'", "payment_runs"),
            ("UPDATE payment_runs SET alliance = 2", "payment_runs"),
            ("DELETE FROM payment_items WHERE place = 2", "payment_runs"),
            ("UPDATE payment_items SET amount = amount + 2 WHERE place = 1", "payment_items"),
            ("UPDATE payment_items SET method = 'carried' WHERE place = 1", "payment_items"),
            ("UPDATE payment_items SET due = due + 1 WHERE place = 1", "payment_items"),
            ("UPDATE payment_files SET bytes = X'00'", "payment_files"),
            ("UPDATE payment_files SET kind = 'pain.008'", "payment_files"),
            ("UPDATE payment_files SET form = 'csv'", "payment_files"),
            ("UPDATE payment_files SET exported = exported + 1", "payment_files"),
            ("UPDATE payment_files SET person = 'eve'", "payment_files"),
            ("UPDATE payment_files SET run = 1", "payment_files"),
            ("UPDATE payment_files SET file = 2", "payment_files"),
            ("DELETE FROM payment_files", "payment_runs"),
            ("UPDATE payment_runs SET withdrawn = 1, withdrawn_by = 'eve' WHERE run = 2", "payment_runs"),
            ("UPDATE payment_runs SET withdrawn = withdrawn + 1 WHERE run = 1", "payment_runs"),
            ("UPDATE payment_runs SET withdrawn_by = 'eve' WHERE run = 1", "payment_runs"),
            ("DELETE FROM payment_runs WHERE run = 1", "payment_runs"),
            ("DELETE FROM payment_runs WHERE run = 2", "payment_runs"),
        ])
    func changed(sql: String, table: String) throws {
        let scene = try scene()
        _ = try make(scene, by: ana)
        try scene.store.withdrawPaymentRun(of: 0, by: ana, at: now)
        _ = try make(scene, by: ana)
        _ = try export(scene, by: ana)
        #expect(try scene.store.paymentRuns().count == 2)
        try scene.store.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
        }
        let trouble = #expect(throws: StoreTrouble.self) { try scene.store.paymentRuns() }
        #expect(trouble?.isDamage == true && trouble?.attempt.hasPrefix("read \(table), ") == true)
    }
}
