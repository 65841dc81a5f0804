import Foundation
import Testing

/// `settled retain` and `settled member` as they are called, and killed.
@Suite("Retention, by the built binary")
struct RetentionDeathTests {
    private func copy(_ scratch: Scratch) throws -> String {
        let data = scratch.file("data").path
        try FileManager.default.copyItem(atPath: Quayside.played.get().data, toPath: data)
        return data
    }

    private func retain(_ data: String, _ archive: String, _ more: String...) -> Command {
        Command(
            Command.settledPath, ["retain", "--periods", "1", "--archive", archive, "--data", data] + more)
    }

    private func rederive(_ data: String, _ archives: String) throws -> Ran {
        try Command.settled("rederive", "--data", data, "--archives", archives).run()
    }

    /// How many batches there are to move: those of March, but for one of which anything waited until April.
    private func movable(_ data: String) throws -> Int {
        let dry = try expectDone(retain(data, data + "/none.zst", "--dry-run", "--json")).output
        let said = try JSONSerialization.jsonObject(with: Data(dry.utf8)) as? [String: Any]
        let batches = try #require(said?["batches"] as? Int)
        #expect((3...5).contains(batches), "\(dry)")
        return batches
    }

    @Test("Killed at any moment, no byte of a batch is lost, and it is done when it is called again")
    func killed() throws {
        let (longest, rounds) = (try undisturbed(), 10)
        var met = 0
        for step in 0..<rounds {
            let scratch = try Scratch()
            let data = try copy(scratch)
            let batches = try movable(data)
            let archives = scratch.file("archives")
            try FileManager.default.createDirectory(at: archives, withIntermediateDirectories: false)
            let first = archives.appendingPathComponent("first.zst").path
            let process = try retain(data, first).start(
                output: scratch.file("out"), errors: scratch.file("err"))
            if step.isMultiple(of: 2) {
                usleep(UInt32(longest * Double(step) / Double(rounds - 1) * 1_000_000))
            } else {
                // As soon as there is something of an archive.
                while process.isRunning,
                    try FileManager.default.contentsOfDirectory(atPath: archives.path).isEmpty
                { usleep(200) }
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let begun = try FileManager.default.contentsOfDirectory(atPath: archives.path)
            if process.terminationReason == .uncaughtSignal, !begun.isEmpty { met += 1 }
            let after = try rederive(data, archives.path)
            #expect(after.status == 0 && after.lastLine == "all is as it was derived", "\(after)")
            // A second name, as the first may be there.
            try expectDone(retain(data, archives.appendingPathComponent("second.zst").path))
            let done = try rederive(data, archives.path)
            #expect(done.status == 0, "\(done)")
            #expect(done.output.contains("from archives: the bytes of \(batches) batches"), "\(done.output)")
            try expectDone(
                Command.settled(
                    "doctor", "--full", "--archives", archives.path, "--data", data, "--no-config"))
        }
        #expect(met > 0, "of \(rounds) kills within \(longest) s none met an archive that was being made")
    }

    /// Seconds that it takes where nobody disturbs it.
    private func undisturbed() throws -> Double {
        let scratch = try Scratch()
        let data = try copy(scratch)
        let begun = ContinuousClock.now
        try expectDone(retain(data, scratch.file("whole.zst").path))
        return (ContinuousClock.now - begun) / .seconds(1)
    }

    @Test("It says what it did, refuses with codes, and without the archive nothing is built again")
    func commands() throws {
        let scratch = try Scratch()
        let data = try copy(scratch)
        let batches = try movable(data)
        let archive = scratch.file("march.zst").path
        let dry = try expectDone(retain(data, archive, "--dry-run")).output
        #expect(dry.hasPrefix("would be moved to \(archive): \(batches) batches of "), "\(dry)")
        let json = try expectDone(retain(data, archive, "--json")).output
        #expect(
            json.hasPrefix(#"{"archive":"\#(archive)","kept_from":"2025-04","batches":\#(batches),"#),
            "\(json)")
        #expect(try expectDone(retain(data, archive)).output.hasPrefix("nothing to archive"))
        let without = try Command.settled("rederive", "--data", data).run()
        #expect(
            without.status == 1 && without.errors.contains("archive_missing: the archive march.zst, sha256:"))
        #expect(try rederive(data, archive).status == 0)
        let many = try Command.settled(
            "retain", "--periods", "9", "--archive", archive, "--data", data
        ).run()
        #expect(many.status == 1 && many.errors.contains("periods_too_few"), "\(many)")
        #expect(
            try Command.settled("retain", "--periods", "0", "--archive", "x", "--data", data).run().status
                == 2)
        if Command.isThere("zstd") {
            let bytes = try expectDone(.named("zstd", ["-dc", archive])).output
            #expect(bytes.contains("settled-batch/1"), "\(bytes)")
        }
        let explained = try expectDone(
            Command.settled("explain", "bakery", "2025-03", "--line", "1", "--data", data)
        ).output
        #expect(explained.contains("    its bytes are in the archive march.zst, sha256:"), "\(explained)")
    }

    @Test("Everything about a member is one JSON document, a name that is none is used wrongly")
    func member() throws {
        let data = try Quayside.played.get().data
        let batch = try String(
            contentsOf: Quayside.played.get().scratch.file("2025-03/bakery.ndjson"), encoding: .utf8)
        let line = try #require(batch.split(separator: "\n").dropFirst().first)
        let record = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let member = try #require(record["member"] as? String)
        let shown = try expectDone(Command.settled("member", "show", member, "--json", "--data", data)).output
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any])
        let records = try #require(document["records"] as? [[String: Any]])
        #expect(records.contains { $0["id"] as? String == record["id"] as? String }, "\(shown)")
        let text = try expectDone(Command.settled("member", "show", member, "--data", data)).output
        #expect(text.hasPrefix("member \(member) of quayside, as of "), "\(text)")
        #expect(
            try expectDone(Command.settled("member", "show", "nobody-at-all", "--data", data)).output
                == "nothing is held about this member\n")
        #expect(try Command.settled("member", "show", "a b", "--data", data).run().status == 2)
    }
}
