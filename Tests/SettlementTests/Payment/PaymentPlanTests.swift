import Settlement
import Testing

@Suite("A payment run's plan")
struct PaymentPlanTests {
    private static let iban = "DE89370400440532013000"
    private static let account = (try? IBAN(iban)).map { BankAccount.iban($0, try? BIC("MARKDEFF")) }
    private static let mandate = Mandate(id: "MND-1", signed: LocalDate("2026-01-05")!, scheme: .b2b)

    private func plan(
        own: PaymentDetails?, _ theirs: PaymentDetails?,
        currency: Currency = Currency(code: "EUR", exponent: 2),
        days: BankDays = BankDays(), firstDay: String = "2026-02-02"
    ) -> PaymentPlan {
        let sample = SampleAlliance.alliance()
        return PaymentPlan(
            alliance: Alliance(
                id: sample.id, name: sample.name, currency: currency, timezone: sample.timezone,
                period: .month, payment: own, start: sample.start,
                merchants: [
                    Merchant(
                        id: MerchantID("M")!, name: "M", payment: theirs, terms: SampleAlliance.m.terms)
                ]),
            lastDay: LocalDate("2026-01-31")!, bankDays: days,
            today: LocalDate(firstDay)!, firstDay: LocalDate(firstDay)!)
    }

