import Foundation
import Testing

/// `settled member forget` as it is called: a member goes, and all that was settled stays.
@Suite("Forgetting a member, by the built binary")
struct ForgettingTests {
    private func document(_ arguments: String...) throws -> [String: Any] {
        let output = try expectDone(Command(Command.settledPath, arguments + ["--json"])).output
        return try #require(
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
    }

    /// A merchant's statement verifies with a DETAILS.csv that has the pseudonym, by the notice beside it.
    private func expectVerified(_ quayside: Quayside, _ merchant: String, _ period: String) throws {
        let out = try quayside.statement(of: merchant, period)
        let ran = try expectDone(
            .settled(
                "verify", out.file("STATEMENT.json").path, "--jwks", out.file("seal.jwks").path, "--key",
                out.file("statement.key").path))
        #expect(ran.output.contains(": members were forgotten"), "\(ran.output)")
        let details = try String(contentsOf: out.file("DETAILS.csv"), encoding: .utf8)
        #expect(details.contains(",forgotten-") && !details.contains(ForgottenMember.id))
    }

    @Test(
        "Nothing in the data says the id any more, all verifies and comes again, and a late refund finds its original"
    )
    func whole() async throws {
        try await offPool {
            let scene = try ForgottenMember()
            let (data, archives, id) = (scene.data, scene.archives.path, ForgottenMember.id)
            #expect(try !ForgottenMember.files(in: data).isEmpty)
            let before = try Command.settled("statement", "books", "2025-03", "--json", "--data", data).run()
                .output
            let dry = try expectDone(ForgottenMember.forget(data, archives, "--dry-run")).output
            #expect(
                dry.hasPrefix("would be called forgotten-") && dry.contains("\nDETAILS.csv of 2025-03: "),
                "\(dry)")
            let pseudonym = try forget(scene)
            #expect(try ForgottenMember.files(in: data) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: archives) == ["march.2.zst"])
            if Command.isThere("zstd") {
                let packed = archives + "/march.2.zst"
                let bytes = try expectDone(.named("zstd", ["-dc", packed])).output
                #expect(bytes.contains(pseudonym) && !bytes.contains(id), "\(bytes)")
            }
            try ForgottenMember.expectWell(data, archives)
            let after = try Command.settled("statement", "books", "2025-03", "--json", "--data", data).run()
                .output
            #expect(after == before && !after.isEmpty)
            for (merchant, period) in [("books", "2025-03"), ("bakery", "2025-03"), ("bakery", "2025-04")] {
                try expectVerified(scene.quayside, merchant, period)
            }
            try expectDone(.settled("close", "2025-05", "--data", data))
            try refund(scene, pseudonym)
            #expect(try ForgottenMember.files(in: data) == [])
            try ForgottenMember.expectWell(data, archives)
        }
    }

    /// Forgets the member, whose id is read; gives the pseudonym.
    private func forget(_ scene: ForgottenMember) throws -> String {
        let script = #"printf '%s\n' "$0" | "$1" member forget - "${@:2}""#
        let arguments = [
            "--by", "ana", "--reason", "asked by letter", "--archives", scene.archives.path, "--search",
            scene.quayside.scratch.file("2025-03").path, "--data", scene.data,
        ]
        let said = try expectDone(
            .named("bash", ["-c", script, ForgottenMember.id, Command.settledPath] + arguments)
        ).output
        #expect(!said.contains(ForgottenMember.id), "\(said)")
        #expect(said.contains("/2025-03/bakery.ndjson: names it\n"), "\(said)")
        let pseudonym = try #require(said.firstMatch(of: /forgotten-[0-9a-f]{32}/)).output
        #expect(said.hasPrefix("is called \(pseudonym) from now on\n"), "\(said)")
        return String(pseudonym)
    }

    /// A daemon starts again, takes the refund of a purchase of May under the real id, and a close settles it.
    private func refund(_ scene: ForgottenMember, _ pseudonym: String) throws {
        let daemon = try Daemon(data: scene.data)
        let busy = try ForgottenMember.forget(scene.data, scene.archives.path).run()
        #expect(
            busy.status == 2 && busy.errors.contains("a daemon, or `settled member forget`, has it open"),
            "\(busy)")
        let record =
            #"{"id":"B-21","type":"earn_reversal","member":"\#(ForgottenMember.id)","points":90,"#
            + #""at":"2025-06-02T10:00:00+02:00","ref":"B-20"}"#
        try scene.submit(record, of: "bakery", sequence: 4, totals: #""earn_reversal":90"#, to: daemon)
        try expectDone(.settled("close", "2025-06", "--data", scene.data))
        #expect(daemon.stop() == 0)
        for name in [ForgottenMember.id, pseudonym] {
            let shown = try document("member", "show", name, "--data", scene.data)
            #expect(shown["member"] as? String == pseudonym)
            let records = try #require(shown["records"] as? [[String: Any]])
            let refund = try #require(records.first { $0["id"] as? String == "B-21" })
            #expect(
                refund["state"] as? String == "settled" && refund["ended"] as? String == "2025-06",
                "\(refund)")
        }
    }

    @Test("What is wrong is refused with a code or as used wrongly, and the id is not said again")
    func refused() throws {
        // Others look at what was played meanwhile, and this keeps daemons off.
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: Quayside.played.get().data, toPath: data)
        func run(_ member: String, by: String = "ana", _ more: String...) throws -> Ran {
            try Command(
                Command.settledPath,
                ["member", "forget", member, "--by", by, "--reason", "asked", "--data", data] + more
            ).run()
        }
        let unknown = try run(ForgottenMember.id)
        #expect(unknown.status == 1 && unknown.errors.contains("member_unknown: "), "\(unknown)")
        #expect(!unknown.errors.contains(ForgottenMember.id))
        #expect(try run("a b").status == 2)
        #expect(try run("-").status == 2, "nothing is read where nothing is written")
        #expect(try run("ben", by: "a b").status == 2)
        #expect(try run("ben", by: "ben").status == 2)
        #expect(try run("ben", "--search", data + "/none").status == 2)
        #expect(try Command.settled("member", "forget", "ben", "--data", data).run().status == 2)
        let dry = try run("ben", "--dry-run", "--json")
        #expect(dry.status == 0 && dry.output.hasPrefix(#"{"pseudonym":"forgotten-"#), "\(dry)")
    }

    @Test("From standard input one id is taken; where there are more, none is passed over")
    func typed() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: Quayside.played.get().data, toPath: data)
        let script = #"printf '%s' "$0" | "$1" member forget - --by ana --reason asked --dry-run --data "$2""#
        func run(_ text: String) throws -> Ran {
            try Command.named("sh", ["-c", script, text, Command.settledPath, data]).run()
        }
        for text in ["ben\nana", "ben\n\n ana \n", "ben\nben\n"] {
            let many = try run(text)
            #expect(many.status == 2 && many.errors.contains("has more than one line"), "\(many)")
        }
        for text in ["ben", "\n ben \n\n"] {
            let one = try run(text)
            #expect(one.status == 0 && one.output.contains("would be called forgotten-"), "\(one)")
        }
    }

    @Test("Killed at any moment all is well, and called again it is done")
    func killed() async throws {
        try await offPool {
            let scene = try ForgottenMember()
            let rounds = 12
            let longest = try undisturbed(scene)
            var met = 0
            for step in 0..<rounds {
                let scratch = try Scratch()
                let (data, archives) = try scene.copy(to: scratch)
                let process = try ForgottenMember.forget(data, archives).start(
                    output: scratch.file("out"), errors: scratch.file("err"))
                usleep(UInt32(longest * Double(step) / Double(rounds - 1) * 1_000_000))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                if process.terminationReason == .uncaughtSignal { met += 1 }
                try ForgottenMember.expectWell(data, archives)
                try expectDone(ForgottenMember.forget(data, archives))
                #expect(try ForgottenMember.files(in: data) == [])
                let left = try FileManager.default.contentsOfDirectory(atPath: archives)
                    .filter { !$0.hasPrefix(".") }
                #expect(left.count == 1 && left != ["march.zst"], "\(left)")
                try ForgottenMember.expectWell(data, archives)
            }
            #expect(met > 0, "of \(rounds) kills within \(longest) s none met the command at work")
        }
    }

    /// Seconds that it takes where nobody disturbs it.
    private func undisturbed(_ scene: ForgottenMember) throws -> Double {
        let scratch = try Scratch()
        let (data, archives) = try scene.copy(to: scratch)
        let begun = ContinuousClock.now
        try expectDone(ForgottenMember.forget(data, archives))
        return (ContinuousClock.now - begun) / .seconds(1)
    }
}
