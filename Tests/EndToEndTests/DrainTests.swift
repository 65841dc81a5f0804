import Foundation
import Testing

@Suite("The daemon's end, as a balancer sees it")
struct DrainTests {
    @Test("Told to stop, it says so for as long as it was told, and takes what still comes")
    func drains() async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(data: quayside.data, "--drain-seconds", "600")
            #expect(try daemon.ready().0 == 200)
            daemon.signal(SIGTERM)
            let reason = try daemon.awaitReadiness(503)
            #expect(reason.contains("the daemon is stopping"), "\(reason)")
            #expect(try daemon.get("/healthz").status == 0)
            let file = quayside.scratch.file("2025-03/bakery.ndjson").path
            try expectDone(.settled("sign", file, "--key", quayside.key(of: "bakery.ndjson")))
            let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
            #expect(try daemon.post(file, signature: signature).0 == 201)
            daemon.kill()
        }
    }

    @Test("When that time is over it ends as ever")
    func ends() async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(data: quayside.data, "--drain-seconds", "1")
            #expect(daemon.stop() == 0)
        }
    }
}
