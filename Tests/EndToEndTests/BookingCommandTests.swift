import Foundation
import Testing

/// Acts of money as a finance person does them, by the built binary.
@Suite("Payments and adjustments by command")
struct BookingCommandTests {
    private static let april = "2025-04-10T12:00:00+02:00"

    private func run(_ quayside: Quayside, _ arguments: [String], at now: String = april) throws -> Ran {
        try Command(Command.settledPath, arguments + ["--data", quayside.data, "--now", now]).run()
    }

    private func done(_ quayside: Quayside, _ arguments: [String], at now: String = april) throws -> String {
        let ran = try run(quayside, arguments, at: now)
        try #require(ran.status == 0, "\(arguments): \(ran.status)\n\(ran.output)\n\(ran.errors)")
        return ran.output
    }

    private let pay = [
        "pay", "bakery", "--received", "19.10", "--reference", "BANK-1", "--reason", "transfer",
    ]

    @Test("A payment is booked once, however often it is said, and another one of its reference is refused")
    func once() throws {
        let quayside = try Quayside()
        let trial = try done(quayside, pay + ["--as", "ana", "--dry-run"])
        #expect(
            trial.contains(
                "would be booked: BANK-1, 19.10 EUR received from bakery, dated 2025-04-10, in 2025-04"))
        #expect(trial.hasSuffix("dry run: nothing was changed\n"))
        let future = try done(quayside, pay + ["--date", "2025-06-01", "--as", "ana", "--dry-run"])
        #expect(future.contains("dated 2025-06-01, in 2025-06, which has not begun\n"), "\(future)")
        let early = try done(quayside, pay + ["--date", "2025-02-01", "--as", "ana", "--dry-run"])
        #expect(early.contains("in 2025-03, as that is before the alliance's start\n"), "\(early)")
        let never = try run(quayside, pay + ["--date", "2105-06-01", "--as", "ana"])
        #expect(never.status == 1 && never.errors.contains("date_out_of_bounds: bakery BANK-1"))
        #expect(try list(quayside).isEmpty)
        #expect(try done(quayside, pay + ["--as", "ana"]).hasPrefix("booked: BANK-1, "))
        #expect(
            try done(quayside, pay + ["--as", "ben"]).hasPrefix("booked already, nothing to do: BANK-1, "))
        let tomorrow = "2025-04-11T12:00:00+02:00"
        #expect(
            try done(quayside, pay + ["--as", "ana"], at: tomorrow).hasPrefix(
                "booked already, nothing to do: BANK-1, 19.10 EUR received from bakery, dated 2025-04-10"))
        let draft = pay.map { $0 == "BANK-1" ? "BANK-9" : $0 } + ["--draft", "--as", "ana"]
        _ = try done(quayside, draft)
        #expect(try done(quayside, draft, at: tomorrow).hasPrefix("drafted already, nothing to do: BANK-9, "))
        let other = try run(quayside, pay + ["--date", "2025-04-09", "--as", "ana"])
        #expect(other.status == 1 && other.output.isEmpty)
        #expect(
            other.errors.contains(
                "reference_reused: bakery BANK-1: it is taken by the payment of 1910 minor units"))
        let json = try done(quayside, pay + ["--as", "ana", "--json"])
        #expect(
            json == """
                {"dry_run":false,"bookings":[{"outcome":"already_booked","merchant":"bakery","kind":"payment",\
                "reference":"BANK-1","amount":1910,"date":"2025-04-10","reason":"transfer","period":"2025-04",\
                "late":false}]}

                """)
    }

    @Test("An amount in other units, a date or a name that is none is a misuse, and says what was expected")
    func misused() throws {
        let quayside = try Quayside()
        let rest = ["--reference", "R", "--reason", "x", "--as", "ana"]
        let wrong: [([String], String)] = [
            (
                ["pay", "bakery", "--received", "1910"] + rest,
                "expected an amount in EUR as 1234.50, found 1910"
            ),
            (["pay", "bakery", "--paid", "19.1"] + rest, "--paid: expected an amount in EUR"),
            (["adjust", "bakery", "--credit=-5.00"] + rest, "without a sign, found -5.00"),
            (["adjust", "no shop", "--charge", "5.00"] + rest, "a merchant's id"),
            (["pay", "bakery", "--paid", "1.00", "--date", "10.4.2025"] + rest, "expected YYYY-MM-DD"),
            (["pay", "bakery"] + rest, "expected one of --received, --paid, --undo and --from"),
            (["pay", "bakery", "--paid", "1.00", "--received", "1.00"] + rest, "expected one of"),
            (["pay", "--paid", "1.00"] + rest, "expected a merchant"),
            (
                ["pay", "--from", "x.csv", "--reference", "R", "--as", "ana"],
                "either --from FILE or one booking"
            ),
            (["pay", "bakery", "--paid", "1.00", "--reference", "R", "--reason", "x"], "--as"),
            (
                ["pay", "bakery", "--paid", "1.00", "--reference", "R", "--reason", "x", "--as", "a b"],
                "--as"
            ),
            (["approve", "a b", "--as", "ana"], "is no reference"),
        ]
        for (arguments, problem) in wrong {
            let ran = try run(quayside, arguments)
            #expect(ran.status == 2 && ran.output.isEmpty, "\(arguments): \(ran.status) \(ran.errors)")
            #expect(ran.errors.contains(problem), "\(arguments): \(ran.errors)")
        }
    }

    @Test("An error is taken back by its opposite; both stand on the statements, and all comes out again")
    func undo() throws {
        let quayside = try Quayside()
        _ = try done(
            quayside,
            [
                "adjust", "bakery", "--credit", "7.00", "--reference", "GW-1", "--reason", "goodwill",
                "--date",
                "2025-03-05", "--as", "ana",
            ])
        _ = try done(quayside, ["close", "2025-03"])
        let undone = try done(
            quayside,
            [
                "adjust", "bakery", "--undo", "GW-1", "--reference", "GW-1-U", "--reason", "wrong shop",
                "--date",
                "2025-03-06", "--as", "ben",
            ])
        #expect(
            undone
                == "booked: GW-1-U, 7.00 EUR charged to bakery, dated 2025-03-06, in 2025-04, as 2025-03 takes no "
                + "more, undoes GW-1\n")
        let twice = try run(
            quayside,
            [
                "adjust", "bakery", "--undo", "GW-1", "--reference", "GW-1-V", "--reason", "again", "--as",
                "ben",
            ])
        #expect(
            twice.status == 1 && twice.errors.contains("already_undone: bakery GW-1-V: GW-1-U undid GW-1"))
        let unknown = try run(
            quayside, ["pay", "bakery", "--undo", "X", "--reference", "Y", "--reason", "z", "--as", "ben"])
        #expect(unknown.status == 1 && unknown.errors.contains("undo_unknown"))
        let other = try run(
            quayside, ["pay", "bakery", "--undo", "GW-1", "--reference", "Y", "--reason", "z", "--as", "ben"])
        #expect(other.status == 1 && other.errors.contains("undo_mismatch"))
        _ = try done(quayside, ["close", "2025-04"], at: "2025-06-01T00:00:00Z")
        let statement = try expectDone(
            Command.settled("statement", "bakery", "2025-04", "--csv", "--data", quayside.data)
        ).output
        #expect(statement.contains(",adjustment,,,,GW-1-U,,-7.00,EUR"))
        let listed = try expectDone(Command.settled("bookings", "--data", quayside.data)).output
        #expect(
            listed.contains("undone by GW-1-U") && listed.contains("booked, undoes GW-1, late"), "\(listed)")
        let json = try expectDone(
            Command.settled("bookings", "--period", "2025-04", "--json", "--data", quayside.data)
        ).output
        #expect(
            json.hasPrefix(
                #"{"merchant":"bakery","kind":"adjustment","reference":"GW-1-U","amount":-700,"date":"2025-03-06","#
            )
                && json.contains(
                    #""undoes":"GW-1","state":"booked","period":"2025-04","late":true,"person":"ben""#)
        )
        let explained = try expectDone(
            Command.settled("explain", "bakery", "2025-04", "--line", "3", "--data", quayside.data)
        ).output
        #expect(explained.contains("booked by the operator (ben)") && explained.contains("takes back GW-1"))
        let ran = try expectDone(Command.settled("rederive", "--data", quayside.data))
        #expect(ran.lastLine == "all is as it was derived")
    }

    @Test("A file is booked whole or not at all, and every row that is wrong is named")
    func file() throws {
        let quayside = try Quayside()
        _ = try done(quayside, pay + ["--as", "ana"])
        let wrong = try quayside.scratch.write(
            """
            merchant,reference,amount,date,reason,undoes
            bakery,B-1,10.00,,transfer,
            books,B-2,-3.50,2025-04-02,paid out,
            nobody,B-3,1.00,,transfer,
            bakery,B-4,1,,transfer,
            bakery,BANK-1,5.00,,transfer,
            bakery,B-5,,,,BANK-1
            bakery,B-1,10.00,,transfer,
            """, to: "wrong.csv")
        let refused = try run(quayside, ["pay", "--from", wrong, "--as", "ana"])
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(refused.errors.contains("wrong.csv:5: amount: expected an amount in EUR as 1234.50, found 1"))
        #expect(refused.errors.contains("wrong.csv:7: reason: expected a reason, found nothing"))
        // What can be read is judged all the same.
        #expect(refused.errors.contains("wrong.csv:4: merchant_unknown: nobody B-3"), "\(refused.errors)")
        #expect(refused.errors.contains("wrong.csv:8: reference_reused: bakery B-1"))
        let text = try String(contentsOfFile: wrong, encoding: .utf8)
            .replacingOccurrences(of: "B-4,1,", with: "B-4,1.00,")
            .replacingOccurrences(of: "B-5,,,,", with: "B-5,,,not theirs,")
        let better = try quayside.scratch.write(text, to: "better.csv")
        let again = try run(quayside, ["pay", "--from", better, "--as", "ana"])
        #expect(again.status == 1 && again.errors.contains("better.csv:4: merchant_unknown: nobody B-3"))
        #expect(again.errors.contains("better.csv:6: reference_reused: bakery BANK-1"))
        #expect(
            again.errors.contains("better.csv:8: reference_reused: bakery B-1: the reference stands twice"))
        let good = try quayside.scratch.write(
            text.split(separator: "\n").enumerated().filter { ![3, 5, 7].contains($0.offset) }
                .map(\.element).joined(separator: "\n"), to: "good.csv")
        let trial = try done(quayside, ["pay", "--from", good, "--as", "ana", "--dry-run"])
        #expect(
            trial.contains(
                "in favour of merchants 2 of 11.00 EUR, to their debit 2 of -22.60 EUR, done already 0"),
            "\(trial)")
        #expect(
            trial.contains(
                "would be booked: B-5, 19.10 EUR paid to bakery, dated 2025-04-10, in 2025-04, undoes BANK-1")
        )
        #expect(try list(quayside).count == 1)
        _ = try done(quayside, ["pay", "--from", good, "--as", "ana"])
        #expect(try list(quayside).count == 5)
        #expect(try done(quayside, ["pay", "--from", good, "--as", "ana"]).contains("done already 4"))
        #expect(try list(quayside).count == 5)
        let column = try quayside.scratch.write("merchant,reference,amount\n", to: "column.csv")
        #expect(
            try run(quayside, ["pay", "--from", column, "--as", "ana"]).errors.contains(
                "column reason is missing"))
    }

    private func list(_ quayside: Quayside, _ more: String...) throws -> [Substring] {
        try expectDone(
            Command(Command.settledPath, ["bookings", "--json", "--data", quayside.data] + more)
        ).output.split(separator: "\n")
    }

    @Test("With four eyes two persons with keys of their own book what one of them drafted")
    func fourEyes() throws {
        let quayside = try Quayside()
        for name in ["ana", "ben"] {
            let (key, pub) = (
                quayside.scratch.file("\(name).pem").path, quayside.scratch.file("\(name).pub").path
            )
            let script = """
                umask 077; openssl genpkey -algorithm ed25519 -out "$0" && openssl pkey -in "$0" -pubout -out "$1"
                """
            try expectDone(Command.named("bash", ["-ec", script, key, pub]))
            _ = try done(
                quayside, ["key", "add", "--operator", "--ed25519", pub, "--id", name],
                at: "2025-03-01T00:00:00Z")
        }
        let alliance = quayside.scratch.file("alliance.yaml")
        let text = try String(contentsOf: alliance, encoding: .utf8)
            .replacingOccurrences(of: "four_eyes: false", with: "four_eyes: true")
        try text.write(to: alliance, atomically: true, encoding: .utf8)
        #expect(try done(quayside, ["apply", alliance.path]).contains("+ four_eyes: true"))
        func by(_ name: String) -> [String] {
            ["--as", name, "--key", quayside.scratch.file("\(name).pem").path]
        }
        for (arguments, code) in [
            (pay + by("ana"), "draft_required"), (pay + ["--draft", "--as", "ana"], "person_key_required"),
            (
                pay + ["--draft", "--as", "cem", "--key", quayside.scratch.file("ana.pem").path],
                "person_unknown"
            ),
            (
                pay + ["--draft", "--as", "ben", "--key", quayside.scratch.file("ana.pem").path],
                "person_key_mismatch"
            ),
            (["approve", "BANK-1"] + by("ben"), "draft_unknown"),
        ] {
            let ran = try run(quayside, arguments)
            #expect(ran.status == 1 && ran.errors.contains("\(code): "), "\(code): \(ran.errors)")
        }
        #expect(try done(quayside, pay + ["--draft"] + by("ana")).hasPrefix("drafted: BANK-1, "))
        #expect(try list(quayside, "--waiting").count == 1)
        #expect(
            try done(quayside, ["status"]).contains(
                "payment BANK-1#1 of bakery, drafted by ana on 2025-04-10T10:00:00+00:00"))
        let listing = try expectDone(
            Command.settled("bookings", "--waiting", "--data", quayside.data)
        ).output
        #expect(listing.contains("BANK-1#1"), "\(listing)")
        let unnumbered = try run(quayside, ["approve", "BANK-1"] + by("ben"))
        #expect(
            unnumbered.status == 1 && unnumbered.errors.contains("draft_number_required: BANK-1: "),
            "\(unnumbered.errors)")
        let own = try run(quayside, ["approve", "BANK-1#1"] + by("ana"))
        #expect(
            own.status == 1 && own.errors.contains("same_person: BANK-1: ana drafted it"), "\(own.errors)")
        #expect(
            try done(quayside, ["approve", "BANK-1#1", "--dry-run"] + by("ben")).hasPrefix("would be booked"))
        #expect(try done(quayside, ["approve", "BANK-1#1"] + by("ben")).hasPrefix("booked: BANK-1, "))
        #expect(try list(quayside, "--waiting").isEmpty)
        let listed = try expectDone(Command.settled("bookings", "--data", quayside.data)).output
        #expect(listed.contains("drafted by ana, approved by ben"), "\(listed)")
        _ = try done(quayside, pay.map { $0 == "BANK-1" ? "BANK-2" : $0 } + ["--draft"] + by("ana"))
        #expect(try done(quayside, ["withdraw", "BANK-2"] + by("ana")).hasPrefix("withdrawn: BANK-2, "))
        let audit = try expectDone(
            Command.settled("audit", "--limit", "4", "--json", "--data", quayside.data)
        ).output
        for entry in [
            #""act":"draft_withdrawn","merchant":"bakery","key":"ana","reason":"payment BANK-2 of 1910 by ana""#,
            #""act":"booked","merchant":"bakery","key":"ben","reason":"payment BANK-1 of 1910 by ben, drafted by ana""#,
            #""act":"drafted","merchant":"bakery","key":"ana","reason":"payment BANK-1 of 1910 by ana""#,
        ] { #expect(audit.contains(entry), "\(audit)") }
        for month in ["2025-03", "2025-04"] {
            _ = try done(quayside, ["close", month], at: "2025-06-01T00:00:00Z")
        }
        #expect(
            try expectDone(Command.settled("rederive", "--data", quayside.data)).lastLine
                == "all is as it was derived")
    }
}
