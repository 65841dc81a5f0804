import Foundation
import Testing

/// The daemon is killed again and again while it takes statements, closings and notices to webhooks and folders.
@Suite("Deliveries through kills")
struct DeliveryDeathTests {
    private static let merchants = ["bakery", "books", "cinema", "garden"]
    private static var owners: [String] { merchants + ["operator"] }

    @Test("All arrives in order, what comes twice bears the same id, and no folder has half of anything")
    func killed() async throws {
        try await offPool {
            // Years of months without a record, and the bakery's fee passes its limit.
            let quayside = try Quayside {
                $0.replacing("2025-03-01", with: "2003-03-01")
                    .replacing("exposure_limit: 100000", with: "exposure_limit: 1")
            }
            let setting = try DeliveryTests.Setting(
                Dictionary(uniqueKeysWithValues: Self.owners.map { ($0, "steady") }), of: quayside,
                isSecure: false)
            var history = History(setting)
            // As many of them as it takes to meet it amid its work, on a machine of any speed.
            while try history.rounds < 20 || history.amid < 5 || history.doubled == 0 {
                try #require(history.rounds < 200, "\(history.amid) kills met it at work")
                try history.kill()
            }
            let daemon = try setting.daemon()
            try history.expectAll()
            #expect(daemon.stop() == 0)
        }
    }

    /// What became of it from kill to kill.
    private struct History {
        let setting: DeliveryTests.Setting
        private(set) var rounds = 0
        /// Kills before which something was delivered, and after which something waited.
        private(set) var amid = 0
        private var closed = 0
        /// Microseconds that a daemon lives at most. Grows with each kill that came before anything was delivered,
        /// and shrinks with each that came too late.
        private var longest = 400_000.0
        private var chance = SeededGenerator(seed: 2_026_11)
        /// What stood in the folders, by path, after any kill.
        private var seen: [String: Data] = [:]

        init(_ setting: DeliveryTests.Setting) { self.setting = setting }

        /// Messages that came a second time so far.
        var doubled: Int {
            get throws {
                let messages = try setting.receiver.messages()
                return messages.count - Set(messages.map(\.id)).count
            }
        }

        /// Has something to be told, if nothing is left, and kills a daemon that is about to tell it.
        mutating func kill() throws {
            rounds += 1
            if try setting.deliveries().isEmpty { for _ in 0..<3 { try close() } }
            let before = try setting.deliveries().count
            let scratch = setting.quayside.scratch
            let process = try Command.settled(
                "serve", "--data", setting.quayside.data, "--listen", "127.0.0.1:0", "--no-automatic-close",
                "--config", setting.config
            ).start(output: scratch.file("serve.out"), errors: scratch.file("serve.err"))
            usleep(UInt32(Double.random(in: longest / 4...longest, using: &chance)))
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let after = try setting.deliveries().count
            if after == 0 { longest *= 0.8 } else if after == before { longest *= 1.3 } else { amid += 1 }
            try look()
        }

        private mutating func close() throws {
            let month = Self.month(closed)
            try expectDone(.settled("close", month, "--data", setting.quayside.data))
            closed += 1
        }

        private static func month(_ number: Int) -> String {
            let (year, month) = (2003 + (2 + number) / 12, (2 + number) % 12 + 1)
            return "\(year)-\(month < 10 ? "0" : "")\(month)"
        }

        /// What stands in the folders now: each whole, in order, and as it stood before.
        private mutating func look() throws {
            for owner in DeliveryDeathTests.owners {
                let names = try Self.names("\(setting.out)/\(owner)")
                let periods = names.filter { !["notices", "receipts"].contains($0) }.sorted()
                #expect(periods == (0..<periods.count).map(Self.month), "\(owner)")
                for period in periods {
                    let files = try Self.names("\(setting.out)/\(owner)/\(period)").sorted()
                    #expect(files == Self.files(of: owner), "\(owner) \(period)")
                    for file in files { try keep("\(owner)/\(period)/\(file)") }
                }
                for notice in try Self.names("\(setting.out)/\(owner)/notices") {
                    try keep("\(owner)/notices/\(notice)")
                }
            }
        }

        /// What a receiver sees there; a name that begins with a dot is on its way.
        private static func names(_ folder: String) throws -> [String] {
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        }

        private static func files(of owner: String) -> [String] {
            let name = owner == "operator" ? "CLOSING.json" : "STATEMENT.json"
            return (owner == "operator" ? [] : ["DETAILS.csv"]) + [name, "\(name).jws", "\(name).seal"]
        }

        private mutating func keep(_ path: String) throws {
            let bytes = try #require(FileManager.default.contents(atPath: "\(setting.out)/\(path)"))
            #expect(seen.updateValue(bytes, forKey: path).map { $0 == bytes } ?? true, "\(path) has changed")
            if path.hasSuffix(".json") {
                #expect(throws: Never.self, "\(path)") { try JSONSerialization.jsonObject(with: bytes) }
            }
        }

        // MARK: In the end

        /// Now that it lives on, all that was ever to be told has come, by both ways.
        mutating func expectAll() throws {
            let all = try setting.deliveries("--all", "--limit", "100000")
            let byWebhook = all.filter { $0["by"] as? String == "webhook" }
            let types = Set(all.compactMap { $0["type"] as? String })
            #expect(types == ["statement.issued", "closing.issued", "exposure.exceeded"])
            let ids = Set(byWebhook.compactMap { $0["id"] as? String })
            #expect(ids.count == byWebhook.count && ids.count > closed * 5, "\(closed) closed")
            let came = try setting.receiver.await("all of them") { Set($0.map(\.id)).isSuperset(of: ids) }
            #expect(Set(came.map(\.id)) == ids && came.allSatisfy { $0.signed })
            for owner in DeliveryDeathTests.owners {
                let told = byWebhook.filter { $0["to"] as? String == owner }.compactMap {
                    $0["id"] as? String
                }
                let own = came.filter { $0.path == "/\(owner)/steady" }.map(\.id)
                // What comes twice comes before the next.
                #expect(own.filter { !told.contains($0) }.isEmpty && Self.runs(own) == told, "\(owner)")
            }
            for (id, same) in Dictionary(grouping: came, by: \.id) {
                #expect(Set(same.map(\.digest)).count == 1 && Set(same.map(\.path)).count == 1, "\(id)")
            }
            try setting.awaitAllDelivered()
            try expectFolders()
        }

        /// Each once where it comes several times in a row.
        private static func runs(_ ids: [String]) -> [String] {
            ids.reduce(into: []) { runs, id in if runs.last != id { runs.append(id) } }
        }

        private mutating func expectFolders() throws {
            try look()
            for owner in DeliveryDeathTests.owners {
                let names = try Self.names("\(setting.out)/\(owner)")
                #expect(names.count == closed + (["bakery", "operator"].contains(owner) ? 1 : 0), "\(owner)")
            }
            let jwks = "\(setting.quayside.data)/keys/seal.jwks"
            let verified = try expectDone(.settled("verify", setting.out, "--jwks", jwks))
            #expect(verified.lastLine == "good", "\(verified.output)")
        }
    }
}
