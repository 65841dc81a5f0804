import Fixtures
import Foundation
import Testing

@Suite("Watching the built daemon")
struct MonitoringTests {
    @Test("The rules are rules, and the alerts come when they should and not else")
    func rules() async throws {
        try await offPool {
            let promtool = try Promtool()
            let checked = try promtool.run("check", "rules", "settled.rules.yaml")
            #expect(checked.status == 0 && checked.output.contains("SUCCESS: 24 rules"), "\(checked)")
            let tested = try promtool.run("test", "rules", "settled.rules.test.yaml")
            #expect(tested.status == 0 && tested.output.contains("SUCCESS"), "\(tested)")
        }
    }

    @Test("A scrape is what Prometheus reads, and what it has no objection to")
    func exposition() async throws {
        try await offPool {
            let (promtool, daemon) = (try Promtool(), try Self.eventful())
            let scraped = try daemon.daemon.scrape()
            #expect(try promtool.judged(scraped).isEmpty)
            #expect(try !promtool.judged(scraped + "settled ready 1\n").isEmpty)
        }
    }

    @Test("Every metric that README.md lists is in a scrape of a daemon that has lived, and no other")
    func complete() async throws {
        try await offPool {
            let daemon = try Self.eventful()
            let names = try daemon.daemon.scrape().split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
                .map { String($0.split(separator: " ")[2]) }
            #expect(names.count >= 40)
            let readme = try String(
                contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8)
            let section = try #require(
                readme.components(separatedBy: "\n## ").first { $0.hasPrefix("Watching it") })
            let listed = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
                .map { String($0.dropFirst(3).prefix { $0 != "`" && $0 != "{" }) }
            #expect(names == listed)
        }
    }

    /// A daemon that has closed by itself, with a merchant that is quiet, one whose batch is missing, one beyond its
    /// limit, and TLS.
    private static func eventful() throws -> (daemon: Daemon, quayside: Quayside, certificate: Scratch) {
        let (quayside, certificate) = (try Quayside(), try Scratch())
        let path = quayside.scratch.file("alliance.yaml").path
        let limited = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("exposure_limit: 100000", with: "exposure_limit: 1")
        try limited.write(toFile: path, atomically: true, encoding: .utf8)
        try expectDone(.settled("apply", path, "--data", quayside.data))
        try certificate.makeCertificate(serial: 1)
        let first = try Daemon(data: quayside.data, "--now", "2025-04-30T20:00:00+02:00")
        try quayside.submit("2025-03", to: first)
        let late = quayside.scratch.file("2025-04/books.ndjson").path
        let changed = try String(contentsOfFile: late, encoding: .utf8)
            .replacing(#""sequence":2"#, with: #""sequence":9"#)
        try changed.write(toFile: late, atomically: true, encoding: .utf8)
        try expectDone(
            .settled("submit", late, "--url", first.url, "--key", quayside.key(of: "books.ndjson")))
        #expect(first.stop() == 0)
        try expectDone(
            .settled("backup", quayside.scratch.file("backup.sqlite").path, "--data", quayside.data))
        let daemon = try Daemon(
            data: quayside.data, "--metrics", "127.0.0.1:0", "--now", "2025-07-20T00:00:00+02:00",
            closes: true, arguments: certificate.certificateArguments)
        while try !daemon.log.contains("closed 2025-06") { usleep(50_000) }
        // What stood before the close is told for a while.
        var seconds = 0
        while seconds < 60, try !daemon.scrape().contains("settled_merchant_exposure_warning{") {
            sleep(1)
            seconds += 1
        }
        return (daemon, quayside, certificate)
    }
}
