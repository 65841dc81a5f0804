import Foundation
import Service
import Settlement
import Signing
import Store
import Testing

/// SIGKILL at moments of the program's own choosing would prove little: these come when it is at work.
@Suite("Death at any moment")
struct DeathTests {
    @Test("A close that is killed has changed nothing, and comes out the same when it is done again")
    func duringClose() throws {
        let scratch = try Scratch()
        let (quiet, killed) = (scratch.file("quiet").path, scratch.file("killed").path)
        let fresh = scratch.file("fresh").path
        do {
            let door = try QuaysideDoor()
            let history = RandomHistory(seed: 5, count: 20_000, members: 2_000)
            for batch in history.shuffledBatches(seed: 5, most: 2_000) { _ = try door.take(batch) }
            let data = door.folder.folder.path
            try door.folder.store.shut()
            try FileManager.default.copyItem(atPath: data, toPath: quiet)
            try FileManager.default.copyItem(atPath: data, toPath: killed)
            try FileManager.default.copyItem(atPath: data, toPath: fresh)
        }
        let begin = ContinuousClock.now
        try expectDone(Command.settled("close", "2025-03", "--data", quiet))
        let span = (ContinuousClock.now - begin) / .milliseconds(1)
        let expected = try documents(in: quiet, period: "2025-03")

        // Until four kills have met a close at work: one that came too late leaves a closed period, and the
        // next is tried earlier, on a fresh copy.
        var interrupted = 0
        var attempts = 0
        var wait = span
        while interrupted < 4, attempts < 60 {
            attempts += 1
            let process = try Command.settled("close", "2025-03", "--data", killed)
                .start(output: scratch.file("out"), errors: scratch.file("err"))
            usleep(UInt32(wait * 1000 * Double(1 + attempts % 5) / 6))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let shown = try Command.settled("statement", "operator", "2025-03", "--data", killed).run()
            if shown.status == 0 {
                #expect(try documents(in: killed, period: "2025-03") == expected)
                try FileManager.default.removeItem(atPath: killed)
                try FileManager.default.copyItem(atPath: fresh, toPath: killed)
                wait /= 2
                continue
            }
            #expect(shown.status == 1, "\(shown.errors)")
            let part = try Command.settled("statement", "books", "2025-03", "--data", killed).run()
            #expect(part.status == 1, "a part of a close is there")
            interrupted += 1
        }
        #expect(interrupted == 4, "no close was killed in time: \(span) ms")
        try expectDone(Command.settled("close", "2025-03", "--data", killed))
        #expect(try documents(in: killed, period: "2025-03") == expected)
    }

    /// How a kill left a period.
    private enum Left: Hashable { case open, begun, closed }

