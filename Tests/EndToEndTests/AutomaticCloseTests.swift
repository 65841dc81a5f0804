import Foundation
import Testing

@Suite("The daemon closes periods by itself")
struct AutomaticCloseTests {
    private func nextToClose(_ data: String) throws -> String {
        let ran = try expectDone(Command.settled("status", "--data", data, "--json"))
        let report = try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any]
        return try #require((report?["next_to_close"] as? [String: Any])?["period"] as? String)
    }

    private func wait(until period: String, _ data: String) throws {
        for _ in 0..<1_200 {
            if try nextToClose(data) == period { return }
            usleep(100_000)
        }
        Issue.record("\(period) is not the next to close after two minutes, \(try nextToClose(data)) is")
    }

    @Test("When its grace is over a period closes as by hand, and after months of silence all that are due")
    func closes() throws {
        let quayside = try Quayside()
        let april = "2025-04-01T10:00:00+02:00"
        let daemon = try Daemon(data: quayside.data, "--now", april, closes: true)
        try quayside.submit("2025-03", to: daemon)
        #expect(daemon.stop() == 0)
        #expect(try nextToClose(quayside.data) == "2025-03")
        let byHand = try expectDone(
            Command.settled(
                "close", "--preview", "--json", "--data", quayside.data, "--now", "2025-04-03T00:00:00+02:00")
        )

        // Grace: 24 hours behind the end.
        let punctual = try Daemon(
            data: quayside.data, "--now", "2025-04-01T23:59:57+02:00", closes: true)
        try wait(until: "2025-04", quayside.data)
        #expect(punctual.stop() == 0)
        #expect(try punctual.log.contains("closed 2025-03"))
        let closing = try expectDone(
            Command.settled("statement", "operator", "2025-03", "--json", "--data", quayside.data))
        #expect(byHand.output.hasSuffix("\"closing\":\(closing.output)}"))

        let late = try Daemon(data: quayside.data, "--now", "2025-08-20T12:00:00+02:00", closes: true)
        try wait(until: "2025-08", quayside.data)
        #expect(late.stop() == 0)
        let log = try late.log
        let places = try ["2025-04", "2025-05", "2025-06", "2025-07"].map { month in
            try #require(log.range(of: "closed \(month)")?.lowerBound, "\(log)")
        }
        #expect(places == places.sorted())
        #expect(!log.contains("closed 2025-08"))
    }

    @Test("Left to a person, nothing closes")
    func manual() throws {
        let quayside = try Quayside()
        let file = try quayside.scratch.write("close: {automatic: false}\n", to: "settled.yaml")
        let daemon = try Daemon(
            data: quayside.data, "--config", file, "--now", "2025-08-20T12:00:00+02:00", closes: nil)
        usleep(1_500_000)
        #expect(try nextToClose(quayside.data) == "2025-03")
        #expect(daemon.stop() == 0)
    }
}
