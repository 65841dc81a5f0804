import Fixtures
import Foundation
import Testing

@Suite("Clients of HTTP/2 that hang up amid what they ask")
struct HangUpTests {
    /// More streams than a connection may have, and more than it is refused before it is closed.
    @Test("They take nobody with them, and no memory", arguments: [1, 17, 200, 2_000])
    func hangUps(streams: Int) async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(data: quayside.data, arguments: scratch.certificateArguments)
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/hangups.py").path
            try expectDone(.named("python3", [script, port, "\(streams)", "15"]))
            let peak = try daemon.peakMemory
            #expect(peak < 150_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }
}
