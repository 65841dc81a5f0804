import Fixtures
import Foundation
import Testing

@Suite("Clients of HTTP/2 that take back what they do not read")
struct ResetTests {
    private static let merchants = ["bakery", "books", "cinema", "garden"]
    private static let rows = 5_000

    /// What becomes of so many streams, or files, asked for at once.
    private struct Most: Decodable, Equatable { let files, streams: [String: Int] }

    private struct Told: Decodable {
        let before, after: Most
        /// Streams over one connection, and over all.
        let alone, takenBack: Int
        /// Files that were begun and waited to be read.
        let unread: Int
        let digest: String?
    }

    @Test("Answers that are taken back while they wait to be read give back all that they took")
    func takenBack() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            try Self.closeLongMonth(quayside)
            // A slow machine may be long about it.
            let daemon = try Daemon(
                data: quayside.data,
                arguments: scratch.certificateArguments + [
                    "--limit", "head_seconds=300", "--limit", "idle_seconds=300",
                ])
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/resets.py").path
            let keys = Self.merchants.map { quayside.key(of: $0 + ".ndjson") }
            let ran = try expectDone(
                .named("python3", [script, port, "/v1/statements/2025-03/DETAILS.csv"] + keys))
            let told = try JSONDecoder().decode(Told.self, from: Data(ran.output.utf8))
            // Two files of each merchant; each connection's first stream, and 128 that a peer's share.
            #expect(told.before.files == ["good": 8, "busy": 4])
            #expect(told.before.streams == ["good": 126, "refused": 18])
            #expect(told.after == told.before)
            #expect(told.alone >= 192 && told.takenBack >= 2_000 && told.unread >= 200, "\(ran.output)")
            #expect(try told.digest == Self.detailsDigest(quayside))
            let peak = try daemon.peakMemory
            #expect(peak < 200_000_000, "\(peak) bytes at the most")
            #expect(daemon.stop() == 0)
        }
    }

    /// A month in which each merchant gives points so many times: DETAILS.csv has a row for each at least.
    private static func closeLongMonth(_ quayside: Quayside) throws {
        let door = try Daemon(data: quayside.data)
        for merchant in merchants {
            var text =
                "settled-batch/1,merchant=\(merchant),batch=long,sequence=1,records=\(rows),"
                + "totals.earn=\(rows)\nid,type,member,points,amount,at\n"
            for row in 0..<rows { text += "R-\(row),earn,m-\(row),1,100,2025-03-02T09:00:31Z\n" }
            let file = try quayside.scratch.write(text, to: "\(merchant)-long.csv")
            try expectDone(
                .settled("submit", file, "--url", door.url, "--key", quayside.key(of: merchant + ".ndjson")))
        }
        #expect(door.stop() == 0)
        try expectDone(.settled("close", "2025-03", "--data", quayside.data))
    }

    private static func detailsDigest(_ quayside: Quayside) throws -> String {
        struct Statement: Decodable {
            struct Details: Decodable {
                let digest: String
                let rows: Int
            }

            let details: Details
        }
        let text = try expectDone(
            .settled("statement", "bakery", "2025-03", "--json", "--data", quayside.data)
        ).output
        let details = try JSONDecoder().decode(Statement.self, from: Data(text.utf8)).details
        #expect(details.rows >= rows)
        return details.digest
    }
}
