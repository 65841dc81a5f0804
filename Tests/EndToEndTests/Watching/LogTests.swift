import Fixtures
import Foundation
import Testing

@Suite("What the built daemon writes into its log")
struct LogTests {
    /// Stands in every member's id, and nowhere else.
    private static let mark = "Zq7"

    /// Marks the members of all batches of a month.
    private static func mark(_ quayside: Quayside, _ month: String) throws {
        for name in Quayside.months[month, default: []] {
            let path = quayside.scratch.file("\(month)/\(name)").path
            var text = try String(contentsOfFile: path, encoding: .utf8)
            if name.hasSuffix(".csv") {
                let lines = text.split(separator: "\n").map { $0.components(separatedBy: ",") }
                let head = try #require(lines.firstIndex { $0.contains("member") })
                let column = try #require(lines[head].firstIndex(of: "member"))
                let marked = lines.enumerated().map { place, cells in
                    var cells = cells
                    if place > head { cells[column] += Self.mark }
                    return cells.joined(separator: ",") + "\n"
                }
                text = marked.joined()
            } else {
                text = text.replacing(/"member":"([^"]+)"/) { "\"member\":\"\($0.1)\(Self.mark)\"" }
            }
            // One has nothing to report.
            #expect(text.contains(Self.mark) || text.contains(#""records":0"#))
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    /// All key material of the data folder, and whatever else is a secret.
    private static func secrets(_ quayside: Quayside) throws -> [String] {
        let keys = quayside.data + "/keys"
        let files = try FileManager.default.contentsOfDirectory(atPath: keys).filter { $0.hasSuffix(".key") }
        let material = try files.map { name in
            let key = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: "\(keys)/\(name)")))
            return try #require((key as? [String: Any])?["k"] as? String)
        }
        let master = try String(contentsOfFile: quayside.data + "/master.secret", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(material.count >= 5 && master.utf8.count >= 32)
        return material + [master]
    }

    /// One daemon's whole life.
    private struct Life {
        let quayside: Quayside
        var tokens: [String] = []

        /// Asks for a path by a token, and with another's, none, and the same again.
        mutating func read(_ daemon: Daemon, _ path: String) throws {
            let token = try expectDone(
                .settled("token", "--alliance", "quayside", "--key", quayside.key(of: "bakery.ndjson"))
            ).output.trimmingCharacters(in: .newlines)
            tokens.append(token)
            for (bearer, status) in [(token, "200"), (token, "401"), (token + "x", "401"), ("", "401")] {
                let ran = try expectDone(
                    .named(
                        "curl",
                        [
                            "--silent", "--max-time", "60", "--output", quayside.scratch.file("out").path,
                            "--write-out", "%{http_code}", "--header", "Authorization: Bearer \(bearer)",
                            daemon.url + path,
                        ]))
                #expect(ran.output == status, "\(path)")
            }
        }

        /// Hands in what is refused, each for another reason; gives the codes.
        func refused(_ daemon: Daemon) throws -> [String] {
            let key = quayside.key(of: "bakery.ndjson")
            func post(_ name: String, _ text: String, sign: Bool = true) throws -> String? {
                let path = try quayside.scratch.write(text, to: name)
                if sign { try expectDone(.settled("sign", path, "--key", key)) }
                let signature = try? String(contentsOfFile: path + ".jws", encoding: .utf8)
                let answer = try daemon.post(
                    path, signature: signature?.trimmingCharacters(in: .whitespacesAndNewlines))
                let json = try JSONSerialization.jsonObject(with: Data(answer.1.utf8)) as? [String: Any]
                return json?["code"] as? String
            }
            let member = "someone" + LogTests.mark
            func batch(_ points: String, _ more: String = "", sequence: Int) -> String {
                """
                {"format":"settled-batch/1","merchant":"bakery","batch":"R-\(sequence)","sequence":\(sequence),\
                "records":1,"totals":{"earn":5}\(more)}
                {"id":"R-\(sequence)-1","type":"earn","member":"\(member)","points":\(points),\
                "at":"2099-03-28T10:00:00+01:00"}

                """
            }
            let whole = batch("5", sequence: 40)
            return [
                try post("unsigned.ndjson", whole, sign: false),
                try post("malformed.ndjson", batch("\"\(member)\"", sequence: 41)),
                try post("totals.ndjson", batch("6", sequence: 42)),
                try post("strict.ndjson", batch("5", ",\"strict\":true", sequence: 43)),
                try post("reused.ndjson", batch("5", sequence: 1)),
            ].map { $0 ?? "none" }
        }
    }

    @Test(
        "A whole life at level debug leaves no member, secret, key or token in it",
        arguments: ["json", "text"])
    func silent(format: String) async throws {
        try await offPool {
            var life = Life(quayside: try Quayside())
            let quayside = life.quayside
            for month in Quayside.months.keys { try Self.mark(quayside, month) }
            let spool = quayside.scratch.file("spool").path
            let file = try quayside.scratch.write(
                "spool: {folder: \(spool), poll_seconds: 1, quiet_seconds: 1}\n", to: "settled.yaml")
            let flags = [
                "--config", file, "--log-level", "debug", "--log-format", format, "--metrics", "127.0.0.1:0",
            ]
            let first = try Daemon(data: quayside.data, arguments: flags)
            try quayside.submit("2025-03", to: first)
            try quayside.submit("2025-03", to: first)
            #expect(
                try life.refused(first) == [
                    "signature_malformed", "malformed", "totals_mismatch", "records_refused",
                    "sequence_reused",
                ])
            try self.spool(quayside, first, in: spool)
            try life.read(first, "/v1/batches")
            try life.read(first, "/v1/batches/2025-03")
            _ = try first.scrape()
            first.signal(SIGHUP)
            #expect(first.stop() == 0)

            let second = try Daemon(data: quayside.data, closes: true, arguments: flags)
            while try !second.log.contains("closed 2025-04") { usleep(50_000) }
            for path in ["STATEMENT.json", "DETAILS.csv", "explain?line=1", "explain?points=true"] {
                try life.read(second, "/v1/statements/2025-03/\(path)")
            }
            try life.read(second, "/v1/points")
            _ = try second.scrape()
            #expect(second.stop() == 0)
            try self.judge(try first.log, try second.log, of: life, format)
        }
    }

    /// Leaves April's batches in the spool, one of them altered, and waits until both are dealt with.
    private func spool(_ quayside: Quayside, _ daemon: Daemon, in spool: String) throws {
        for (merchant, alters) in [("bakery", false), ("books", true)] {
            let file = quayside.scratch.file("2025-04/\(merchant).ndjson").path
            try expectDone(.settled("sign", file, "--key", quayside.key(of: "\(merchant).ndjson")))
            if alters {
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try text.replacing(Self.mark, with: Self.mark + "x").write(
                    toFile: file, atomically: true, encoding: .utf8)
            }
            let inbox = "\(spool)/\(merchant)/in"
            while !FileManager.default.fileExists(atPath: inbox) { usleep(20_000) }
            for ending in [".jws", ""] {
                try FileManager.default.copyItem(
                    atPath: file + ending, toPath: "\(inbox)/april.ndjson\(ending)")
            }
        }
        // One more than over HTTP.
        while try !daemon.log.contains("signature_invalid")
            || daemon.log.components(separatedBy: "batch stored").count <= 6
        {
            usleep(50_000)
        }
    }

    private func judge(_ first: String, _ second: String, of life: Life, _ format: String) throws {
        let log = first + second
        #expect(!log.contains(Self.mark), "\(log)")
        for secret in try Self.secrets(life.quayside) { #expect(!log.contains(secret)) }
        #expect(life.tokens.count == 7)
        for token in life.tokens {
            // What stands before the last point are claims that others have, too.
            for part in [token[...], try #require(token.split(separator: ".").last)] {
                #expect(!log.contains(part))
            }
        }
        let all = log.split(separator: "\n").map(String.init)
        func lines(with text: String) -> [String] { all.filter { $0.contains(text) } }
        #expect(lines(with: "batch stored").count == 6, "\(log)")
        #expect(lines(with: "batch came again").count == 5)
        #expect(lines(with: "batch refused").count == 6)
        #expect(lines(with: "closed 2025-0").count >= 2)
        if format == "json" {
            for line in all {
                let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
                #expect(Set(try #require(json).keys).isSuperset(of: ["time", "level", "message"]), "\(line)")
            }
        }
        let count = { (name: String) in format == "json" ? "\"\(name)\":\"" : " \(name)=" }
        for line in lines(with: "batch stored") {
            for name in ["records", "accepted", "duplicates", "refused", "bytes", "ms", "merchant", "batch"] {
                #expect(line.contains(count(name)), "\(line)")
            }
        }
        for line in lines(with: "closed 2025-0") {
            for name in ["statements", "settled", "pending", "refused", "late", "ms"] {
                #expect(line.contains(count(name)), "\(line)")
            }
        }
        for line in lines(with: "batch refused") { #expect(line.contains(count("code")), "\(line)") }
    }
}
