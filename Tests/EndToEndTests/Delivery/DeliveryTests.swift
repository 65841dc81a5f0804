import Foundation
import Testing

/// Deliveries as merchants get them: the built daemon, a real server, signatures checked by another language.
@Suite("Deliveries")
struct DeliveryTests {
    private static let merchants = ["bakery", "books", "cinema", "garden"]

    /// The example with a receiver, and what the daemon is told of both.
    struct Setting {
        let quayside: Quayside
        let receiver: Receiver
        let config: String
        let out: String

        /// `kinds` are the behaviours of the endpoints by merchant; the alliance is `quayside`'s, changed.
        init(
            _ kinds: [String: String], of quayside: Quayside? = nil, isSecure: Bool = true,
            allowsPrivate: Bool = true, changed: (String) -> String = { $0 }
        ) throws {
            self.quayside = try quayside ?? Quayside()
            let quayside = self.quayside
            let data = quayside.data
            var secrets: [String: String] = [:]
            for owner in kinds.keys {
                let shown = try expectDone(
                    Command.settled("key", "show", "webhook/\(owner)/1", "--data", data))
                secrets[owner] = shown.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            receiver = try Receiver(secrets: secrets, isSecure: isSecure)
            let base = "\(isSecure ? "https" : "http")://localhost:\(receiver.port)"
            var text = changed(
                try String(contentsOf: quayside.scratch.file("alliance.yaml"), encoding: .utf8))
            for (owner, kind) in kinds {
                let line = "delivery: {folder: true, webhook: {url: '\(base)/\(owner)/\(kind)'}}\n"
                text =
                    owner == "operator"
                    ? text.replacing("grace: 24", with: line + "grace: 24", maxReplacements: 1)
                    : text.replacing(
                        "  - id: \(owner)\n", with: "  - id: \(owner)\n    \(line)", maxReplacements: 1)
            }
            let file = try quayside.scratch.write(text, to: "alliance-2.yaml")
            try expectDone(Command.settled("apply", file, "--data", data))
            out = quayside.scratch.file("out").path
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
            config = try quayside.scratch.write(
                """
                out: {folder: \(out)}
                delivery: {allow_private: \(allowsPrivate), authorities: \(receiver.certificate)}

                """,
                to: "settled.yaml")
        }

        func daemon() throws -> Daemon { try Daemon(data: quayside.data, "--config", config) }

        func deliveries(_ arguments: String...) throws -> [[String: Any]] {
            let words = ["deliveries", "--data", quayside.data, "--json"] + arguments
            return try expectDone(Command(Command.settledPath, words)).output.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
            }
        }

        /// Waits until it is noted of each that it was delivered.
        func awaitAllDelivered() throws {
            for _ in 0..<1_800 {
                if try deliveries().isEmpty { return }
                usleep(100_000)
            }
            Issue.record("deliveries wait: \(try deliveries())")
        }
    }

    @Test(
        "Endpoints that are slow, redirect, want nothing any more or answer without end keep nobody else waiting"
    )
    func behaviours() async throws {
        try await offPool { try Self.meetAll() }
    }

