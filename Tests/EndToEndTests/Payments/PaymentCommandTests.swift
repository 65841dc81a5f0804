import Foundation
import Testing

/// A month's balances paid as a finance person does it, by the built binary: in April bakery owes 19.10, books 9.49 and
/// garden 1.92, and cinema is owed 3.22.
@Suite("Payment runs by command")
struct PaymentCommandTests {
    private static let may = "2025-05-02T12:00:00+02:00"

    private static let ours = """
        payment:
          minimum: 200
          account: {iban: DE89 3704 0044 0532 0130 00, bic: COBADEFFXXX}
          name: Quayside e.V.
          address: {street: Am Kai, building: '1', postal_code: '20457', town: Hamburg, country: DE}
          creditor_id: DE98ZZZ09999999999
        """

    private static let theirs = [
        "bakery": """
        {account: {iban: AT611904300234573201}, mandate: {id: MND-1, signed: 2025-03-01, scheme: core}}
        """,
        "books": """
        {account: {iban: NL91ABNA0417164300, bic: ABNANL2A}, mandate: {id: MND/2, signed: 2025-03-02, \
        scheme: b2b}}
        """,
        "cinema": """
        {account: {iban: FR1420041010050500013M02606, bic: PSSTFRPPPAR}, name: 'Söhne & "Cie"', \
        address: {town: Orléans, country: FR}}
        """,
        "garden": "{account: {national: '6222 0000'}}",
    ]

    /// The example's alliance with accounts; what is said of a merchant may be another text.
    func house(_ changes: [String: String] = [:], ours: String = ours) throws -> Scratch {
        let scratch = try Scratch()
        let played = try Quayside.played.get()
        try FileManager.default.copyItem(atPath: played.data, toPath: scratch.file("data").path)
        var text = try String(contentsOf: played.scratch.file("alliance.yaml"), encoding: .utf8)
        text = text.replacing("\nmerchants:\n", with: "\n\(ours)\nmerchants:\n")
        for (merchant, payment) in Self.theirs.merging(changes, uniquingKeysWith: { $1 }) {
            text = text.replacing(
                "- id: \(merchant)\n", with: "- id: \(merchant)\n    payment: \(payment)\n")
        }
        let file = try scratch.write(text, to: "alliance.yaml")
        try expectDone(Command.settled("apply", file, "--data", scratch.file("data").path))
        return scratch
    }

    func run(_ house: Scratch, _ arguments: [String], at now: String? = may) throws -> Ran {
        let time = now.map { ["--now", $0] } ?? []
        return try Command(
            Command.settledPath, arguments + ["--data", house.file("data").path] + time
        ).run()
    }

    func done(_ house: Scratch, _ arguments: [String], at now: String? = may) throws -> String {
        let ran = try run(house, arguments, at: now)
        try #require(ran.status == 0, "\(arguments): \(ran.status)\n\(ran.output)\n\(ran.errors)")
        return ran.output
    }

    func refused(_ house: Scratch, _ arguments: [String], at now: String? = may) throws -> String {
        let ran = try run(house, arguments, at: now)
        #expect(ran.status == 1 && ran.output.isEmpty, "\(arguments): \(ran.status) \(ran.output)")
        return ran.errors
    }

    private let look = ["payments", "run", "2025-04"]
    let making = ["payments", "run", "2025-04", "--make", "--as", "ana"]
    func export(_ format: String, _ more: String..., by name: String = "ben") -> [String] {
        ["payments", "export", "2025-04", "--format", format, "--as", name] + more
    }

