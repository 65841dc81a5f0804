import Fixtures
import Foundation
import Testing

/// The operator's books as bookkeeping programs read them that are not ours.
@Suite("The journal for bookkeeping programs")
struct JournalTests {
    private static let beancount = SharedFolder.repository.appendingPathComponent(".build/reader-peers/bin")

    private func export(_ data: String, _ arguments: String...) throws -> String {
        try expectDone(
            Command(Command.settledPath, ["export", "journal"] + arguments + ["--data", data])
        ).output
    }

    /// The balances that the signed closing of a period has, in minor units, zeros left out.
    func closing(_ data: String, _ period: String) throws -> [String: Int64] {
        let text = try expectDone(
            Command.settled("statement", "operator", period, "--json", "--data", data)
        ).output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let rows = try #require(object["journal"] as? [[String: Any]])
        var balances: [String: Int64] = [:]
        for row in rows {
            let balance = try #require((row["closing"] as? NSNumber)?.int64Value)
            if balance != 0 { balances[try #require(row["account"] as? String)] = balance }
        }
        return balances
    }

    /// What hledger comes to, which checks every assertion as it reads.
    func hledger(_ path: String, digits: Int) throws -> [String: Int64] {
        let ran = try expectDone(
            Command.named("hledger", ["-f", path, "balance", "--flat", "--no-total", "-O", "csv"]))
        var balances: [String: Int64] = [:]
        for line in ran.output.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: "\"").filter { $0 != "," }
            balances[String(cells[0])] = try minor(cells[1].prefix { $0 != " " }, digits)
        }
        return balances
    }

