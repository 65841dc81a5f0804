import Fixtures
import Foundation
import Testing

/// What the bank kept of payments, by the built binary: in April bakery owes 19.10, books 9.49, and cinema is owed 3.22.
@Suite("The bank's charges by command")
struct BankChargeCommandTests {
    private let payments = PaymentCommandTests()
    private let bank = BankCommandTests()
    private var june: String { BankCommandTests.june }

    private func unmatched(_ house: Scratch, _ more: String...) throws -> String {
        try payments.done(house, ["payments", "unmatched"] + more, at: june)
    }

    private func refused(_ house: Scratch, _ more: String...) throws -> String {
        try payments.refused(house, ["payments", "unmatched"] + more, at: june)
    }

    /// bakery's 19.10 less 0.50, cinema's 3.22 and 0.50 as the bank states, and a part of books' 9.49.
    private var entries: (String, String, String) {
        (
            bank.entry("B1", "18.60", "CRDT", "2025-05-15", details: bank.one("R1-bakery")),
            bank.entry("B2", "3.72", "DBIT", "2025-05-14", details: bank.one("R1-cinema"), charges: "0.50"),
            bank.entry("B3", "4.00", "CRDT", "2025-05-15", details: bank.one("R1-books"))
        )
    }

    @Test(
        "A file whose balances do not agree with its entries is refused at the line, and nothing is changed")
    func balances() throws {
        let house = try bank.house()
        let (first, second, third) = entries
        let wrong = bank.camt(first, second, third, opening: "100.00", closing: "118.87")
        let file = try house.write(wrong, to: "statement.xml")
        let errors = try payments.refused(house, ["payments", "import", file, "--as", "ana"], at: june)
        #expect(
            errors.contains(
                "statement.xml:5: balance_mismatch: account DE89370400440532013000 opens with 100.00 and 18.88"
            ),
            "\(errors)")
        #expect(try unmatched(house).isEmpty)
        let whole = bank.camt(first, second, third, opening: "100.00", closing: "118.88")
        #expect(try !bank.take(house, whole).contains("balance"))
        let later = bank.camt(
            bank.entry("B4", "0.35", "DBIT", "2025-05-19", details: ""), opening: "118.00", closing: "117.65")
        let gap = try bank.take(house, later)
        #expect(
            gap.contains(
                "warning: account DE89370400440532013000 opens with 118.00, where no statement of it ended; the last one closed with 118.88"
            ), "\(gap)")
        let bare = try bank.take(
            house, bank.camt(bank.entry("B5", "0.35", "DBIT", "2025-05-20", details: "")))
        #expect(bare.contains("its balances were not held against its entries"), "\(bare)")
    }

    @Test(
        "A person says what was charged or that it is a part; the books show the charges, and both programs take them"
    )
    func story() throws {
        let house = try bank.house()
        let (first, second, third) = entries
        let taken = try bank.take(house, bank.camt(first, second, third))
        #expect(taken.contains("1 proposed, 2 unmatched"), "\(taken)")
        #expect(taken.contains("proposed R1-cinema of cinema, charges 0.50"), "\(taken)")
        #expect(
            try refused(house, "--accept", "1", "--order", "R1-bakery", "--as", "ben").contains(
                "payment_mismatch: entry 1: it is of 18.60, and R1-bakery of 19.10"))
        #expect(
            try refused(house, "--accept", "1", "--order", "R9-x", "--charges", "0.50", "--as", "ben")
                .contains("order_unknown: "))
        _ = try unmatched(house, "--accept", "1", "--order", "R1-bakery", "--charges", "0.50", "--as", "ben")
        _ = try unmatched(house, "--accept", "2", "--as", "ben")
        #expect(
            try unmatched(house, "--accept", "3", "--order", "R1-books", "--partial", "--as", "ben").isEmpty)
        let bookings = try payments.done(house, ["bookings"], at: nil)
        for mark in [
            "19.10", "-3.22", "4.00", "bank statement, entry B1, charges 0.50",
            "bank statement, entry B3, part of 9.49",
        ] { #expect(bookings.contains(mark), "\(mark): \(bookings)") }
        _ = try payments.done(house, ["close", "2025-05"], at: june)
        let export = ["export", "journal", "2025-05", "--format"]
        let table = try payments.done(house, export + ["csv"], at: nil)
        for row in ["charges,0.50,,EUR", "bank:charges,,0.50,EUR"] {
            let rows = table.split(separator: "\n").filter { $0.contains("bank_charge") && $0.hasSuffix(row) }
            #expect(rows.count == 2, "\(row): \(table)")
        }
        let ledger = try house.write(payments.done(house, export + ["hledger"], at: nil), to: "may.journal")
        let balance = ["-f", ledger, "balance", "charges", "--flat", "--no-total"]
        let found = try expectDone(Command.named("hledger", balance)).output
        #expect(found.contains("1.00 EUR  charges") && found.contains("-1.00 EUR  bank:charges"), "\(found)")
        let beans = try house.write(
            payments.done(house, export + ["beancount"], at: nil), to: "may.beancount")
        let programs = SharedFolder.repository.appendingPathComponent(".build/reader-peers/bin")
        let checked = try Command(programs.appendingPathComponent("bean-check").path, [beans]).run()
        #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked.output)\(checked.errors)")
        _ = try payments.done(house, ["rederive"], at: nil)
    }

    @Test("What the options cannot mean is told, and nothing is done")
    func misused() throws {
        let house = try bank.house()
        let (first, _, _) = entries
        _ = try bank.take(house, bank.camt(first))
        let accept = ["payments", "unmatched", "--accept", "1", "--as", "ben"]
        for arguments in [
            accept + ["--charges", "0.50"], accept + ["--partial"],
            accept + ["--order", "R1-bakery", "--charges", "0.50", "--partial"],
            accept + ["--accept", "2", "--order", "R1-bakery"],
            accept + ["--order", "R1-bakery", "--charges", "0.5"],
            accept + ["--order", "R1-bakery", "--charges", "-0.50"],
            accept + ["--order", "R1-bakery", "--charges", "0.00"], accept + ["--order", "R1 bakery"],
            ["payments", "withdraw", "2025-04", "--approve", "1", "--drop", "2", "--as", "ana"],
            ["payments", "withdraw", "2025-04", "--draft", "--as", "ana"],
        ] { #expect(try payments.run(house, arguments, at: june).status == 2, "\(arguments)") }
        #expect(try payments.done(house, ["bookings"], at: nil).isEmpty)
    }

    @Test("A part that is drafted is told as that among the orders, until it is booked")
    func draftedPart() throws {
        let house = try bank.house()
        _ = try bank.take(house, bank.camt(entries.2))
        let part = ["--accept", "1", "--order", "R1-books", "--partial", "--draft", "--as", "ana"]
        _ = try payments.done(house, ["payments", "unmatched"] + part, at: june)
        let orders = ["payments", "orders", "--ages"]
        let drafted = try payments.done(house, orders, at: june)
        #expect(drafted.contains("drafted with 4.00") && !drafted.contains("booked with"), "\(drafted)")
        _ = try payments.done(house, ["approve", "R1-books", "--as", "ben"], at: june)
        let booked = try payments.done(house, orders, at: june)
        #expect(booked.contains("booked with 4.00") && !booked.contains("drafted with"), "\(booked)")
    }

    @Test("A rejected order that was drafted is given up once somebody approves it")
    func rejected() throws {
        let house = try bank.house()
        let withdraw = ["payments", "withdraw", "2025-04"]
        let draft = withdraw + ["--rejected", "books", "--reason", "AC01", "--draft", "--as", "ana"]
        let said = "R1-books of books: draft 1 of ana waits to give it up as rejected, AC01\n"
        #expect(try payments.done(house, draft, at: june) == said)
        #expect(try payments.refused(house, draft, at: june).contains("rejection_waiting: "))
        #expect(
            try payments.done(house, ["status"], at: june).contains(
                "Orders that wait to be given up\n  " + said))
        #expect(try payments.done(house, ["payments", "run", "2025-04"], at: june).contains(said))
        #expect(try payments.done(house, ["payments", "orders", "2025-04"], at: nil).contains("R1-books"))
        let approve = withdraw + ["--approve", "1", "--as", "ben"]
        #expect(
            try payments.done(house, approve, at: june)
                == "given up as rejected, of payment run 1: draft 1\n")
        #expect(try payments.refused(house, approve, at: june).contains("rejection_unknown: "))
        #expect(try !payments.done(house, ["payments", "orders", "2025-04"], at: nil).contains("R1-books"))
        #expect(try !payments.done(house, ["status"], at: june).contains("wait to be given up"))
    }

    @Test("Killed at any moment and run again, an import and an acceptance book every entry and charge once")
    func killed() throws {
        let house = try bank.house()
        let (first, second, _) = entries
        let file = try house.write(bank.camt(first, second), to: "statement.xml")
        let (data, fresh) = (house.file("data"), house.file("fresh"))
        try FileManager.default.copyItem(at: data, to: fresh)
        let more = ["--as", "ana", "--data", data.path, "--now", june]
        let acts = [
            ["payments", "import", file, "--accept"] + more,
            ["payments", "unmatched", "--accept", "1", "--order", "R1-bakery", "--charges", "0.50"] + more,
        ]
        let begin = ContinuousClock.now
        for act in acts { try expectDone(Command(Command.settledPath, act)) }
        let longest = (ContinuousClock.now - begin) / .microseconds(acts.count)
        var chance = SeededGenerator(seed: 11)
        for number in 1...16 {
            try FileManager.default.removeItem(at: data)
            try FileManager.default.copyItem(at: fresh, to: data)
            for act in acts {
                let process = try Command(Command.settledPath, act)
                    .start(output: house.file("out"), errors: house.file("err"))
                usleep(UInt32(Double.random(in: 0...longest * 1.2, using: &chance)))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                let again = try Command(Command.settledPath, act).run()
                // What was done before its death is told when it is asked for again.
                #expect(
                    again.status == 0 || again.errors.contains("entry_settled: "),
                    "kill \(number): \(again.output)\(again.errors)")
            }
            let bookings = try payments.done(house, ["bookings", "--json"], at: nil).split(separator: "\n")
            #expect(bookings.count == 2, "kill \(number): \(bookings)")
            let audit = try payments.done(house, ["audit"], at: nil)
            for entry in ["entry 1", "entry 2"] {
                let booked = audit.components(separatedBy: "charges of \(entry) booked, 0.50").count - 1
                #expect(booked == 1, "kill \(number): \(audit)")
            }
            #expect(try unmatched(house).isEmpty)
        }
    }
}
