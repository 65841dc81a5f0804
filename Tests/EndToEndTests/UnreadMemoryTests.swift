import Fixtures
import Foundation
import Service
import Settlement
import Testing

/// What answers that nobody reads take of the built daemon's memory.
@Suite("Memory of unread answers")
struct UnreadMemoryTests {
    /// A batch of redemptions that no points are there for: the statement lists each.
    private func unfunded(_ rows: Int) -> [UInt8] {
        let text =
            "settled-batch/1,merchant=bakery,batch=unfunded,sequence=1,records=\(rows),totals.redeem=\(rows)\n"
            + "id,type,member,points,at\n"
            + (0..<rows).map { "R-\($0),redeem,m-\($0),1,2025-03-02T09:00:31Z\n" }.joined()
        return Array(text.utf8)
    }

    @Test("100 connections that ask 16 times each for a statement of megabytes, and read none: below 260 MB")
    func statements() async throws {
        try await offPool {
            let quayside = try Quayside()
            let file = quayside.scratch.file("unfunded.csv").path
            try Data(unfunded(60_000)).write(to: URL(fileURLWithPath: file))
            let key = quayside.key(of: "bakery.ndjson")
            let start = "2025-05-01T10:00:00Z"
            let door = try Daemon(data: quayside.data, "--now", "2025-04-01T10:00:00Z")
            try expectDone(.settled("submit", file, "--url", door.url, "--key", key))
            #expect(door.stop() == 0)
            try expectDone(.settled("close", "2025-03", "--data", quayside.data))
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(
                data: quayside.data, arguments: scratch.certificateArguments + ["--now", start])

            let now = try #require(Instant(rfc3339: start)).advanced(byMilliseconds: 20_000)
            let signing = try KeyFile.readSigning(key, id: nil)
            let tokens = try (0..<1600).map { _ in
                AccessToken.make(
                    alliance: try #require(AllianceID("quayside")), key: signing, now: now, seconds: 300)
            }
            let input = try scratch.write(tokens.joined(separator: "\n") + "\n", to: "tokens")
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/unread.py").path
            let ran = try Command.named(
                "sh",
                [
                    "-c", "exec python3 \"$0\" 127.0.0.1 \"$1\" \"$2\" 100 16 < \"$3\"", script, port,
                    "/v1/statements/2025-03/STATEMENT.json", input,
                ]
            ).run()
            let told = try #require(
                try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Int],
                "\(ran.errors)")
            #expect(told["good"] == 1600 && told["other"] == 0, "\(told)")
            let peak = try daemon.peakMemory
            #expect(peak < 260_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }
}