    /// What Beancount comes to, by the names that its accounts say the closing has for them.
    private func beancount(_ path: String, digits: Int) throws -> [String: Int64] {
        let checked = try Command(Self.beancount.appendingPathComponent("bean-check").path, [path]).run()
        #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked.output)\(checked.errors)")
        let script = """
            import sys
            from beancount import loader
            from beancount.core import data, realization
            entries, errors, options = loader.load_file(sys.argv[1])
            assert not errors, errors
            names = {e.account: e.meta["account"] for e in entries if isinstance(e, data.Open)}
            sums = {}
            for entry in entries:
                if isinstance(entry, data.Transaction):
                    for posting in entry.postings:
                        sums[posting.account] = sums.get(posting.account, 0) + posting.units.number
            for account, balance in sums.items():
                if balance: print(names[account], balance)
            """
        let ran = try expectDone(
            Command(Self.beancount.appendingPathComponent("python").path, ["-c", script, path]))
        var balances: [String: Int64] = [:]
        for line in ran.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            balances[String(words[0])] = try minor(words[1], digits)
        }
        return balances
    }

    /// What the rows of the CSV come to.
    private func table(_ text: String, digits: Int) throws -> [String: Int64] {
        var balances: [String: Int64] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let (account, debit, credit) = (
                cells[cells.count - 4], cells[cells.count - 3], cells[cells.count - 2]
            )
            balances[String(account), default: 0] +=
                debit.isEmpty ? -(try minor(credit, digits)) : try minor(debit, digits)
        }
        return balances.filter { $0.value != 0 }
    }

    private func minor(_ text: some StringProtocol, _ digits: Int) throws -> Int64 {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        try #require(digits == 0 ? parts.count == 1 : parts.count == 2 && parts[1].count == digits, "\(text)")
        return try #require(Int64(parts.joined()))
    }

    /// Writes both forms and holds both programs against the signed closing.
    private func agree(
        _ data: String, from first: String, through last: String, in scratch: Scratch, digits: Int = 2
    )
        throws
    {
        let closing = try closing(data, last)
        #expect(closing.count > 3)
        let ledger = try scratch.write(
            export(data, last, "--from", first, "--format", "hledger"), to: "books.journal")
        #expect(try hledger(ledger, digits: digits).filter { $0.value != 0 } == closing)
        let beans = try scratch.write(
            export(data, last, "--from", first, "--format", "beancount"), to: "books.beancount")
        #expect(try beancount(beans, digits: digits) == closing)
    }

    @Test("Both programs come to the closing's balances, over all periods and over one alone")
    func quayside() throws {
        let data = try Quayside.played.get().data
        let scratch = try Scratch()
        try agree(data, from: "2025-03", through: "2025-04", in: scratch)
        try agree(data, from: "2025-04", through: "2025-04", in: scratch)
        let all = try export(data, "2025-04", "--from", "2025-03", "--format", "csv")
        #expect(try table(all, digits: 2) == closing(data, "2025-04"))
        let lines = try export(data, "2025-04", "--format", "hledger")
        #expect(
            lines.contains(
                """
                2025-04-30 redemption_payout_reversal bakery
                    ; merchant: bakery
                    ; counterparty: bakery
                    ; price: 0.0045
                    ; rate: 0.02
                    ; points: 100
                    receivable:bakery  0.45 EUR
                    margin  -0.45 EUR

                """), "\(lines)")
        #expect(
            lines.contains(
                "2025-04-30 points_expired bakery\n    ; merchant: bakery\n    ; price: 0.005\n    ; points: 500\n"
            ))
    }

    @Test("Months one by one, without heads, make the same books as all together")
    func entriesOnly() throws {
        let data = try Quayside.played.get().data
        let scratch = try Scratch()
        var books = "commodity 1000.00 EUR\n"
        for month in ["2025-03", "2025-04"] {
            let text = try export(data, month, "--format", "hledger", "--entries-only")
            #expect(!text.contains("opening balances") && !text.contains(" = ") && !text.contains("account "))
            books += text
        }
        let path = try scratch.write(books, to: "books.journal")
        #expect(try hledger(path, digits: 2).filter { $0.value != 0 } == closing(data, "2025-04"))
    }

    @Test("An assertion that does not hold is one that the programs refuse")
    func asserted() throws {
        let data = try Quayside.played.get().data
        let scratch = try Scratch()
        // A cent of one entry, on both sides: it balances, and the balances do not.
        for (format, command) in [
            ("hledger", ["hledger", "check", "-f"]),
            ("beancount", [Self.beancount.appendingPathComponent("bean-check").path]),
        ] {
            let text = try export(data, "2025-04", "--format", format)
            let wrong = text.replacingOccurrences(of: " 0.45 EUR", with: " 0.46 EUR")
                .replacingOccurrences(of: " -0.45 EUR", with: " -0.46 EUR")
            #expect(text != wrong)
            let path = try scratch.write(wrong, to: "wrong")
            #expect(
                try Command.named(command[0], command.dropFirst() + [path]).run().status != 0, "\(format)")
        }
    }

    private static let odd = """
        id: odd
        name: Odd "names" \\ and more
        currency: KWD
        timezone: Asia/Kuwait
        period: month
        start: 2026-01-01
        merchants:
        """
        + ["a-b", "a--b", "A_b", "a.b", "a_b", "-", "0"].map { id in
            """

              - id: '\(id)'
                name: Merchant \(id)
                terms:
                  - {from: 2026-01-01, funding: issue, issue_price: '0.0007', redeem_price: '0.0005', period_fee: 7, vat: '0.05'}
            """
        }.joined() + "\n"

    @Test(
        "Ids, references and reasons of every kind pass both programs unharmed, and late bookings bear the first day"
    )
    func odd() throws {
        let scratch = try Scratch()
        let records = """
            merchant,id,type,member,points,at
            a-b,1,earn,x,1001,2026-01-05T10:00:00+03:00
            a--b,2,earn,x,333,2026-01-05T11:00:00+03:00
            A_b,3,redeem,x,1111,2026-01-06T10:00:00+03:00
            a.b,4,opening,y,777,2026-01-01T00:00:00+03:00
            0,5,redeem,y,5,2026-02-06T10:00:00+03:00

            """
        let bookings = """
            merchant,kind,reference,amount,date,reason
            a-b,payment,;#|[2020-01-01],1005,2026-01-07,"date:2020-01-01, ""quoted"" \\ ; | and more, date:2020-03-03"
            -,adjustment,date:2020-02-02,-3,2026-01-08,= 1 EUR
            a_b,payment,(x)*!@{},-9,2026-02-08,积分

            """
        let data = scratch.file("data").path
        try expectDone(
            Command.settled(
                "simulate", "--alliance", try scratch.write(Self.odd, to: "alliance.yaml"), "--records",
                try scratch.write(records, to: "records.csv"), "--bookings",
                try scratch.write(bookings, to: "bookings.csv"), "--through", "2026-01", "--out",
                scratch.file("out").path, "--keep", data))
        try expectDone(
            Command.settled(
                "adjust", "a.b", "--charge", "0.005", "--reference", "LATE", "--date", "2026-01-09",
                "--reason",
                "late", "--as", "ana", "--data", data, "--now", "2026-02-09T00:00:00Z"))
        try expectDone(Command.settled("close", "2026-02", "--data", data, "--now", "2026-03-09T00:00:00Z"))
        try agree(data, from: "2026-01", through: "2026-02", in: scratch, digits: 3)
        let text = try export(data, "2026-02", "--format", "hledger")
        #expect(text.contains("2026-02-01 adjustment a.b\n"))
        #expect(text.contains("    ; dated: 2026-01-09\n    ; reason: late\n"))
        let january = try export(data, "2026-01", "--format", "hledger")
        #expect(
            january.contains(
                #"    ; reason: date:2020-01-01; "quoted" \ ; | and more; date:2020-03-03"# + "\n"))
        let file = try scratch.write(january, to: "january.journal")
        let tags = try expectDone(
            Command.named("hledger", ["tags", "-f", file])
        ).output.split(separator: "\n")
        #expect(tags.contains("reason") && !tags.contains("date"), "\(tags)")
        let table = try export(data, "2026-01", "--format", "csv")
        #expect(table.contains("opening_points,a.b,") && table.contains(",'= 1 EUR,"), "\(table)")
    }

    @Test("What does not add up to the signed closing is not written")
    func tampered() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: quayside.data, toPath: data)
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1] + "/settled.sqlite")
            assert base.execute("DELETE FROM settlements WHERE period = 1").rowcount > 0
            base.commit()
            """
        try expectDone(Command.named("python3", ["-c", script, data]))
        let ran = try Command.settled("export", "journal", "2025-04", "--format", "csv", "--data", data).run()
        #expect(ran.status == 1 && ran.output.isEmpty)
        #expect(ran.errors.contains("journal_mismatch: the signed closing has"), "\(ran.errors)")
        try expectDone(Command.settled("export", "journal", "2025-03", "--format", "csv", "--data", data))
    }

    @Test("Periods that are open, unknown or the wrong way round are told")
    func wrongPeriods() throws {
        let data = try Quayside.played.get().data
        for (arguments, status, problem) in [
            (["2025-05", "--format", "csv"], 1, "is open"),
            (["2024-12", "--format", "csv"], 2, "has none of that id"),
            (["2025-03", "--from", "2025-04", "--format", "csv"], 2, "comes after"),
            (["2025-03", "--format", "xml"], 2, "--format"), (["2025-03"], 2, "--format"),
        ] as [([String], Int32, String)] {
            let ran = try Command(
                Command.settledPath, ["export", "journal"] + arguments + ["--data", data]
            ).run()
            #expect(ran.status == status && ran.output.isEmpty, "\(arguments): \(ran.status)")
            #expect(ran.errors.contains(problem), "\(arguments): \(ran.errors)")
        }
    }

    @Test(
        "Over X5's year, with payments and adjustments in it, both programs agree on every balance",
        .enabled(if: SharedFolder.isWanted, Comment(rawValue: SharedFolder.absence)))
    func x5() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let alliance = try String(
            contentsOf: SharedFolder.file("data/x5/alliance-year.yaml"), encoding: .utf8)
        let merchants = alliance.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^ *-? *\{?id: *'?"?([A-Za-z0-9._-]+)/).map { String($0.1) }
        }.dropFirst().prefix(40)
        var generator = SeededGenerator(seed: 5)
        var bookings = "merchant,kind,reference,amount,date,reason\n"
        for (place, merchant) in merchants.enumerated() {
            for number in 1...6 {
                let amount =
                    Int64.random(in: 1...500_000, using: &generator)
                    * (Bool.random(using: &generator) ? 1 : -1)
                let date = ["2018-11-30", "2018-12-15", "2019-01-01", "2019-02-28", "2019-03-31"]
                    .randomElement(using: &generator)!
                let kind = number % 2 == 0 ? "payment" : "adjustment"
                bookings += "\(merchant),\(kind),R-\(place)-\(number),\(amount),\(date),because\n"
            }
        }
        try expectDone(
            Command.settled(
                "simulate", "--alliance", SharedFolder.file("data/x5/alliance-year.yaml").path, "--records",
                SharedFolder.file("data/x5/records.csv").path, "--bookings",
                try scratch.write(bookings, to: "bookings.csv"), "--through", "2019-03", "--out",
                scratch.file("out").path, "--keep", data))
        try agree(data, from: "2018-11", through: "2019-03", in: scratch)
        try agree(data, from: "2019-02", through: "2019-03", in: scratch)
        let closing = try closing(data, "2019-03")
        #expect(
            closing["bank"] != nil && closing["adjustments"] != nil && closing["pool"] != nil,
            "\(closing.count)")
    }
}