    private func item(_ plan: PaymentPlan, _ balance: Int64, since: Int64 = 0, underWay: Int64 = 0) throws
        -> PaymentItem
    {
        try #require(
            plan.item(
                OpenBalance(
                    merchant: MerchantID("M")!, balance: Money(balance), paidSince: Money(since),
                    underWay: Money(underWay))))
    }

    private let own = PaymentDetails(
        minimum: Money(500), account: account,
        creditorIdentifier: try? CreditorIdentifier("DE98ZZZ09999999999"))

    @Test("What is open is the balance, less what was paid since and what is under way")
    func open() throws {
        let plan = plan(own: own, PaymentDetails(account: Self.account, mandate: Self.mandate))
        #expect(try item(plan, 10_000).amount == Money(10_000))
        #expect(try item(plan, 10_000, since: -10_000).method == .settled)
        #expect(try item(plan, 10_000, underWay: -10_000).method == .settled)
        let overpaid = try item(plan, 10_000, since: -15_000)
        #expect(overpaid.amount == Money(-5_000) && overpaid.method == .debit)
        #expect(
            plan.item(
                OpenBalance(
                    merchant: MerchantID("M")!, balance: Money(.max), paidSince: Money(.max), underWay: .zero)
            )
                == nil)
    }

    @Test("Below the minimum it is carried on; a merchant's own minimum goes before the alliance's")
    func minimum() throws {
        let details = PaymentDetails(account: Self.account, mandate: Self.mandate)
        let plain = plan(own: own, details)
        #expect(try item(plain, 499).method == .carried && item(plain, -499).method == .carried)
        #expect(try item(plain, 500).method == .transfer && item(plain, -500).method == .debit)
        let special = plan(own: own, PaymentDetails(minimum: Money(1), account: Self.account))
        #expect(try item(special, 1).method == .transfer)
        #expect(try item(plan(own: nil, nil), 1).method == .byHand)
    }

    @Test(
        "A mandate that is signed later, and an IBAN outside the SEPA, leave it to a person; outside the euro none does"
    )
    func laterAndElsewhere() throws {
        let later = Mandate(id: "MND-1", signed: LocalDate("2026-02-03")!, scheme: .core)
        let details = PaymentDetails(account: Self.account, mandate: later)
        #expect(try item(plan(own: own, details), -10_000).method == .byHand)
        #expect(try item(plan(own: own, details, firstDay: "2026-02-03"), -10_000).method == .debit)
        #expect(try item(plan(own: own, details), 10_000).method == .transfer)
        let elsewhere = BankAccount.iban(try IBAN("TR330006100519786457841326"), try BIC("AKBKTRIS"))
        let far = PaymentDetails(account: elsewhere, mandate: Self.mandate)
        #expect(try item(plan(own: own, far), 10_000).method == .byHand)
        #expect(try item(plan(own: own, far), -10_000).method == .byHand)
        let pounds = plan(own: own, far, currency: Currency(code: "GBP", exponent: 2))
        #expect(try item(pounds, 10_000).method == .transfer)
        #expect(
            PaymentPlan.obstacle(
                to: Money(1), far, in: plan(own: own, far).alliance, on: LocalDate("2026-02-02")!)
                == .outsideSEPA)
    }

    @Test("What a bank's file cannot say is left to a person")
    func byHand() throws {
        let national = PaymentDetails(account: .national("6222 0000"), mandate: Self.mandate)
        let noMandate = PaymentDetails(account: Self.account)
        let whole = PaymentDetails(account: Self.account, mandate: Self.mandate)
        #expect(try item(plan(own: own, national), 900).method == .byHand)
        #expect(try item(plan(own: own, nil), 900).method == .byHand)
        #expect(try item(plan(own: nil, whole), 900).method == .byHand)
        #expect(try item(plan(own: own, noMandate), -900).method == .byHand)
        #expect(try item(plan(own: PaymentDetails(account: Self.account), whole), -900).method == .byHand)
        #expect(try item(plan(own: own, whole), 99_999_999_999).method == .transfer)
        #expect(try item(plan(own: own, whole), 100_000_000_000).method == .byHand)
        let francs = Currency(code: "CHF", exponent: 2)
        #expect(try item(plan(own: own, whole, currency: francs), 900).method == .transfer)
        #expect(try item(plan(own: own, whole, currency: francs), -900).method == .byHand)
        // The bound is the SEPA's.
        let yen = Currency(code: "JPY", exponent: 0)
        #expect(try item(plan(own: own, whole, currency: yen), 100_000_000_000).method == .transfer)
        let noBIC = PaymentDetails(account: .iban(try IBAN(Self.iban), nil), mandate: Self.mandate)
        #expect(try item(plan(own: own, noBIC), 900).method == .transfer)
        #expect(try item(plan(own: own, noBIC, currency: francs), 900).method == .byHand)
    }

    @Test("It is due so many days after the period's last, or on the first bank day that can be kept")
    func due() throws {
        func due(
            _ days: Int?, _ balance: Int64, _ calendar: BankDays = BankDays(), first: String = "2026-02-02"
        )
            throws -> String
        {
            let details = PaymentDetails(dueDays: days, account: Self.account, mandate: Self.mandate)
            return try item(plan(own: own, details, days: calendar, firstDay: first), balance).due.description
        }
        // 2026-02-14 is a Saturday.
        #expect(try due(nil, 900) == "2026-02-16" && due(13, 900) == "2026-02-13")
        let holidays = BankDays(closedDays: [LocalDate("2026-02-16")!, LocalDate("2026-02-17")!])
        #expect(try due(nil, 900, holidays) == "2026-02-18")
        #expect(try due(0, 900) == "2026-02-02" && due(0, -900) == "2026-02-03")
        #expect(try due(14, 900, first: "2026-02-20") == "2026-02-20")
        // The day after a Friday is a Monday.
        #expect(try due(14, -900, first: "2026-02-20") == "2026-02-23")
    }

    @Test("From the cut-off on a bank day is too late")
    func cutOff() {
        let days = BankDays(closedDays: [LocalDate("2026-02-16")!], cutOff: 15 * 60)
        let friday = LocalDate("2026-02-13")!
        #expect(days.first(from: friday, minutes: 899).description == "2026-02-13")
        #expect(days.first(from: friday, minutes: 900).description == "2026-02-17")
        #expect(days.first(from: LocalDate("2026-02-14")!, minutes: 1_439).description == "2026-02-17")
        #expect(BankDays().first(from: friday, minutes: 1_439).description == "2026-02-13")
    }

    @Test("A merchant's id that no bank takes is told by its place")
    func references() throws {
        func text(_ id: String) -> String { PaymentReference.of(run: 7, MerchantID(id)!, place: 3).text }
        #expect(text("M001") == "R7-M001" && text("a_b") == "R7.3" && text("a.b-c") == "R7-a.b-c")
        #expect(text(String(repeating: "x", count: 32)).utf8.count == 35)
        #expect(text(String(repeating: "x", count: 33)) == "R7.3")
        #expect(PaymentReference.creditorReference(run: 7, place: 1)?.text == "RF63R7N1")
    }
}