    @Test("A preview shows how each balance is evened out and adds up to the closing, and makes nothing")
    func preview() throws {
        let house = try house()
        let calendar = try house.write("# Closed\ncut_off 15:00\n2025-05-14 a day off\n", to: "days.txt")
        let text = try done(house, look + ["--calendar", calendar])
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines == [
                "payment run 1 of 2025-04 would be, in EUR; --make makes it",
                "merchant balance open method due reference",
                "bakery -19.10 -19.10 debit 2025-05-15 R1-bakery",
                "books -9.49 -9.49 debit 2025-05-15 R1-books",
                "cinema 3.22 3.22 transfer 2025-05-15 R1-cinema", "garden -1.92 -1.92 carried",
                "transfer: 1 of 3.22", "debit: 2 of -28.59", "carried: 1 of -1.92",
                "the balances add up to the closing: -27.29",
            ], "\(lines)")
        let plain = try done(house, look)
        #expect(plain.contains("2025-05-14") && plain.hasSuffix("on Saturdays and Sundays alone\n"))
        let late = try done(house, look + ["--calendar", calendar], at: "2025-06-13T15:00:00+02:00")
        #expect(late.contains("R1-cinema") && late.contains("2025-06-16") && late.contains("2025-06-17"))
        let json = try JSONSerialization.jsonObject(with: Data(try done(house, look + ["--json"]).utf8))
        let object = try #require(json as? [String: Any])
        let items = try #require(object["items"] as? [[String: Any]])
        #expect(object["preview"] as? Bool == true && object["run"] as? Int == 1)
        #expect(items.compactMap { $0["balance"] as? Int } == [-1910, -949, 322, -192])
        #expect(items.compactMap { $0["method"] as? String } == ["debit", "debit", "transfer", "carried"])
        #expect(try refused(house, export("pain.001")).contains("run_unknown: 2025-04 has no payment run"))
    }

    @Test("A run is made once, and each file of it is given out once: again it is the same, byte for byte")
    func once() throws {
        let house = try house()
        #expect(try done(house, making).hasPrefix("payment run 1 of 2025-04, made by ana on 2025-05-02T"))
        #expect(try refused(house, making).contains("run_made: run 1 of 2025-04 was made by ana"))
        #expect(
            try refused(house, export("pain.001", "--run", "2")).contains(
                "run_unknown: run 2 of 2025-04 does not stand: look at run 1"))
        let file = try done(house, export("pain.001", "--run", "1"))
        let again = try refused(house, export("pain.001", by: "cem"), at: "2025-05-05T12:00:00+02:00")
        #expect(
            again.contains("exported_already: pain.001.001.09 of run 1 was given out to ben on 2025-05-02T"))
        #expect(try done(house, export("pain.001", "--again"), at: "2025-05-05T12:00:00+02:00") == file)
        #expect(try run(house, export("pain.001", "--again", "--version", "03")).status == 2)
        #expect(try refused(house, export("csv")).contains("nothing_to_export: run 1 leaves nothing"))
        #expect(
            try refused(house, ["payments", "withdraw", "2025-04", "--as", "ana"]).contains("run_exported: "))
        #expect(try done(house, look).contains("pain.001.001.09 given out to ben on 2025-05-02T"))
        let audit = try done(house, ["audit", "--act", "payment_run"], at: nil)
        #expect(audit.contains("run 1 of 2025-04, 3 by bank, made by ana") && audit.contains(" again by ben"))
    }

    @Test(
        "The files are what the messages' definitions have, with the run's sums and names",
        arguments: [
            ("pain.001", "03", "pain.001.001.03"), ("pain.001", "09", "pain.001.001.09"),
            ("pain.008", "02", "pain.008.001.02"), ("pain.008", "08", "pain.008.001.08"),
        ])
    func files(format: String, version: String, form: String) throws {
        let house = try house()
        _ = try done(house, making)
        let text = try done(house, export(format, "--version", version))
        let document = try #require(XMLTree.root(of: text))
        #expect(document.attributes["xmlns"] == "urn:iso:std:iso:20022:tech:xsd:\(form)")
        #expect(MessageTable(form: form).faults(of: document) == [])
        let isTransfer = format == "pain.001"
        #expect(document.first("MsgId") == (isTransfer ? "R1-20250502-CT" : "R1-20250502-DD"))
        #expect(document.first("CreDtTm") == "2025-05-02T10:00:00Z")
        #expect(document.first("CtrlSum") == (isTransfer ? "3.22" : "28.59"))
        #expect(
            document.all("EndToEndId").map(\.text)
                == (isTransfer ? ["R1-cinema"] : ["R1-bakery", "R1-books"]))
        #expect(document.all("InstdAmt").map(\.text) == (isTransfer ? ["3.22"] : ["19.10", "9.49"]))
        #expect(document.all("InstdAmt").allSatisfy { $0.attributes == ["Ccy": "EUR"] })
        #expect(document.all("Nm").contains { $0.text == (isTransfer ? "Sohne + .Cie." : "Corner Books") })
        #expect(document.all("IBAN").first?.text == "DE89370400440532013000")
        #expect(text.contains("2025-05-14"))
        if !isTransfer {
            #expect(document.all("MndtId").map(\.text) == ["MND-1", "MND/2"])
            #expect(document.all("LclInstrm").compactMap { $0.first("Cd") } == ["CORE", "B2B"])
            #expect(document.all("NbOfTxs").map(\.text) == ["2", "1", "1"])
            #expect(text.contains("NOTPROVIDED"))
        } else {
            #expect(document.all("TwnNm").map(\.text) == ["Hamburg", "Orleans"])
        }
        if Command.isThere("xmllint") {
            try expectDone(Command.named("xmllint", ["--noout", try house.write(text, to: "file.xml")]))
        }
    }

    @Test("The table of the messages finds what does not stand where it should")
    func tableBites() throws {
        let house = try house()
        _ = try done(house, making)
        let text = try done(house, export("pain.001"))
        for (old, new) in [
            ("<PmtMtd>TRF</PmtMtd>", ""), ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>CHK</PmtMtd>"),
            ("R1-cinema</EndToEndId>", String(repeating: "x", count: 36) + "</EndToEndId>"),
            ("<BICFI>", "<BIC>"), ("Quayside e.V.", "Quäyside"), ("<Ctry>FR</Ctry>", ""),
            ("<TwnNm>Orleans</TwnNm>", "<AdrLine>Orleans</AdrLine>"),
            (">3.22</InstdAmt>", ">0.00</InstdAmt>"),
            ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>"),
            ("</PmtInf>", "text</PmtInf>"),
        ] {
            #expect(text.contains(old), "\(old)")
            let changed = text.replacing(old, with: new).replacing(
                old == "<BICFI>" ? "</BICFI>" : "-", with: old == "<BICFI>" ? "</BIC>" : "-")
            let document = try #require(XMLTree.root(of: changed), "\(new)")
            #expect(MessageTable(form: "pain.001.001.09").faults(of: document) != [], "\(new)")
        }
        #expect(XMLTree.root(of: text.replacing("</GrpHdr>", with: "")) == nil)
    }

    @Test("What goes by hand is a table, with a reference for who pays by themselves")
    func byHand() throws {
        let house = try house([
            "garden": "{minimum: 0, account: {national: '=6222'}, address: {town: 漢堡, country: DE}}"
        ])
        #expect(try done(house, look).contains("collect by hand: no IBAN"))
        _ = try done(house, making)
        let rows = try done(house, export("csv")).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 2 && rows[0].count == rows[1].count)
        let row = Dictionary(zip(rows[0], rows[1])) { first, _ in first }
        #expect(row["merchant"] == "garden" && row["direction"] == "collect" && row["amount"] == "1.92")
        #expect(row["account"] == "'=6222" && row["town"] == "漢堡" && row["reference"] == "R1-garden")
        #expect(row["creditor_reference"]?.hasPrefix("RF") == true)
    }

    @Test("What the files ordered is recorded as it is said, and the next run knows of it")
    func orders() throws {
        let house = try house()
        _ = try done(house, making)
        _ = try done(house, export("pain.001"))
        _ = try done(house, export("pain.008"))
        let orders = try done(house, ["payments", "orders", "2025-04"], at: nil)
        #expect(
            orders == """
                merchant,reference,amount,reason
                bakery,R1-bakery,19.10,run 1 of 2025-04
                books,R1-books,9.49,run 1 of 2025-04
                cinema,R1-cinema,-3.22,run 1 of 2025-04

                """)
        // The bank did not collect from books yet.
        let paid = orders.split(separator: "\n").filter { !$0.hasPrefix("books") }.joined(separator: "\n")
        let file = try house.write(paid + "\n", to: "paid.csv")
        let now = "2025-06-10T12:00:00+02:00"
        _ = try done(house, ["pay", "--from", file, "--as", "ana"], at: now)
        _ = try done(house, ["close", "2025-05"], at: now)
        let next = try done(house, ["payments", "run", "2025-05", "--json"], at: now)
        let object = try JSONSerialization.jsonObject(with: Data(next.utf8)) as? [String: Any]
        let items = try #require(object?["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["merchant"] as? String } == ["bakery", "books", "cinema", "garden"])
        #expect(items.compactMap { $0["under_way"] as? Int } == [0, 949, 0, 0])
        let open = zip(items, items.compactMap { $0["amount"] as? Int }).map { item, amount in
            (item["balance"] as? Int ?? 0) + (item["paid_since"] as? Int ?? 0)
                + (item["under_way"] as? Int ?? 0) == amount
        }
        #expect(open == [true, true, true, true])
        #expect(
            try refused(house, ["payments", "run", "2025-04", "--make", "--as", "ana"], at: now)
                .contains("period_superseded: 2025-05 has closed since"))
        _ = try done(house, ["rederive"], at: nil)
    }

    @Test("A name that no bank takes is refused with its place, and no run is made")
    func unsupported() throws {
        for (changes, place) in [
            (
                ["cinema": "{account: {iban: NL91ABNA0417164300}, name: 电影院}"],
                "merchants[cinema].payment.name: "
            ),
            (
                [
                    "cinema":
                        "{account: {iban: NL91ABNA0417164300}, name: \(String(repeating: "x", count: 71))}"
                ],
                "merchants[cinema].payment.name: banks take 1 … 70 characters, found 71"
            ),
        ] {
            let house = try house(changes)
            #expect(try refused(house, making).contains("text_unsupported: \(place)"))
            #expect(try done(house, look).hasPrefix("payment run 1 of 2025-04 would be"))
        }
    }

    @Test(
        "A calendar that cannot be read is refused with its line",
        arguments: [
            "25.12.2025", "2025-02-30", "cut_off 25:00", "cut_off", "cut_off 12:00\ncut_off 12:00",
            "1999-12-25",
        ])
    func calendars(line: String) throws {
        let house = try house()
        let file = try house.write("# days\n\n2025-12-25 Christmas\n\(line)\n", to: "days.txt")
        let number = line.contains("\n") ? 5 : 4
        #expect(
            try refused(house, look + ["--calendar", file]).contains(
                "days.txt:\(number): calendar_malformed: expected "))
        let twice = try house.write("2025-12-25\n2025-12-25\n", to: "twice.txt")
        #expect(
            try refused(house, look + ["--calendar", twice]).contains("twice.txt:2: calendar_malformed"))
    }

    @Test("What is used wrongly is told, and an open period has no run")
    func misuse() throws {
        let house = try house()
        for arguments in [
            look + ["--make"], look + ["--as", "ana"], ["payments", "run", "April"],
            export("pain.002"), export("pain.001", "--version", "10"), export("csv", "--version", "09"),
        ] { #expect(try run(house, arguments).status == 2, "\(arguments)") }
        #expect(try refused(house, ["payments", "run", "2025-05"]).contains("is open"))
        #expect(try refused(house, ["payments", "run", "2025-03"]).contains("period_superseded: "))
        let withdraw = ["payments", "withdraw", "2025-04", "--as", "ana"]
        _ = try done(house, making)
        #expect(try done(house, withdraw) == "withdrawn: payment run 1 of 2025-04\n")
        #expect(try refused(house, withdraw).contains("run_unknown: "))
        #expect(try done(house, look).hasPrefix("payment run 2 of 2025-04 would be"))
    }
}
