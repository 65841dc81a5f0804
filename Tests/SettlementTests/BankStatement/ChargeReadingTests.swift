import Testing

@testable import Settlement

@Suite("What a bank's statement says of charges")
struct ChargeReadingTests {
    private static let euro = Currency(code: "EUR", exponent: 2)
    private typealias Entry = SampleCAMT.Entry

    private func lines(_ entry: Entry, _ form: BankStatement.Form = .camt08) throws -> [BankLine] {
        try BankStatement.read(Array(SampleCAMT(form: form).text([entry]).utf8), currency: Self.euro).lines
    }

    private func block(_ inner: String) -> String { "<Chrgs>\(inner)</Chrgs>" }
    private func total(_ amount: String, _ currency: String = "EUR") -> String {
        block("<TtlChrgsAndTaxAmt Ccy=\"\(currency)\">\(amount)</TtlChrgsAndTaxAmt>")
    }
    private func record(_ amount: String, _ side: String = "DBIT", _ currency: String = "EUR") -> String {
        "<Rcrd><Amt Ccy=\"\(currency)\">\(amount)</Amt><CdtDbtInd>\(side)</CdtDbtInd></Rcrd>"
    }
    private func instructed(_ amount: String, _ currency: String = "EUR") -> String {
        "<AmtDtls><InstdAmt><Amt Ccy=\"\(currency)\">\(amount)</Amt></InstdAmt></AmtDtls>"
    }

    @Test("What cannot be told in the alliance's currency is not said at all")
    func nothing() throws {
        for charges in [
            "", total("0.00"), total("5.00", "CHF"), total("5.001"), block(""), block(record("5.00", "CRDT")),
            block(record("5.00") + record("1.00", "DBIT", "CHF")),
        ] { #expect(try lines(Entry(charges: charges)).map(\.charges) == [nil], "\(charges)") }
        for details in [instructed("19.10"), instructed("19.00"), instructed("24.10", "CHF")] {
            let found = try lines(Entry(details: "<TxDtls>\(details)</TxDtls>"))
            #expect(found.map(\.charges) == [nil], "\(details)")
        }
    }

    @Test("A total, the records, those of version 02, and what was instructed say it")
    func said() throws {
        let older = "<Chrgs><Amt Ccy=\"EUR\">3.00</Amt></Chrgs><Chrgs><Amt Ccy=\"EUR\">2.00</Amt></Chrgs>"
        for charges in [total("5.00"), block(record("6.00") + record("1.00", "CRDT")), older] {
            let found = try lines(Entry(charges: charges))
            #expect(found.map(\.charges) == [Money(500)] && found[0].fault == nil, "\(charges)")
            let inside = try lines(Entry(details: "<TxDtls>\(charges)</TxDtls>"))
            #expect(inside.map(\.charges) == [Money(500)], "\(charges)")
        }
        let received = try lines(Entry(details: "<TxDtls>\(instructed("24.10"))</TxDtls>"))
        #expect(received.map(\.charges) == [Money(500)] && received[0].fault == nil)
        let paid = try lines(
            Entry(amount: "105.00", isCredit: false, details: "<TxDtls>\(instructed("100.00"))</TxDtls>"))
        #expect(paid.map(\.charges) == [Money(500)] && paid.map(\.amount) == [Money(-10_500)])
    }

    @Test(
        "What is said of an entry of several transactions alone is beside the largest, if it comes to the entry"
    )
    func ofSeveral() throws {
        let sample = SampleCAMT(form: .camt08)
        let details = [("10.00", "R1-a"), ("100.00", "R1-b"), ("5.00", "R1-c")]
            .map { sample.transaction($0, endToEnd: $1) }.joined()
        let wrong = try lines(Entry(amount: "110.01", charges: total("5.00"), details: details))
        #expect(wrong.count == 1 && wrong[0].fault != nil)
        // More than the largest is of no transaction.
        let more = try lines(Entry(amount: "15.00", charges: total("100.00"), details: details))
        #expect(more.count == 1 && more[0].fault != nil)
        let found = try lines(Entry(amount: "110.00", charges: total("5.00"), details: details))
        #expect(found.map(\.amount) == [Money(1_000), Money(9_500), Money(500)])
        #expect(found.map(\.charges) == [nil, Money(500), nil])
        #expect(found.map(\.endToEnd) == ["R1-a", "R1-b", "R1-c"] && found.allSatisfy { $0.fault == nil })
    }

    @Test("A transaction that is of its entry and of what was charged has no fault; of anything else it has")
    func faults() throws {
        let sample = SampleCAMT(form: .camt08)
        let gross = sample.transaction("24.10", endToEnd: "R1-a")
        #expect(try lines(Entry(charges: total("5.00"), details: gross)).map(\.fault) == [nil])
        #expect(try lines(Entry(charges: total("4.00"), details: gross)).first?.fault != nil)
        #expect(try lines(Entry(details: gross)).first?.fault != nil)
    }

    @Test("Of several transactions each is what was booked of it, and its charges its own")
    func several() throws {
        func transaction(_ name: String, _ amount: String) -> String {
            "<TxDtls><Refs><EndToEndId>\(name)</EndToEndId></Refs><Amt Ccy=\"EUR\">\(amount)</Amt>"
                + "<CdtDbtInd>CRDT</CdtDbtInd>\(total("1.00"))</TxDtls>"
        }
        let both = transaction("R1-a", "10.00") + transaction("R1-b", "20.00")
        for (amount, booked) in [("30.00", [1_000, 2_000]), ("28.00", [900, 1_900])] as [(String, [Int64])] {
            let found = try lines(Entry(amount: amount, details: both))
            #expect(
                found.map(\.amount.minorUnits) == booked && found.map(\.charges) == [Money(100), Money(100)])
        }
        #expect(try lines(Entry(amount: "29.00", details: both)).first?.fault != nil)
    }

    @Test("In CSV charges are an amount of more than 0")
    func table() throws {
        let head = "entry,date,amount,currency,charges\n"
        for wrong in ["0.00", "-5.00", "5"] {
            let refusal = #expect(throws: BankRefusal.self) {
                try BankStatement.read(
                    Array("\(head)B1,2025-05-15,95.00,EUR,\(wrong)\n".utf8), currency: Self.euro)
            }
            #expect(refusal?.code == .entryMalformed && refusal?.line == 2)
        }
        let text = "\(head)B1,2025-05-15,95.00,EUR,5.00\nB2,2025-05-15,95.00,EUR,\n"
        let found = try BankStatement.read(Array(text.utf8), currency: Self.euro).lines
        #expect(found.map(\.charges) == [Money(500), nil])
    }
}
