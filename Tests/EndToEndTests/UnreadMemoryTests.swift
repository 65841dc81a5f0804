import Fixtures
import Foundation
import Service
import Settlement
import Testing

/// What answers that nobody reads take of the built daemon's memory.
@Suite("Memory of unread answers")
struct UnreadMemoryTests {
    /// A month in which each merchant redeems what no points are there for: the statement lists each.
    private final class House {
        let quayside: Quayside
        let scratch: Scratch
        private static let merchants = ["bakery", "books", "cinema", "garden"]
        private static let start = "2025-05-01T10:00:00Z"

        init(rows: Int) throws {
            (quayside, scratch) = (try Quayside(), try Scratch())
            try scratch.makeCertificate(serial: 1)
            let door = try Daemon(data: quayside.data, "--now", "2025-04-01T10:00:00Z")
            for merchant in Self.merchants {
                let file = quayside.scratch.file("\(merchant)-unfunded.csv").path
                try Data(Self.unfunded(merchant, rows)).write(to: URL(fileURLWithPath: file))
                try expectDone(.settled("submit", file, "--url", door.url, "--key", key(of: merchant)))
            }
            #expect(door.stop() == 0)
            try expectDone(.settled("close", "2025-03", "--data", quayside.data))
        }

        private static func unfunded(_ merchant: String, _ rows: Int) -> [UInt8] {
            let text =
                "settled-batch/1,merchant=\(merchant),batch=unfunded,sequence=1,records=\(rows),"
                + "totals.redeem=\(rows)\nid,type,member,points,at\n"
                + (0..<rows).map { "R-\($0),redeem,m-\($0),1,2025-03-02T09:00:31Z\n" }.joined()
            return Array(text.utf8)
        }

        private func key(of merchant: String) -> String { quayside.key(of: merchant + ".ndjson") }

        func daemon(_ limits: String...) throws -> Daemon {
            try Daemon(
                data: quayside.data,
                arguments: scratch.certificateArguments + ["--now", Self.start]
                    + limits.flatMap { ["--limit", $0] })
        }

        /// Tokens of so many merchants in turn, each for as many requests as a connection asks.
        func tokens(_ connections: Int, streams: Int, merchants: Int) throws -> [String] {
            let now = try #require(Instant(rfc3339: Self.start)).advanced(byMilliseconds: 20_000)
            let alliance = try #require(AllianceID("quayside"))
            let keys = try Self.merchants.map { try KeyFile.readSigning(key(of: $0), id: nil) }
            return (0..<(connections * streams)).map { number in
                AccessToken.make(
                    alliance: alliance, key: keys[number / streams % merchants], now: now, seconds: 300)
            }
        }

        /// The bytes of a statement.
        func statementBytes() throws -> Int {
            try expectDone(.settled("statement", "bakery", "2025-03", "--json", "--data", quayside.data))
                .output.utf8.count
        }
    }

    private struct Told: Decodable {
        /// Answered 200, 503 or 429, and otherwise.
        let good, busy, other: Int
        /// Streams that were one too many, and others that were not answered.
        let refused, reset: Int
        /// Connections over which anything was answered, and over which everything was, or refused.
        let begun, whole: Int
    }

    /// Has so much asked and not read.
    private func ask(
        _ house: House, _ daemon: Daemon, _ path: String, _ load: Load
    ) throws -> Told {
        let tokens = try house.tokens(load.connections, streams: load.streams, merchants: load.merchants)
        let input = try house.scratch.write(tokens.joined(separator: "\n") + "\n", to: "tokens")
        let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
        let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/unread.py").path
        let words = [
            port, path, "\(load.connections)", "\(load.streams)", "\(load.peers)", "\(load.window)", input,
        ]
        let command = "exec python3 \"$0\" \"$1\" \"$2\" \"$3\" \"$4\" \"$5\" \"$6\" < \"$7\""
        let ran = try Command.named("sh", ["-c", command, script] + words).run()
        #expect(ran.status == 0, "\(ran.errors)")
        return try JSONDecoder().decode(Told.self, from: Data(ran.output.utf8))
    }

    struct Load: CustomTestStringConvertible, Sendable {
        var connections = 100
        var streams = 16
        var peers = 1
        var merchants = 1
        /// 0: only heads are read; else nothing is, but all is granted.
        var window = 0

