import Foundation
import Testing

/// April's run given out to the bank, and what the bank says of it, by the built binary: bakery owes 19.10, books 9.49,
/// and cinema is owed 3.22.
@Suite("The bank's statements by command")
struct BankCommandTests {
    private let payments = PaymentCommandTests()
    static let june = "2025-06-20T12:00:00+02:00"

    /// Both files are with the bank.
    func house() throws -> Scratch {
        let house = try payments.house()
        _ = try payments.done(house, payments.making)
        _ = try payments.done(house, payments.export("pain.001"))
        _ = try payments.done(house, payments.export("pain.008"))
        return house
    }

    func entry(
        _ name: String, _ amount: String, _ side: String, _ day: String, details: String,
        reversal: Bool = false, charges: String? = nil
    ) -> String {
        let charged = charges.map {
            "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">\($0)</TtlChrgsAndTaxAmt></Chrgs>"
        }
        return
            """
            <Ntry><Amt Ccy="EUR">\(amount)</Amt><CdtDbtInd>\(side)</CdtDbtInd>\
            \(reversal ? "<RvslInd>true</RvslInd>" : "")<Sts>BOOK</Sts><BookgDt><Dt>\(day)</Dt></BookgDt>\
            <AcctSvcrRef>\(name)</AcctSvcrRef><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>\(charged ?? "")\
            <NtryDtls>\(details)</NtryDtls></Ntry>
            """
    }

    func one(_ endToEnd: String, more: String = "") -> String {
        "<TxDtls><Refs><EndToEndId>\(endToEnd)</EndToEndId></Refs>\(more)</TxDtls>"
    }

    func camt(
        _ entries: String..., account: String = "DE89370400440532013000", head: String = "",
        opening: String? = nil, closing: String = "0"
    ) -> String {
        func balance(_ code: String, _ amount: String) -> String {
            """
            <Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">\(amount)</Amt>\
            <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-05-15</Dt></Dt></Bal>
            """
        }
        let balances = (opening.map { balance("OPBD", $0) } ?? "") + balance("CLBD", closing)
        return
            """
            <?xml version="1.0" encoding="UTF-8"?>\(head)
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
            <GrpHdr><MsgId>M</MsgId><CreDtTm>2025-05-16T06:00:00Z</CreDtTm></GrpHdr>
            <Stmt><Id>S</Id><CreDtTm>2025-05-16T06:00:00Z</CreDtTm><Acct><Id><IBAN>\(account)</IBAN></Id></Acct>
            \(balances)
            \(entries.joined(separator: "\n"))</Stmt></BkToCstmrStmt></Document>
            """
    }

    func take(_ house: Scratch, _ text: String, _ more: String...) throws -> String {
        let file = try house.write(text, to: "statement.xml")
        return try payments.done(house, ["payments", "import", file, "--as", "ana"] + more, at: Self.june)
    }

    @Test("A file that asks for what it is not is refused with its code and line, and nothing is changed")
    func refused() throws {
        let house = try house()
        let laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;\">]>"
        for (text, code) in [
            (camt(head: laughs), "statement.xml:1: statement_unsafe: "),
            (
                camt(head: "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"),
                ":1: statement_unsafe: "
            ),
            (camt(account: "AT611904300234573201"), "account_foreign: it is of account AT611904300234573201"),
            ("<a>", "statement_malformed: "), ("a,b\n", ":1: statement_unknown: "),
        ] {
            let file = try house.write(text, to: "statement.xml")
            let errors = try payments.refused(
                house, ["payments", "import", file, "--as", "ana"], at: Self.june)
            #expect(errors.contains(code), "\(errors)")
        }
        #expect(try payments.done(house, ["payments", "unmatched"], at: nil).isEmpty)
    }

