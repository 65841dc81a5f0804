import Fixtures
import Foundation
import Service
import Settlement
import Testing

@Suite("Clients of HTTP/2 that hang up amid what they ask")
struct HangUpTests {
    private static let start = "2025-05-01T10:00:00Z"

    /// Tokens of a merchant, a line each; who uses one twice is refused where it would be read.
    private func tokens(_ count: Int, _ quayside: Quayside) throws -> String {
        let now = try #require(Instant(rfc3339: Self.start)).advanced(byMilliseconds: 20_000)
        let alliance = try #require(AllianceID("quayside"))
        let key = try KeyFile.readSigning(quayside.key(of: "bakery.ndjson"), id: nil)
        return (0..<count).map { _ in
            AccessToken.make(alliance: alliance, key: key, now: now, seconds: 300) + "\n"
        }.joined()
    }

    /// More streams than a connection may have, and more than it is refused before it is closed.
    @Test("They take nobody with them, no memory, and no place in the end", arguments: [1, 17, 200, 2_000])
    func hangUps(streams: Int) async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(
                data: quayside.data, arguments: scratch.certificateArguments + ["--now", Self.start])
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/hangups.py").path
            let input = try scratch.write(try tokens(2_000, quayside), to: "tokens")
            let command = "exec python3 \"$0\" \"$1\" \"$2\" \"$3\" < \"$4\""
            try expectDone(.named("sh", ["-c", command, script, port, "\(streams)", "15", input]))
            let peak = try daemon.peakMemory
            #expect(peak < 150_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }
}