    private static func meetAll() throws {
        let setting = try Setting([
            "bakery": "flaky", "books": "gone", "cinema": "slow", "garden": "redirect", "operator": "huge",
        ])
        let daemon = try setting.daemon()
        try setting.quayside.submit("2025-03", to: daemon)
        try expectDone(Command.settled("close", "2025-03", "--data", setting.quayside.data))
        // A receipt and the statement, each answered with 500 at first.
        let found = try setting.receiver.await("flaky and huge") { messages in
            messages.filter { $0.path == "/bakery/flaky" }.count >= 4
                && messages.contains { $0.path == "/operator/huge" }
                && messages.contains { $0.path == "/cinema/slow" }
                && messages.contains { $0.path == "/garden/redirect" }
                && messages.contains { $0.path == "/books/gone" }
        }
        #expect(found.allSatisfy { $0.signed })
        let bakery = found.filter { $0.path == "/bakery/flaky" }
        #expect(
            bakery.map(\.type).prefix(4) == [
                "receipt.issued", "receipt.issued", "statement.issued", "statement.issued",
            ])
        #expect(
            bakery[0].id == bakery[1].id && bakery[0].digest == bakery[1].digest
                && bakery[1].id != bakery[2].id)
        #expect(found.filter { $0.path == "/books/gone" }.count == 1)
        #expect(!found.contains { $0.path.hasPrefix("/trap") })
        usleep(1_500_000)
        #expect(
            try setting.deliveries("--merchant", "bakery", "--all").allSatisfy {
                $0["state"] as? String == "delivered"
            })
        #expect(
            try setting.deliveries("--merchant", "operator", "--all").allSatisfy {
                $0["state"] as? String == "delivered"
            })
        let books = try setting.deliveries("--merchant", "books")
        #expect(books.map { $0["state"] as? String } == ["gone", "waiting"])
        let garden = try #require(try setting.deliveries("--merchant", "garden").first)
        #expect((garden["answer"] as? String)?.contains("answered 307: redirects are not followed") == true)
        let status = try expectDone(Command.settled("status", "--data", setting.quayside.data)).output
        #expect(status.contains("deliveries to books by webhook wait since"), "\(status)")
        #expect(status.contains("settled deliveries retry --merchant books"))
        try expectDone(
            Command.settled("deliveries", "retry", "--merchant", "books", "--data", setting.quayside.data))
        _ = try setting.receiver.await("retried") { $0.filter { $0.path == "/books/gone" }.count == 2 }
        try checkFolders(setting)
        // An attempt that hangs does not keep the daemon.
        let begin = ContinuousClock.now
        #expect(daemon.stop() == 0)
        #expect(ContinuousClock.now - begin < .seconds(25))
    }

    /// What stands in the folders is what the commands give out.
    private static func checkFolders(_ setting: Setting) throws {
        for merchant in Self.merchants {
            let given = try setting.quayside.statement(of: merchant, "2025-03")
            for name in ["STATEMENT.json", "STATEMENT.json.jws", "STATEMENT.json.seal", "DETAILS.csv"] {
                let found = FileManager.default.contents(atPath: "\(setting.out)/\(merchant)/2025-03/\(name)")
                #expect(
                    found != nil && found == FileManager.default.contents(atPath: given.file(name).path),
                    "\(name)")
            }
        }
        #expect(FileManager.default.fileExists(atPath: "\(setting.out)/operator/2025-03/CLOSING.json"))
        let verified = try Command.settled(
            "verify", "\(setting.out)/bakery/2025-03", "--jwks",
            setting.quayside.scratch.file("data/keys/seal.jwks").path
        ).run()
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }

    @Test("Without the word that private addresses are taken, none is connected to, whatever its name")
    func privateAddresses() async throws {
        try await offPool {
            for isSecure in [true, false] {
                let setting = try Setting(["bakery": "ok"], isSecure: isSecure, allowsPrivate: false)
                let daemon = try setting.daemon()
                try setting.quayside.submit("2025-03", to: daemon)
                var answer = ""
                for _ in 0..<100 where answer.isEmpty {
                    usleep(100_000)
                    answer = try setting.deliveries("--merchant", "bakery").first?["answer"] as? String ?? ""
                }
                #expect(
                    answer.contains(isSecure ? "an address of no public network" : "is plain HTTP"),
                    "\(answer)")
                #expect(try setting.receiver.messages().isEmpty)
                let receipts = setting.out + "/bakery/receipts/2025-03"
                for _ in 0..<100 where !FileManager.default.fileExists(atPath: receipts) { usleep(100_000) }
                #expect(FileManager.default.fileExists(atPath: receipts + "/RECEIPT.json"))
            }
        }
    }

    @Test("Kills at any moment lose no delivery, and double none that its id does not tell; order stays")
    func kills() async throws {
        try await offPool { try Self.killAgainAndAgain() }
    }

    private static func killAgainAndAgain() throws {
        let setting = try Setting(
            Dictionary(uniqueKeysWithValues: (Self.merchants + ["operator"]).map { ($0, "ok") }),
            isSecure: false)
        var generator = SeededGenerator(seed: 2_026_11)
        for month in ["2025-03", "2025-04"] {
            let daemon = try setting.daemon()
            try setting.quayside.submit(month, to: daemon)
            usleep(UInt32.random(in: 0..<300_000, using: &generator))
            daemon.kill()
            try expectDone(Command.settled("close", month, "--data", setting.quayside.data))
            for _ in 0..<8 {
                let daemon = try setting.daemon()
                usleep(UInt32.random(in: 0..<400_000, using: &generator))
                daemon.kill()
            }
        }
        let daemon = try setting.daemon()
        defer { daemon.kill() }
        let all = try setting.deliveries("--all").filter { $0["by"] as? String == "webhook" }
        let expected = Set(all.compactMap { $0["id"] as? String })
        // Nine batches, eight statements and two closings at least.
        #expect(expected.count >= 19)
        let found = try setting.receiver.await("all of them") { Set($0.map(\.id)) == expected }
        #expect(found.allSatisfy { $0.signed })
        for owner in Self.merchants + ["operator"] {
            let ids = found.filter { $0.path == "/\(owner)/ok" }.map(\.id)
            var firsts: [String] = []
            for id in ids where !firsts.contains(id) { firsts.append(id) }
            let ordered = all.filter { $0["to"] as? String == owner }.compactMap { $0["id"] as? String }
            #expect(firsts == ordered, "\(owner)")
            // One that comes twice comes before the next.
            #expect(
                zip(ids, ids.dropFirst()).allSatisfy {
                    firsts.firstIndex(of: $0)! <= firsts.firstIndex(of: $1)!
                })
        }
        for (id, same) in Dictionary(grouping: found, by: \.id) {
            #expect(Set(same.map(\.digest)).count == 1, "\(id)")
        }
        for merchant in Self.merchants {
            #expect(FileManager.default.fileExists(atPath: "\(setting.out)/\(merchant)/2025-04"))
        }
    }
}