    @Test(
        "A statement is shown, then taken: what was paid is booked, what came back is open again, the rest waits"
    )
    func story() throws {
        let house = try house()
        let text = camt(
            entry(
                "B1", "28.59", "CRDT", "2025-05-15",
                details: "<Btch><PmtInfId>unknown</PmtInfId></Btch>"
                    + one("R1-bakery", more: "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">19.10</Amt></TxAmt></AmtDtls>")
                    + one("R1-books", more: "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">9.49</Amt></TxAmt></AmtDtls>")),
            entry("B2", "3.22", "DBIT", "2025-05-14", details: one("R1-cinema")),
            entry(
                "B3", "9.49", "DBIT", "2025-05-19",
                details: one("R1-books", more: "<RtrInf><Rsn><Cd>MD01</Cd></Rsn></RtrInf>")),
            entry(
                "B4", "0.35", "DBIT", "2025-05-19", details: "<TxDtls><AddtlTxInf>fee</AddtlTxInf></TxDtls>"))
        #expect(try take(house, text, "--dry-run").hasSuffix("dry run: nothing was changed\n"))
        let taken = try take(house, text)
        #expect(taken.contains("file 1, camt.053.001.02: 4 booked, 1 unmatched\n"), "\(taken)")
        #expect(taken.hasSuffix("1 wait: see `settled payments unmatched`\n"))
        #expect(try take(house, text).hasPrefix("imported already, as file 1 on "))
        let bookings = try payments.done(house, ["bookings"], at: nil)
        #expect(bookings.contains("R1-books-back") && bookings.contains("returned, MD01, entry B3"))
        let ages = try payments.done(house, ["payments", "orders", "--ages"], at: Self.june)
        #expect(ages.contains("came back, or was taken back: R1-books-back"))
        #expect(ages.contains("booked, by an entry of the bank"))
        let status = try payments.done(house, ["status"], at: Self.june)
        #expect(
            status.contains("  entry 5 of the bank, 2025-05-19, -0.35 EUR: it quotes no order"), "\(status)")
        let waiting = try payments.done(
            house, ["payments", "unmatched", "--ignore", "5", "--reason", "a fee", "--as", "ben"],
            at: Self.june)
        #expect(waiting.isEmpty)
        #expect(try !payments.done(house, ["status"], at: Self.june).contains("of the bank"))
        let reopened = try payments.done(
            house, ["payments", "unmatched", "--reopen", "5", "--reason", "no fee", "--as", "ben"],
            at: Self.june)
        #expect(reopened.contains("B4") && reopened.contains("unmatched"), "\(reopened)")
        _ = try payments.done(house, ["rederive"], at: nil)
    }

    @Test("The bank's entry of a whole file of ours is each of its orders")
    func group() throws {
        let house = try house()
        let details = "<Btch><PmtInfId>R1-20250502-CT-1</PmtInfId></Btch>"
        let taken = try take(house, camt(entry("B1", "3.22", "DBIT", "2025-05-14", details: details)))
        #expect(taken.contains("1 booked") && taken.contains("R1-cinema of cinema"), "\(taken)")
        let message = try take(
            house,
            camt(
                entry(
                    "B2", "28.59", "CRDT", "2025-05-15", details: "<Btch><MsgId>R1-20250502-DD</MsgId></Btch>"
                )))
        #expect(message.contains("R1-bakery of bakery, R1-books of books"), "\(message)")
    }

    @Test(
        "By account and amount it is only shown, until it is accepted; overdue and rejected orders are told")
    func proposed() throws {
        let house = try house()
        let parties = """
            <RltdPties><DbtrAcct><Id><IBAN>AT611904300234573201</IBAN></Id></DbtrAcct></RltdPties>
            """
        let taken = try take(
            house,
            camt(
                entry("B1", "19.10", "CRDT", "2025-05-15", details: "<TxDtls>\(parties)</TxDtls>")))
        #expect(taken.contains("1 proposed") && taken.contains("proposed R1-bakery of bakery"), "\(taken)")
        #expect(try payments.done(house, ["bookings"], at: nil).isEmpty)
        let status = try payments.done(house, ["status"], at: Self.june)
        #expect(
            status.contains("  R1-books of books, 9.49 EUR, was due 2025-05-14: nothing of it is booked"),
            "\(status)")
        _ = try payments.done(
            house, ["payments", "unmatched", "--accept", "1", "--as", "ben"], at: Self.june)
        #expect(try payments.done(house, ["bookings"], at: nil).contains("R1-bakery"))
        let withdraw = [
            "payments", "withdraw", "2025-04", "--rejected", "books", "--reason", "AC01", "--as", "ana",
        ]
        #expect(try payments.done(house, withdraw, at: Self.june).hasSuffix("of payment run 1: books\n"))
        #expect(try payments.refused(house, withdraw, at: Self.june).contains("order_rejected: "))
        #expect(
            try payments.done(house, ["payments", "orders", "2025-04"], at: nil) == """
                merchant,reference,amount,reason
                bakery,R1-bakery,19.10,run 1 of 2025-04
                cinema,R1-cinema,-3.22,run 1 of 2025-04

                """)
        for arguments in [
            ["payments", "unmatched", "--ignore", "1"],
            ["payments", "unmatched", "--reopen", "1", "--as", "ana"],
            ["payments", "unmatched", "--reopen", "1", "--ignore", "2", "--reason", "x", "--as", "ana"],
            ["payments", "unmatched", "--entry", "1", "--as", "ana"],
            ["payments", "orders"],
            ["payments", "withdraw", "2025-04", "--rejected", "books", "--as", "ana"],
        ] { #expect(try payments.run(house, arguments).status == 2, "\(arguments)") }
    }

    @Test("An import that is killed has taken the whole file or nothing of it")
    func killed() throws {
        let house = try house()
        let fees = (1...3_000).map { entry("F\($0)", "0.35", "DBIT", "2025-05-19", details: "") }.joined()
        let text = camt(entry("B2", "3.22", "DBIT", "2025-05-14", details: one("R1-cinema")), fees)
        let file = try house.write(text, to: "statement.xml")
        let (data, fresh) = (house.file("data"), house.file("fresh"))
        try FileManager.default.copyItem(at: data, to: fresh)
        let arguments = ["payments", "import", file, "--as", "ana", "--data", data.path, "--now", Self.june]
        let begin = ContinuousClock.now
        try expectDone(Command(Command.settledPath, arguments))
        // Grows with each kill that left nothing and shrinks with each that left all, so that both are met.
        var longest = (ContinuousClock.now - begin) / .microseconds(1)
        var chance = SeededGenerator(seed: 7)
        var met: [Int: Int] = [:]
        for number in 1...40 {
            try FileManager.default.removeItem(at: data)
            try FileManager.default.copyItem(at: fresh, to: data)
            let process = try Command(Command.settledPath, arguments)
                .start(output: house.file("out"), errors: house.file("err"))
            usleep(UInt32(Double.random(in: longest / 4...longest, using: &chance)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let waiting = try payments.done(house, ["payments", "unmatched", "--json"], at: nil)
            let count = waiting.split(separator: "\n").count
            let isBooked = try payments.done(house, ["bookings"], at: nil).contains("R1-cinema")
            #expect(
                [0, 3_000].contains(count) && isBooked == (count > 0), "kill \(number): \(count) \(isBooked)")
            met[count, default: 0] += 1
            longest *= count > 0 ? 0.9 : 1.1
        }
        #expect(met[0, default: 0] > 0 && met[3_000, default: 0] > 0, "\(met)")
        let again = try Command(Command.settledPath, arguments).run()
        #expect(again.status == 0, "\(again.errors)")
    }
}
