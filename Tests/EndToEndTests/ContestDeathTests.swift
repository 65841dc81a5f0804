import Foundation
import Testing

/// A merchant contests over HTTP, and the daemon dies in between.
@Suite("What merchants contest, by the built binary")
struct ContestDeathTests {
    private func contest(_ quayside: Quayside, _ scratch: Scratch, line: Int) throws -> (
        file: String, signature: String
    ) {
        let file = try scratch.write(
            #"{"alliance":"quayside","at":"\#(Date().ISO8601Format())","reference":"D-\#(line)","#
                + #""period":"2025-04","line":\#(line),"reason":"counted twice"}"#,
            to: "contest-\(line).json")
        try expectDone(Command.settled("sign", file, "--key", quayside.key(of: "bakery.ndjson")))
        let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
        return (file, signature.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// What curl is told; it writes the body, and the status on a line.
    private func post(_ daemon: Daemon, _ contest: (file: String, signature: String)) -> Command {
        Command.named(
            "curl",
            [
                "--silent", "--show-error", "--max-time", "60", "--write-out", "\n%{http_code}", "--header",
                "Content-Type: application/json", "--header", "Settled-Signature: \(contest.signature)",
                "--data-binary", "@\(contest.file)", daemon.url + "/v1/disputes",
            ])
    }

    private func copy(_ quayside: Quayside, _ scratch: Scratch) throws -> String {
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: quayside.data, toPath: data)
        return data
    }

    @Test("Killed at any moment, the same request sent again gives one dispute and the first answer")
    func killed() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = try copy(quayside, scratch)
        for line in 1...6 {
            let contest = try contest(quayside, scratch, line: line)
            let daemon = try Daemon(data: data)
            let sending = try post(daemon, contest).start(
                output: scratch.file("out"), errors: scratch.file("err"))
            // From before it has arrived to after it was answered.
            usleep(UInt32(line - 1) * 12_000)
            daemon.kill()
            sending.waitUntilExit()
            let first = try String(contentsOf: scratch.file("out"), encoding: .utf8)
            let again = try Daemon(data: data)
            let second = try expectDone(post(again, contest)).output
            let third = try expectDone(post(again, contest)).output
            #expect(
                third.hasSuffix("\n200") && third.contains(#""dispute":\#(line),"reference":"D-\#(line)""#))
            #expect(second.dropLast(4) == third.dropLast(4), "\(second)\n\(third)")
            if first.hasSuffix("\n201") { #expect(second == third && first.dropLast(4) == third.dropLast(4)) }
            #expect(again.stop() == 0)
        }
        let listed = try expectDone(Command.settled("disputes", "--all", "--json", "--data", data)).output
        #expect(listed.split(separator: "\n").count == 6, "\(listed)")
        #expect(listed.contains(#""owner":"operator""#) && listed.contains(#""reference":"D-6""#))
        #expect(
            try expectDone(Command.settled("rederive", "--data", data)).lastLine == "all is as it was derived"
        )
    }

    @Test("Another's key file reads nothing of it, and a stranger's signature opens nothing")
    func others() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = try copy(quayside, scratch)
        let daemon = try Daemon(data: data)
        let contest = try contest(quayside, scratch, line: 3)
        let foreign = try expectDone(post(daemon, (contest.file, "a" + contest.signature))).output
        #expect(foreign.hasSuffix("\n401"), "\(foreign)")
        #expect(try expectDone(post(daemon, contest)).output.hasSuffix("\n201"))
        for (merchant, status) in [("bakery", "200"), ("cinema", "404")] {
            let token = try expectDone(
                Command.settled(
                    "token", "--alliance", "quayside", "--key", quayside.key(of: merchant + ".ndjson"))
            ).output
            let ran = try expectDone(
                Command.named(
                    "curl",
                    [
                        "--silent", "--max-time", "60", "--write-out", "\n%{http_code}", "--header",
                        "Authorization: Bearer \(token.trimmingCharacters(in: .whitespacesAndNewlines))",
                        daemon.url + "/v1/disputes/1",
                    ]))
            #expect(ran.output.hasSuffix("\n" + status), "\(ran.output)")
        }
        #expect(daemon.stop() == 0)
    }

    @Test("The command contests, says so again when it is told to again, and says why not")
    func command() throws {
        let quayside = try Quayside.played.get()
        let scratch = try Scratch()
        let data = try copy(quayside, scratch)
        let daemon = try Daemon(data: data)
        let contest = [
            "contest", "--url", daemon.url, "--alliance", "quayside", "--key",
            quayside.key(of: "bakery.ndjson"), "--reason", "twice", "--seal-key", data + "/keys/seal.jwks",
        ]
        let line = contest + ["--period", "2025-04", "--line", "2"]
        let kept = scratch.file("answer.json").path
        let first = try expectDone(Command(Command.settledPath, line + ["--out", kept])).output
        #expect(first.hasPrefix("dispute 1 is open: reference D-"), "\(first)")
        #expect(first.contains("seal by seal/1 is valid\nanswer kept in \(kept)"), "\(first)")
        let proven = try expectDone(Command.settled("verify", kept, "--jwks", data + "/keys/seal.jwks"))
        #expect(proven.output.contains("answer to the contest of dispute 1 of bakery"), "\(proven.output)")
        let again = try expectDone(Command(Command.settledPath, line)).output
        #expect(again.hasPrefix("dispute 1 was opened by the same before"), "\(again)")
        let json = try expectDone(Command(Command.settledPath, line + ["--json"])).output
        #expect(json.contains(#""dispute":1,"reference":"D-"#), "\(json)")
        #expect(try expectDone(Command("/bin/cat", [kept])).output + "\n" == json)
        for (arguments, status, problem) in [
            (contest + ["--period", "2025-04"], 2, "expected --period and --line, or --record"),
            (contest + ["--period", "2025-04", "--line", "99"], 1, "contest_subject_unknown (line)"),
            (contest + ["--record", "nothing"], 1, "contest_subject_unknown (record)"),
            (line + ["--reference", "other"], 1, "dispute_open"),
            (line + ["--alliance", "a b"], 2, "--alliance"),
            (line + ["--alliance", "other"], 1, "contest_alliance (alliance)"),
        ] as [([String], Int32, String)] {
            let ran = try Command(Command.settledPath, arguments).run()
            #expect(ran.status == status && ran.errors.contains(problem), "\(arguments): \(ran.errors)")
        }
        #expect(daemon.stop() == 0)
        let gone = try Command(Command.settledPath, line + ["--wait", "0"]).run()
        #expect(gone.status == 3 && gone.errors.contains("nothing is lost"), "\(gone.errors)")
    }
}