        /// Connections that are served: of each peer a quarter, and none that has many of the last quarter.
        var served: Int { min(connections, 256 * peers, 768) }

        /// How many are under way: the first of each connection, and a part of what all share, but for the last quarter.
        var underWay: Int { served + min(served * (streams - 1), 128 * peers, 384) }

        /// Whether a connection may be closed for asking beyond all bounds.
        var isBeyondBounds: Bool { connections * streams > 4_096 && streams - 1 > 16 }

        var testDescription: String {
            "\(connections) connections of \(peers) peers that ask \(streams) times each, window \(window)"
        }
    }

    private static let loads = [
        Load(),
        Load(connections: 1_000, streams: 100, peers: 4, merchants: 4),
        Load(connections: 1_000, peers: 4, merchants: 4, window: (1 << 31) - 1),
    ]

    @Test(
        "Statements that are asked for and not read take less than 300 MB, and then all is well",
        arguments: [60_000, 400])
    func statements(rows: Int) async throws {
        try await offPool {
            let house = try House(rows: rows)
            let bytes = try house.statementBytes()
            for load in Self.loads {
                // Of each reader a quarter of what stays in memory, and of the files or their bytes.
                let inMemory = bytes <= 64 << 10 ? (4 << 20) / bytes : 0
                let onDisk = min(64, (256 << 20) / bytes)
                try unread(house, "/v1/statements/2025-03/STATEMENT.json", load, each: inMemory + onDisk)
            }
        }
    }

    @Test("DETAILS.csv that is asked for and not read takes less than 300 MB, and then all is well")
    func details() async throws {
        try await offPool {
            let house = try House(rows: 60_000)
            for load in Self.loads {
                try unread(house, "/v1/statements/2025-03/DETAILS.csv", load, each: 2)
            }
        }
    }

    @Test("Streams beyond the first of each connection are bounded for each peer, and over all")
    func shared() async throws {
        try await offPool {
            let house = try House(rows: 1)
            for (limits, good) in [
                (["shared_streams=3", "shared_streams_per_peer=100"], 4 + 3),
                (["shared_streams=100", "shared_streams_per_peer=1"], 4 + 2),
                (["streams=2"], 4 * 2),
            ] {
                let daemon = try house.daemon(limits[0], limits.last ?? limits[0])
                let load = Load(connections: 4, streams: 5, peers: 2)
                let told = try ask(house, daemon, "/v1/statements/2025-03/STATEMENT.json", load)
                #expect(told.good == good && told.refused == 20 - good && told.whole == 4, "\(told)")
                #expect(daemon.stop() == 0)
            }
        }
    }

    /// Asks a new daemon and reads nothing, of answers of which each merchant has room for so many.
    private func unread(_ house: House, _ path: String, _ load: Load, each: Int) throws {
        // A slow machine may be long about so many connections.
        let daemon = try house.daemon("head_seconds=300", "idle_seconds=300")
        let told = try ask(house, daemon, path, load)
        expectAnswers(told, to: load, each: each)
        let peak = try daemon.peakMemory
        #expect(peak < 300_000_000, "\(load.testDescription): \(peak) bytes at the most")
        // Those connections are closed: what they took is given back.
        var next = try ask(house, daemon, path, Load(connections: 1, streams: 1))
        for _ in 0..<30 where next.good == 0 {
            next = try ask(house, daemon, path, Load(connections: 1, streams: 1))
        }
        #expect(next.good == 1)
        #expect(daemon.stop() == 0)
    }

    private func expectAnswers(_ told: Told, to load: Load, each: Int) {
        let said: Comment = "\(load.testDescription), \(each) of each merchant: \(told)"
        // What is not answered is to be asked for again, and nothing else.
        #expect(told.other == 0 && told.reset == 0, said)
        #expect(told.good > 0, said)
        if load.isBeyondBounds {
            // Of those that are not closed each has an answer at least.
            #expect(told.good + told.busy >= told.whole, said)
        } else {
            #expect(told.begun == load.served, said)
        }
        guard load.window == 0, !load.isBeyondBounds else { return }
        // Nothing is over until its body is read.
        #expect(told.whole == load.served && told.good + told.busy == load.underWay, said)
        #expect(told.good >= min(load.underWay, each), said)
    }
}
