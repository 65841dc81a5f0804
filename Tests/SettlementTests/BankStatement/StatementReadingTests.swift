import Testing

@testable import Settlement

@Suite("A bank's statement")
struct StatementReadingTests {
    private static let euro = Currency(code: "EUR", exponent: 2)
    private typealias Entry = SampleCAMT.Entry

    private func read(_ text: String) throws -> BankStatement {
        try BankStatement.read(Array(text.utf8), currency: Self.euro)
    }

    private func refusal(_ text: String) -> BankRefusal? {
        #expect(throws: BankRefusal.self) { try read(text) }
    }

    @Test("What lacks a part, is of another form or another currency is refused with its line")
    func refused() {
        let sample = SampleCAMT(form: .camt08)
        #expect(refusal("<Document xmlns='urn:x'/>")?.code == .statementUnknown)
        #expect(
            refusal(sample.text([]).replacing("camt.053.001.08", with: "camt.054.001.08"))?.code
                == .statementUnknown)
        for (old, new, code) in [
            (">19.10<", ">19.101<", BankRefusal.Code.entryMalformed),
            (">19.10<", ">-19.10<", .entryMalformed),
            (">19.10<", "><", .entryMalformed),
            ("CRDT</CdtDbtInd><Sts>", "X</CdtDbtInd><Sts>", .entryMalformed),
            ("<Dt>2025-05-15</Dt></BookgDt>", "</BookgDt>", .entryMalformed),
            ("<Dt>2025-05-15</Dt></BookgDt>", "<Dt>2025-02-30</Dt></BookgDt>", .entryMalformed),
            ("<IBAN>DE89370400440532013000</IBAN>", "", .entryMalformed),
            ("<Ccy>EUR", "<Ccy>CHF", .currencyForeign),
            ("Ccy=\"EUR\">19.10", "Ccy=\"CHF\">19.10", .currencyForeign),
            ("Ccy=\"EUR\">19.10", ">19.10", .currencyForeign), ("Stmt>", "Ntfctn>", .statementUnknown),
        ] {
            let text = sample.text([Entry()])
            #expect(text.contains(old), "\(old)")
            let refusal = refusal(text.replacing(old, with: new))
            #expect(
                refusal?.code == code && refusal?.line != nil, "\(old) \(new): \(String(describing: refusal))"
            )
        }
        for (csv, code, line) in [
            ("entry,date,amount\n", BankRefusal.Code.statementUnknown, 1),
            ("entry,date,amount,currency,iban\n", .statementUnknown, 1),
            ("entry,date,amount,currency\nB1,2025-05-15,19.1,EUR\n", .entryMalformed, 2),
            ("entry,date,amount,currency\nB1,15.05.2025,19.10,EUR\n", .entryMalformed, 2),
            ("entry,date,amount,currency\n,2025-05-15,19.10,EUR\n", .entryMalformed, 2),
            ("entry,date,amount,currency\nB1,2025-05-15,19.10,CHF\n", .currencyForeign, 2),
            ("entry,date,amount,currency\nB1,2025-05-15\n", .statementMalformed, 2),
        ] {
            let refusal = refusal(csv)
            #expect(refusal?.code == code && refusal?.line == line, "\(csv): \(String(describing: refusal))")
        }
    }

    @Test("Both versions say the same", arguments: [BankStatement.Form.camt02, .camt08])
    func versions(form: BankStatement.Form) throws {
        let sample = SampleCAMT(form: form)
        let statement = try read(
            sample.text([
                Entry(endToEnd: "R1-bakery", account: "AT611904300234573201", text: "April\n points"),
                Entry(
                    reference: "BANK-2", amount: "3.220", isCredit: false, endToEnd: "NOTPROVIDED",
                    account: "DE89370400440532013000", returned: "AC04"),
                Entry(reference: nil, amount: "7", isReversal: true, text: "RF18 5390 0754 7034"),
                Entry(reference: "P", status: "PDNG"),
            ]))
        #expect(statement.form == form && statement.pending == 1 && statement.lines.count == 3)
        #expect(statement.accounts == ["DE89370400440532013000"])
        let lines = statement.lines
        #expect(lines.map(\.amount) == [Money(1910), Money(-322), Money(700)])
        #expect(lines.map(\.endToEnd) == ["R1-bakery", nil, nil])
        #expect(lines.map(\.returned) == [nil, "AC04", "reversal"])
        #expect(lines[0].account == "AT611904300234573201" && lines[0].name == "Bakery")
        #expect(lines[0].text == "April points" && lines[0].date == LocalDate("2025-05-15"))
        // The only account that is named is our own.
        #expect(lines[1].account == nil || lines[1].account == "DE89370400440532013000")
        #expect(lines.map(\.reference) == ["BANK-1", "BANK-2", ""] && lines.allSatisfy { $0.fault == nil })
    }

    @Test(
        "An entry's transactions are lines where they come to it, and one line with a fault where not",
        arguments: [BankStatement.Form.camt02, .camt08])
    func details(form: BankStatement.Form) throws {
        let sample = SampleCAMT(form: form)
        let both =
            sample.transaction("19.10", endToEnd: "R1-a") + sample.transaction("9.49", endToEnd: "R1-b")
        let whole = try read(sample.text([Entry(amount: "28.59", details: both)])).lines
        #expect(
            whole.map(\.endToEnd) == ["R1-a", "R1-b"] && whole.map(\.amount) == [Money(1910), Money(949)])
        #expect(whole.map(\.place) == [0, 1] && whole[0].entry == whole[1].entry)
        let short = try read(sample.text([Entry(amount: "28.60", details: both)])).lines
        #expect(short.count == 1 && short[0].fault?.contains("28.59") == true && short[0].endToEnd == nil)
        let bare = "<TxDtls><Refs><EndToEndId>R1-a</EndToEndId></Refs></TxDtls>"
        #expect(try read(sample.text([Entry(details: bare + bare)])).lines.first?.fault != nil)
        let other = sample.transaction("19.00", endToEnd: "R1-a")
        #expect(try read(sample.text([Entry(details: other)])).lines.first?.fault?.contains("19.00") == true)
        let group = "<Btch><PmtInfId>R1-20250502-DD-1</PmtInfId></Btch>"
        #expect(try read(sample.text([Entry(details: group)])).lines.first?.group == "R1-20250502-DD-1")
    }

    @Test("The same entry in another file has the same name; what looks alike in one file has two")
    func names() throws {
        let sample = SampleCAMT(form: .camt08)
        let fees = [Entry(reference: "F", amount: "0.35"), Entry(reference: "F", amount: "0.35")]
        let first = try read(sample.text(fees)).lines.map(\.entry)
        let second = try read(sample.text([Entry(reference: "G")] + fees)).lines.map(\.entry)
        #expect(Set(first).count == 2 && Array(second.dropFirst()) == first)
        let changed = try read(sample.text([Entry(reference: "F", amount: "0.36")])).lines.map(\.entry)
        #expect(!first.contains(changed[0]))
    }

    @Test("CSV says the same, rows of one entry being its transactions")
    func table() throws {
        let text = """
            entry,date,amount,currency,end_to_end,account,name,text,returned,group
            B1,2025-05-15,19.10,EUR,R1-a,AT61 1904 3002 3457 3201,Bakery,,,
            B1,2025-05-15,9.49,EUR,R1-b,,,,,
            B2,2025-05-16,-9.49,EUR,R1-b,,,came back,MD01,

            """
        let lines = try read(text).lines
        #expect(lines.map(\.place) == [0, 1, 0] && lines[0].entry == lines[1].entry)
        #expect(lines.map(\.amount) == [Money(1910), Money(949), Money(-949)])
        #expect(lines.map(\.returned) == [nil, nil, "MD01"] && lines[0].account == "AT611904300234573201")
    }
}
