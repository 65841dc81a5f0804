import Foundation
import Testing

/// What happens between the two closes: the payment run and the bank's statements.
extension TwoMonthsTests {
    /// March's balances are paid by files, and what the bank says of them is booked.
    static func pay(_ house: TwoMonths) throws {
        let made = try house.done(
            ["payments", "run", "2025-03", "--make"] + house.by("ana"), on: "2025-04-02")
        #expect(made.contains("the balances add up to the closing: -21.70"), "\(made)")
        func export(_ format: String, _ name: String) -> [String] {
            ["payments", "export", "2025-03", "--run", "1", "--format", format] + house.by(name)
        }
        #expect(try house.refused(export("pain.001", "ana"), on: "2025-04-02").contains("same_person: "))
        let transfers = try file(export("pain.001", "ben"), "pain.001.001.09", house)
        #expect(transfers.all("EndToEndId").map(\.text) == ["R1-cinema"])
        #expect(transfers.first("CtrlSum") == "1.28" && transfers.first("MsgId") == "R1-20250402-CT")
        let debits = try file(export("pain.008", "ben"), "pain.008.001.08", house)
        #expect(debits.all("EndToEndId").map(\.text) == ["R1-bakery", "R1-books"])
        #expect(
            debits.all("InstdAmt").map(\.text) == ["13.51", "4.99"] && debits.first("CtrlSum") == "18.50")
        let byHand = try house.done(export("csv", "ben"), on: "2025-04-02")
        let row = try #require(byHand.split(separator: "\n").last).split(separator: ",")
        #expect(row.contains("garden") && row.contains("4.48") && row.contains("collect"), "\(byHand)")
        let reference = try #require(row.last.map(String.init))
        let day = "2025-04-15"
        try take(
            BankAnswers.statement(
                on: day,
                BankAnswers.entries(of: transfers, on: day) + BankAnswers.entries(of: debits, on: day)
                    + [BankAnswers.payment(quoting: reference, "4.48", on: day)]),
            drafting: 4, on: day, house)
        // A week later the bookshop's bank gives back what was collected.
        let later = "2025-04-22"
        let back = BankAnswers.giveBack("R1-books", "4.99", because: "MD06", on: later)
        try take(BankAnswers.statement(on: later, [back]), drafting: 1, on: later, house)
        let bookings = try house.done(["bookings", "--period", "2025-04"])
        #expect(bookings.contains("R1-books-back") && bookings.contains("returned, MD06"), "\(bookings)")
        #expect(try house.done(["payments", "unmatched"]).isEmpty)
    }

    /// A file for the bank, which its message's definition allows.
    private static func file(_ export: [String], _ form: String, _ house: TwoMonths) throws -> XMLTree {
        let text = try house.done(export, on: "2025-04-02")
        let document = try #require(XMLTree.root(of: text))
        #expect(document.attributes["xmlns"] == "urn:iso:std:iso:20022:tech:xsd:\(form)")
        #expect(MessageTable(form: form).faults(of: document) == [])
        if Command.isThere("xmllint") {
            let path = try house.quayside.scratch.write(text, to: "\(form).xml")
            try expectDone(Command.named("xmllint", ["--noout", path]))
        }
        return document
    }

    /// Ana takes a file of the bank, of which all is drafted, and Ben approves; again, it changes nothing.
    private static func take(
        _ statement: String, drafting count: Int, on day: String, _ house: TwoMonths
    ) throws {
        let path = try house.quayside.scratch.write(statement, to: "bank-\(day).xml")
        let taking = ["payments", "import", path]
        #expect(
            try house.refused(taking + house.by("ana"), on: day).contains("draft_required"))
        let taken = try house.done(taking + ["--draft"] + house.by("ana"), on: day)
        #expect(taken.contains("camt.053.001.02: \(count) drafted\n"), "\(taken)")
        let own = try house.refused(["approve"] + house.drafts() + house.by("ana"), on: day)
        #expect(own.contains("same_person: "), "\(own)")
        try house.approve(count, on: day)
        let again = try house.done(taking + ["--draft"] + house.by("ana"), on: day)
        #expect(again.hasPrefix("imported already, as file "), "\(again)")
    }
}

/// An adjustment, and a dispute that ends in another.
extension TwoMonthsTests {
    /// The bookshop is credited out of goodwill, and the bakery because it contested a line.
    static func contest(_ house: TwoMonths, _ daemon: Daemon) throws {
        let goodwill = ["adjust", "books", "--credit", "2.00", "--reference", "GW-1", "--reason", "goodwill"]
        #expect(try house.refused(goodwill + house.by("ana"), on: "2025-04-10").contains("draft_required: "))
        try house.done(goodwill + ["--draft"] + house.by("ana"), on: "2025-04-10")
        let own = try house.refused(["approve"] + house.drafts() + house.by("ana"), on: "2025-04-10")
        #expect(own.contains("same_person: "), "\(own)")
        try house.approve(1, on: "2025-04-10")

        let key = house.quayside.key(of: "bakery.ndjson")
        let contest = [
            "contest", "--url", daemon.url, "--alliance", "quayside", "--key", key, "--period", "2025-03",
            "--line", "1",
        ]
        let contested = try expectDone(
            Command(Command.settledPath, contest + ["--reason", "250 points were a test of the till"]))
        #expect(contested.output.hasPrefix("dispute 1 is open: "), "\(contested.output)")
        #expect(try house.done(["statement", "bakery", "2025-03"]).contains("Open disputes"))
        let accepting = ["dispute", "accept", "1", "--adjustment", "D-1", "--reason", "it was, we are sorry"]
        #expect(try house.refused(accepting + house.by("ana")).contains("adjustment_unknown: "))
        try house.done(
            ["adjust", "bakery", "--credit", "1.25", "--reference", "D-1", "--reason", "dispute 1"]
                + ["--date", "2025-04-24", "--draft"] + house.by("ana"))
        try house.approve(1)
        try house.done(accepting + house.by("ana"))
        let answer = try #require(try house.messages(["bakery": 3])["bakery"]?.last)
        #expect(answer.type == "dispute.answered" && answer.signed, "\(answer)")
        for told in [#""dispute":1,"#, #""line":1,"#, #""state":"accepted","#, #""adjustment":"D-1""#] {
            #expect(answer.told.contains(told), "\(answer.told)")
        }
        let notice = try house.delivered(house.notice(of: "dispute.answered", to: "bakery"))
        #expect(notice.contains("it was, we are sorry"), "\(notice)")
        let read = try ask("/v1/disputes/1", key, daemon)
        #expect(read.contains(#""state":"accepted""#) && read.contains(#""adjustment":"D-1""#), "\(read)")
        #expect(!read.contains(#""ana""#) && !read.contains(#""ben""#), "\(read)")
    }

    /// What a merchant reads of its own side.
    private static func ask(_ path: String, _ key: String, _ daemon: Daemon) throws -> String {
        let token = try expectDone(Command.settled("token", "--alliance", "quayside", "--key", key)).lastLine
        return try expectDone(
            Command.named(
                "curl",
                [
                    "--silent", "--show-error", "--fail", "--max-time", "60", "--header",
                    "Authorization: Bearer \(token)", daemon.url + path,
                ])
        ).output
    }
}
