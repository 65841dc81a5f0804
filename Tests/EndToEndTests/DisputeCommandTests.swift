import Foundation
import Testing

/// Disputes as the operator does them, by the built binary.
@Suite("Disputes by command")
struct DisputeCommandTests {
    private func run(_ data: String, _ arguments: [String], at now: String = "2025-06-10T12:00:00Z") throws
        -> Ran
    {
        try Command(Command.settledPath, arguments + ["--data", data, "--now", now]).run()
    }

    private func done(_ data: String, _ arguments: [String], at now: String = "2025-06-10T12:00:00Z") throws
        -> String
    {
        let ran = try run(data, arguments, at: now)
        try #require(ran.status == 0, "\(arguments): \(ran.status)\n\(ran.output)\n\(ran.errors)")
        return ran.output
    }

    private func copy(_ scratch: Scratch) throws -> String {
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: try Quayside.played.get().data, toPath: data)
        return data
    }

    private static let opening = [
        "--reason", "counted twice", "--owner", "ben", "--due", "2025-06-15", "--as", "ana",
    ]

    @Test(
        "An open one stands on its merchant's page and, overdue, among what is stuck; accepted it is gone from both"
    )
    func course() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        let before = try expectDone(Command.settled("statement", "bakery", "2025-04", "--data", data)).output
        let line = ["dispute", "open", "bakery", "--period", "2025-04", "--line", "3"] + Self.opening
        #expect(try done(data, line).contains("line 3 of 2025-04"))
        _ = try done(data, ["dispute", "open", "books", "--record", "K-1"] + Self.opening)
        for (form, marks) in [
            (
                "--text",
                ["Open disputes", "line 3, April 2025", "counted twice", "in nothing that is signed"]
            ),
            ("--html", ["Open disputes", "counted twice"]),
        ] {
            let page = try expectDone(Command.settled("statement", "bakery", "2025-04", form, "--data", data))
                .output
            for mark in marks { #expect(page.contains(mark), "\(form): \(mark)") }
        }
        #expect(
            try expectDone(Command.settled("statement", "bakery", "2025-04", "--lang", "zh", "--data", data))
                .output.contains("未决争议"))
        let cinema = try expectDone(Command.settled("statement", "cinema", "2025-04", "--data", data)).output
        #expect(!cinema.contains("Open disputes"))
        #expect(try !done(data, ["status"], at: "2025-06-15T20:00:00Z").contains("Stuck"))
        let status = try done(data, ["status"], at: "2025-06-15T22:30:00Z")
        #expect(
            status.contains(
                "Stuck\n  dispute 1 of bakery, line 3 of 2025-04, was due 2025-06-15: ben sees to it"),
            "\(status)")
        #expect(try done(data, ["disputes"], at: "2025-06-16T12:00:00Z").contains("overdue"))
        _ = try done(data, ["dispute", "comment", "1", "--reason", "asked", "--as", "ben"])
        _ = try done(
            data,
            [
                "adjust", "bakery", "--credit", "1.25", "--reference", "D-1", "--reason", "dispute 1", "--as",
                "ana",
            ])
        let accepted = try done(
            data,
            ["dispute", "accept", "1", "--adjustment", "D-1", "--reason", "it was", "--as", "ben", "--json"])
        #expect(
            accepted.hasPrefix(
                #"{"dispute":1,"merchant":"bakery","period":"2025-04","line":3,"state":"accepted","#)
                && accepted.contains(#""text":"it was","adjustment":"D-1"}]}"#), "\(accepted)")
        let listed = try done(data, ["disputes"])
        #expect(listed.contains("record K-1") && !listed.contains("line 3"))
        #expect(try done(data, ["disputes", "--all"]).contains("accepted"))
        #expect(try done(data, ["disputes", "1"]).contains("accepted by ben, adjustment D-1: it was"))
        #expect(
            try expectDone(Command.settled("statement", "bakery", "2025-04", "--data", data)).output == before
        )
        #expect(
            try expectDone(Command.settled("rederive", "--data", data)).lastLine == "all is as it was derived"
        )
    }

    @Test("What is not there cannot be contested")
    func wrong() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        for (arguments, status, problem) in [
            (
                ["open", "bakery", "--period", "2025-04", "--line", "99"] + Self.opening, 2,
                "the statement has 6 lines"
            ),
            (["open", "bakery", "--period", "2025-05", "--line", "1"] + Self.opening, 1, "is open"),
            (["open", "bakery", "--record", "nothing"] + Self.opening, 2, "has no record of this id"),
            (["open", "nobody", "--record", "B-1"] + Self.opening, 2, "no merchant of that id"),
            (
                ["open", "bakery", "--line", "1"] + Self.opening, 2,
                "expected --period and --line, or --record"
            ),
            (["accept", "1", "--adjustment", "D-1", "--reason", "x", "--as", "ben"], 1, "dispute_unknown"),
            (["reject", "1", "--reason", "x", "--as", "b n"], 2, "--as"),
        ] as [([String], Int32, String)] {
            let ran = try run(data, ["dispute"] + arguments)
            #expect(ran.status == status && ran.output.isEmpty, "\(arguments): \(ran.status) \(ran.output)")
            #expect(ran.errors.contains(problem), "\(arguments): \(ran.errors)")
        }
        #expect(try run(data, ["disputes", "7"]).status == 2)
    }

    @Test("It is assigned to another, and that stays to be read")
    func assign() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        _ = try done(data, ["dispute", "open", "books", "--record", "K-1"] + Self.opening)
        let assigned = try done(
            data,
            [
                "dispute", "assign", "1", "--owner", "cem", "--due", "2025-06-20", "--reason", "knows it",
                "--as",
                "ana",
            ])
        #expect(assigned.contains("assigned by ana, to cem, due 2025-06-20: knows it"), "\(assigned)")
        #expect(try done(data, ["disputes"]).contains("cem"))
        let status = try done(data, ["status"], at: "2025-06-20T22:30:00Z")
        #expect(status.contains("was due 2025-06-20: cem sees to it"), "\(status)")
        for (arguments, code, problem) in [
            (["assign", "1", "--reason", "x", "--as", "ana"], 2, "expected --owner, --due or both"),
            (["assign", "1", "--owner", "c m", "--reason", "x", "--as", "ana"], 2, "--owner"),
            (["assign", "1", "--due", "20.6.", "--reason", "x", "--as", "ana"], 2, "expected YYYY-MM-DD"),
            (["assign", "9", "--owner", "cem", "--reason", "x", "--as", "ana"], 1, "dispute_unknown"),
        ] as [([String], Int32, String)] {
            let ran = try run(data, ["dispute"] + arguments)
            #expect(ran.status == code && ran.errors.contains(problem), "\(arguments): \(ran.errors)")
        }
        #expect(
            try expectDone(Command.settled("rederive", "--data", data)).lastLine == "all is as it was derived"
        )
    }

    @Test("A file of them is opened whole or not at all, and all that is wrong with it is told by its lines")
    func file() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        let head = "merchant,period,line,record,reason,owner,due\n"
        let wrong = try scratch.write(
            head + """
                bakery,2025-04,99,,x,ben,2025-06-15
                bakery,2025-04,3,,good,ben,2025-06-15
                nobody,,,K-1,x,ben,2025-06-15
                books,,,K-1,x,ben,15.6.
                books,2025-04,,,x,ben,2025-06-15
                bakery,2025-04,3,,the same,ben,2025-06-15

                """, to: "wrong.csv")
        let opening = ["dispute", "open", "--as", "ana", "--from"]
        for flags in [[], ["--dry-run"]] {
            let ran = try run(data, opening + [wrong] + flags)
            #expect(ran.status == 1 && ran.output.isEmpty, "\(ran.output)")
            for (line, problem) in [
                (2, "the statement has 6 lines"), (4, "no merchant of that id"), (5, "expected YYYY-MM-DD"),
                (6, "expected a period and a line, or a record"), (7, "dispute_open"),
            ] {
                let told = ran.errors.split(separator: "\n").contains {
                    $0.contains("wrong.csv:\(line): ") && $0.contains(problem)
                }
                #expect(told, "\(line) \(problem): \(ran.errors)")
            }
            #expect(!ran.errors.contains("wrong.csv:3"))
        }
        let right = try scratch.write(
            head + """
                bakery,2025-04,3,,"counted twice, it seems",ben,2025-06-15
                books,,,K-1,was never sold,cem,2025-06-16

                """, to: "right.csv")
        let shown = try done(data, opening + [right, "--dry-run"])
        #expect(shown.contains("counted twice, it seems") && shown.contains("dry run: nothing was opened"))
        #expect(try done(data, ["disputes", "--all"]).isEmpty)
        let opened = try done(data, opening + [right, "--json"])
        #expect(opened.split(separator: "\n").count == 2 && opened.hasPrefix(#"{"dispute":1,"#), "\(opened)")
        #expect(try done(data, ["disputes"]).contains("record K-1"))
        let mixed = try run(data, opening + [right, "--owner", "ben"])
        #expect(mixed.status == 2 && mixed.errors.contains("either --from FILE or one dispute"))
    }

    @Test(
        "A file of answers ends all of its disputes or none, and all that is wrong with it is told by its lines"
    )
    func answers() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        for line in ["3", "2", "1"] {
            _ = try done(
                data, ["dispute", "open", "bakery", "--period", "2025-04", "--line", line] + Self.opening)
        }
        for number in ["1", "2"] {
            _ = try done(
                data,
                [
                    "adjust", "bakery", "--credit", "1.25", "--reference", "D-\(number)", "--reason",
                    "dispute \(number)", "--as", "ana",
                ] + (number == "2" ? ["--draft"] : []))
        }
        let accepting = ["dispute", "accept", "--as", "ben", "--from"]
        let wrong = try scratch.write(
            """
            dispute,adjustment,reason
            1,D-1,it was
            3,D-1,it was
            9,D-1,it was
            x,D-1,it was
            3,,it was
            2,D-2,it was
            1,D-1,once more

            """, to: "wrong.csv")
        for flags in [[], ["--dry-run"]] {
            let ran = try run(data, accepting + [wrong] + flags)
            #expect(ran.status == 1 && ran.output.isEmpty, "\(ran.output)")
            for (line, problem) in [
                (3, "adjustment_unnamed: "), (4, "dispute_unknown: "),
                (5, "expected the number of a dispute"),
                (6, "expected the reference of an adjustment"), (7, "adjustment_unknown: "),
                (8, "dispute_ended: "),
            ] {
                let told = ran.errors.split(separator: "\n").contains {
                    $0.contains("wrong.csv:\(line): ") && $0.contains(problem)
                }
                #expect(told, "\(line) \(problem): \(ran.errors)")
            }
            #expect(!ran.errors.contains("wrong.csv:2") && ran.errors.contains("nothing was accepted"))
        }
        _ = try done(data, ["approve", "D-2", "--as", "ben"])
        let right = try scratch.write(
            "dispute,adjustment,reason\n1,D-1,it was\n2,D-2,\"it was, too\"\n", to: "right.csv")
        let shown = try done(data, accepting + [right, "--dry-run"])
        #expect(
            shown.contains("it was, too") && shown.hasSuffix("dry run: nothing was changed\n"), "\(shown)")
        #expect(try done(data, ["disputes", "--json"]).split(separator: "\n").count == 3)
        let ended = try done(data, accepting + [right, "--json"]).split(separator: "\n")
        #expect(ended.count == 2 && ended.allSatisfy { $0.contains(#""state":"accepted""#) }, "\(ended)")
        let answer = try scratch.write("reason,dispute\ntwo sales,3\n", to: "answer.csv")
        let rejected = try done(data, ["dispute", "reject", "--from", answer, "--as", "ben", "--json"])
        #expect(rejected.contains(#""state":"rejected""#) && rejected.contains("two sales"), "\(rejected)")
        #expect(try done(data, ["disputes"]).isEmpty)
        for mixed in [
            ["accept", "1", "--from", right], ["accept", "--from", right, "--adjustment", "D-1"],
            ["accept", "1"],
            ["accept", "1", "--reason", "x"], ["reject", "--reason", "x"],
        ] { #expect(try run(data, ["dispute"] + mixed + ["--as", "ben"]).status == 2, "\(mixed)") }
    }
}
