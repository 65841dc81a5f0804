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

    /// Megabytes find room for some only, as one reader has a quarter of it; what stays in memory as a rule is bounded too.
    @Test(
        "100 connections that ask 16 times each for a statement, and read none: below 260 MB, then all is well",
        arguments: [60_000, 400])
    func statements(rows: Int) async throws {
        try await offPool {
            let quayside = try Quayside()
            let file = quayside.scratch.file("unfunded.csv").path
            try Data(unfunded(rows)).write(to: URL(fileURLWithPath: file))
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
            let tokens = try (0..<1630).map { _ in
                AccessToken.make(
                    alliance: try #require(AllianceID("quayside")), key: signing, now: now, seconds: 300)
            }
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/unread.py").path
            /// How many requests are answered 200, and how many otherwise.
            func ask(_ tokens: some Sequence<String>, connections: Int, streams: Int) throws -> [Int] {
                let input = try scratch.write(tokens.joined(separator: "\n") + "\n", to: "tokens")
                let ran = try Command.named(
                    "sh",
                    [
                        "-c", "exec python3 \"$0\" 127.0.0.1 \"$1\" \"$2\" \"$3\" \"$4\" < \"$5\"",
                        script, port, "/v1/statements/2025-03/STATEMENT.json", "\(connections)",
                        "\(streams)", input,
                    ]
                ).run()
                let told = try #require(
                    try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Int],
                    "\(ran.errors)")
                return [told["good"] ?? 0, told["other"] ?? 0]
            }
            let told = try ask(tokens.prefix(1600), connections: 100, streams: 16)
            #expect(told[0] + told[1] == 1600 && told[0] >= 20, "\(told)")
            let peak = try daemon.peakMemory
            #expect(peak < 260_000_000, "\(peak) bytes at the most")
            // Those connections are closed: what they took is given back.
            var next = [0, 1]
            for token in tokens.suffix(30) where next != [1, 0] {
                next = try ask([token], connections: 1, streams: 1)
            }
            #expect(next == [1, 0])
            #expect(daemon.stop() == 0)
        }
    }
}