    @Test("Hundreds of killed closes leave a period open or closed, and the same bytes in the end")
    func manyCloses() throws {
        let kills = 240
        let scratch = try Scratch()
        let (fresh, quiet) = (scratch.file("fresh").path, scratch.file("quiet").path)
        let killed = scratch.file("killed").path
        do {
            let door = try QuaysideDoor()
            let history = RandomHistory(seed: 6, count: 1_000, members: 100)
            for batch in history.shuffledBatches(seed: 6, most: 250) { _ = try door.take(batch) }
            let data = door.folder.folder.path
            try door.folder.store.shut()
            for copy in [fresh, quiet, killed] {
                try FileManager.default.copyItem(atPath: data, toPath: copy)
            }
        }
        let begin = ContinuousClock.now
        try expectDone(Command.settled("close", "2025-03", "--data", quiet))
        let microseconds = (ContinuousClock.now - begin) / .microseconds(1)
        let expected = try standing(in: quiet).documents
        #expect(expected.count == RandomHistory.merchants.count + 1)

        var chance = SeededGenerator(seed: 6)
        var met: [Left: Int] = [:]
        for number in 1...kills {
            let process = try Command.settled("close", "2025-03", "--data", killed)
                .start(output: scratch.file("out"), errors: scratch.file("err"))
            usleep(UInt32(microseconds * Double.random(in: 0...1.1, using: &chance)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let (left, documents) = try standing(in: killed)
            met[left, default: 0] += 1
            #expect(documents == (left == .closed ? expected : []), "kill \(number)")
            guard left == .closed else { continue }
            try FileManager.default.removeItem(atPath: killed)
            try FileManager.default.copyItem(atPath: fresh, toPath: killed)
        }
        for left in [.open, .begun, .closed] as [Left] { #expect(met[left, default: 0] > 0, "\(met)") }
        try expectDone(Command.settled("close", "2025-03", "--data", killed))
        #expect(try standing(in: killed).documents == expected)
    }

    /// How March stands, and its closing and statements as they were signed.
    private func standing(in data: String) throws -> (left: Left, documents: [[UInt8]]) {
        let store = try Store.open(folder: data)
        defer { try? store.shut() }
        let statements = try store.statements(period: 0).sorted { $0.merchant < $1.merchant }
        let closing = try store.closing(of: 0)
        let documents = statements.map(\.document.bytes) + (closing.map { [$0.document.bytes] } ?? [])
        let isBegun = try store.unfinishedClose() != nil
        return (try store.earliestOpen() > 0 ? .closed : isBegun ? .begun : .open, documents)
    }

    @Test("A batch whose receipt was given is there after a kill, and one without can be sent again")
    func duringIntake() throws {
        let quayside = try Quayside()
        let batches = RandomHistory(seed: 9, count: 3_000, members: 200).shuffledBatches(seed: 9, most: 150)
        var generator = SeededGenerator(seed: 9)
        var daemon = try Daemon(data: quayside.data)
        var kills = 0
        for (number, batch) in batches.enumerated() {
            let file = quayside.scratch.file("batch-\(number)")
            try Data(batch.bytes).write(to: file)
            let name = batch.signer == .operator ? "operator_1" : "batch_\(batch.merchant)_1"
            let key = try KeyFile.readSigning(quayside.scratch.file("data/keys/\(name).key").path)
            let signature = key.sign(batch.bytes)
            if number % 4 == 1 {
                let post = try Command.named("curl", daemon.arguments(file.path, signature: signature))
                    .start(output: quayside.scratch.file("answer"), errors: quayside.scratch.file("curl"))
                usleep(UInt32.random(in: 0..<40_000, using: &generator))
                daemon.kill()
                post.waitUntilExit()
                kills += 1
                let answer = try String(contentsOf: quayside.scratch.file("answer"), encoding: .utf8)
                daemon = try Daemon(data: quayside.data)
                let again = try daemon.post(file.path, signature: signature)
                if answer.hasSuffix("\n201") {
                    #expect(again.0 == 200 && answer == again.1 + "\n201", "a receipt was given for nothing")
                } else {
                    #expect(again.0 == 200 || again.0 == 201, "\(again)")
                }
            } else {
                #expect(try daemon.post(file.path, signature: signature).0 == 201)
            }
        }
        #expect(kills >= 5)
        #expect(daemon.stop() == 0)
        try expectDone(Command.settled("close", "2025-03", "--data", quayside.data))

        let door = try QuaysideDoor()
        for batch in batches { _ = try door.take(batch) }
        let undisturbed = try door.close()
        for merchant in RandomHistory.merchants {
            let shown = try expectDone(
                Command.settled("statement", merchant, "2025-03", "--json", "--data", quayside.data))
            #expect(shown.output == undisturbed["0 \(merchant)", default: ""])
        }
    }

    @Test("A token that was used is used up after a kill too, even one of a clock that is ahead")
    func usedTokens() throws {
        let quayside = try Quayside()
        func token(at now: String) throws -> String {
            try expectDone(
                Command.settled(
                    "token", "--alliance", "quayside", "--key", quayside.key(of: "bakery.ndjson"), "--now",
                    now)
            ).output.trimmingCharacters(in: .newlines)
        }
        func answer(_ daemon: Daemon, to token: String) throws -> String {
            try Command.named(
                "curl",
                [
                    "--silent", "--show-error", "--max-time", "60", "--header",
                    "Authorization: Bearer \(token)", daemon.url + "/v1/batches",
                ]
            ).run().output
        }
        let ahead = try token(at: "2025-05-01T10:00:25Z")
        let first = try Daemon(data: quayside.data, "--now", "2025-05-01T10:00:00Z")
        #expect(try answer(first, to: ahead).contains("\"batches\":["))
        first.kill()
        let second = try Daemon(data: quayside.data, "--now", "2025-05-01T10:00:05Z")
        #expect(try answer(second, to: ahead).contains("\"code\":\"token_replayed\""))
        #expect(try answer(second, to: token(at: "2025-05-01T10:00:25Z")).contains("\"batches\":["))
        #expect(second.stop() == 0)
    }

    /// The closing and every statement of a period as they were signed.
    private func documents(in data: String, period: String) throws -> [String] {
        try (RandomHistory.merchants + ["operator"]).map { merchant in
            try expectDone(Command.settled("statement", merchant, period, "--json", "--data", data)).output
        }
    }
}
