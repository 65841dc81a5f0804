import Testing

@testable import Settlement

@Suite("The balances of a bank's statement")
struct StatementBalanceTests {
    private static let euro = Currency(code: "EUR", exponent: 2)
    private typealias Entry = SampleCAMT.Entry

    /// 19.10 came and 3.20 went; what is only announced is in no balance.
    private static let entries = [
        Entry(), Entry(reference: "BANK-2", amount: "3.20", isCredit: false),
        Entry(reference: "P", amount: "7.00", status: "PDNG"),
    ]

    private func text(_ balances: [(String, String)], _ form: BankStatement.Form = .camt08) -> String {
        var sample = SampleCAMT(form: form)
        sample.balances = balances.map { SampleCAMT.balance($0.0, $0.1) }.joined(separator: "\n")
        return sample.text(Self.entries)
    }

    private func read(_ text: String) throws -> BankStatement {
        try BankStatement.read(Array(text.utf8), currency: Self.euro)
    }

    @Test(
        "One that its entries do not lead to is refused at the closing balance, whatever makes the difference"
    )
    func mismatch() {
        for (opening, closing) in [
            ("100.00", "115.91"), ("100.00", "-115.90"), ("-100.00", "115.90"), ("100.00", "119.10"),
            ("100.00", "122.90"), ("0.00", "0.00"),
        ] {
            let refusal = #expect(throws: BankRefusal.self) {
                try read(text([("OPBD", opening), ("CLBD", closing)]))
            }
            #expect(refusal?.code == .balanceMismatch && refusal?.line == 7, "\(opening) \(closing)")
            #expect(refusal?.reason.contains("15.90 is booked") == true)
        }
    }

    @Test("One in another currency, without a side or without an amount is refused with its line")
    func malformed() {
        let whole = text([("OPBD", "100.00"), ("CLBD", "115.90")])
        for (old, new, code) in [
            ("Ccy=\"EUR\">115.90", "Ccy=\"CHF\">115.90", BankRefusal.Code.currencyForeign),
            ("115.90</Amt><CdtDbtInd>CRDT", "115.90</Amt><CdtDbtInd>X", .balanceMalformed),
            ("115.90</Amt>", "115.901</Amt>", .balanceMalformed),
            ("115.90</Amt>", "-115.90</Amt>", .balanceMalformed),
        ] {
            #expect(whole.contains(old), "\(old)")
            let refusal = #expect(throws: BankRefusal.self) { try read(whole.replacing(old, with: new)) }
            #expect(refusal?.code == code && refusal?.line == 7, "\(new): \(String(describing: refusal))")
        }
    }

    @Test("Those that agree are taken, below zero and after the one before too", arguments: ["OPBD", "PRCD"])
    func held(opening: String) throws {
        for form in [BankStatement.Form.camt02, .camt08] {
            for (first, last) in [("100.00", "115.90"), ("-16.00", "-0.10"), ("0", "15.9")] {
                let statement = try read(text([(opening, first), ("CLAV", "1.00"), ("CLBD", last)], form))
                #expect(statement.lines.count == 2 && statement.balances.count == 1)
                #expect(statement.balances[0].opening != nil && statement.balances[0].closing != nil)
            }
        }
        let both = try read(text([("PRCD", "1.00"), ("OPBD", "100.00"), ("CLBD", "115.90")]))
        #expect(
            both.balances == [
                StatementBalances(
                    account: "DE89370400440532013000", opening: Money(10_000), closing: Money(11_590))
            ])
    }

    @Test("A statement with none of them, or one, or several that differ is taken as it is")
    func unheld() throws {
        for (balances, opening, closing) in [
            ([], nil, nil), ([("OPBD", "5.00")], 500, nil), ([("CLBD", "5.00")], nil, 500),
            ([("OPBD", "1.00"), ("CLBD", "5.00"), ("CLBD", "6.00")], 100, nil),
        ] as [([(String, String)], Int64?, Int64?)] {
            let found = try read(text(balances)).balances
            #expect(found.map { $0.opening?.minorUnits } == [opening])
            #expect(found.map { $0.closing?.minorUnits } == [closing])
        }
        #expect(
            try read("entry,date,amount,currency\nB1,2025-05-15,19.10,EUR\n").balances.isEmpty)
    }
}
