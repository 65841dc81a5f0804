import Fixtures
import Foundation
import Testing

/// The alliance of `Deploy/example` as a stranger plays it: founded, served, fed over HTTP, closed.
struct Quayside: Sendable {
    let scratch: Scratch
    /// A copy of the example's files, with the receipts beside them.
    var folder: URL { scratch.folder }
    var data: String { scratch.file("data").path }

    /// In the order in which they are handed in.
    static let months = [
        "2025-03": [
            "bakery.ndjson", "books.csv", "cinema.ndjson", "garden.ndjson", "garden-operator.ndjson",
        ],
        "2025-04": ["bakery.ndjson", "books.ndjson", "cinema.ndjson", "garden.ndjson"],
    ]

    /// Founds the alliance in a scratch folder; its file may be another text.
    init(_ changed: (String) -> String = { $0 }) throws {
        scratch = try Scratch()
        let example = SharedFolder.repository.appendingPathComponent("Deploy/example")
        for name in ["alliance.yaml", "2025-03", "2025-04"] {
            try FileManager.default.copyItem(
                at: example.appendingPathComponent(name), to: scratch.file(name))
        }
        let alliance = try String(contentsOf: scratch.file("alliance.yaml"), encoding: .utf8)
        _ = try scratch.write(changed(alliance), to: "alliance.yaml")
        try expectDone(
            Command.settled("init", "--alliance", scratch.file("alliance.yaml").path, "--data", data))
    }

    /// The key file that signs a batch of the example.
    func key(of batch: String) -> String {
        let merchant = batch.prefix { $0 != "." && $0 != "-" }
        let name = batch.contains("operator") ? "operator_1" : "batch_\(merchant)_1"
        return scratch.file("data/keys/\(name).key").path
    }

    /// Hands in a month's batches; gives what `submit` said of each.
    @discardableResult
    func submit(_ month: String, to daemon: Daemon) throws -> [Ran] {
        try Self.months[month, default: []].map { batch in
            try expectDone(
                Command.settled(
                    "submit", scratch.file("\(month)/\(batch)").path, "--url", daemon.url, "--key",
                    key(of: batch),
                    "--seal-key", scratch.file("data/keys/seal.jwks").path))
        }
    }

    /// The whole story, played once for all tests that look at its end.
    static let played: Result<Quayside, any Error> = Result {
        let quayside = try Quayside()
        quayside.scratch.removeAtExit()
        let daemon = try Daemon(data: quayside.data)
        for month in months.keys.sorted() {
            try quayside.submit(month, to: daemon)
            try expectDone(Command.settled("close", month, "--data", quayside.data))
        }
        #expect(daemon.stop() == 0)
        return quayside
    }

    /// A folder with the statement of a merchant as it is handed out, its key and the seal's.
    func statement(of merchant: String, _ period: String) throws -> Scratch {
        let out = try Scratch()
        try expectDone(
            Command.settled("statement", merchant, period, "--data", data, "--out", out.folder.path))
        let key = try expectDone(Command.settled("key", "show", "statement/\(merchant)/1", "--data", data))
            .output
        let path = try out.write(key, to: "statement.key")
        chmod(path, 0o600)
        try FileManager.default.copyItem(at: scratch.file("data/keys/seal.jwks"), to: out.file("seal.jwks"))
        return out
    }
}

/// Runs a command that has to end well.
@discardableResult
func expectDone(_ command: Command) throws -> Ran {
    let ran = try command.run()
    try #require(ran.status == 0, "\(command.arguments): \(ran.status)\n\(ran.output)\n\(ran.errors)")
    return ran
}
