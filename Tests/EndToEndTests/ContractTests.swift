import Fixtures
import Foundation
import Testing

/// The API against its own description, by programs that are not ours. `Deploy/prepare --tests` puts them into
/// `.build/api-peers`; without them these tests fail, as skipping would hide that nobody looked.
@Suite("The contract of the API")
struct ContractTests {
    private static let peers = SharedFolder.repository.appendingPathComponent(".build/api-peers/bin")
    private static let document = SharedFolder.repository.appendingPathComponent(
        "Sources/Service/Published/openapi.yaml")

    private func peer(_ name: String, _ arguments: [String], _ environment: [String: String] = [:]) throws
        -> Ran
    {
        let path = Self.peers.appendingPathComponent(name).path
        try #require(
            FileManager.default.isExecutableFile(atPath: path),
            "\(name) is missing: run Deploy/prepare --tests")
        return try Command(path, arguments, environment: environment).run()
    }

    @Test("The document is OpenAPI 3.1, and what the daemon serves")
    func document() throws {
        let ran = try peer("openapi-spec-validator", [Self.document.path])
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        let served = try daemon.get("/openapi.yaml")
        #expect(served.status == 0)
        #expect(served.output == (try String(contentsOf: Self.document, encoding: .utf8)))
    }

    @Test("Schemathesis finds no answer that the document does not describe")
    func schemathesis() throws {
        let quayside = try Quayside.played.get()
        // It contests things, too.
        let scratch = try Scratch()
        try FileManager.default.copyItem(atPath: quayside.data, toPath: scratch.file("data").path)
        let daemon = try Daemon(data: scratch.file("data").path)
        let key = try String(contentsOfFile: quayside.key(of: "bakery.ndjson"), encoding: .utf8)
        let secret = try #require(
            (try JSONSerialization.jsonObject(with: Data(key.utf8)) as? [String: Any])?["k"] as? String)
        let fixtures = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API")
        let ran = try peer(
            "st",
            [
                "--config-file", fixtures.appendingPathComponent("schemathesis.toml").path, "run",
                daemon.url + "/openapi.yaml", "--url", daemon.url, "--seed", "20261128", "--max-examples",
                "40",
                "--phases", Self.phases.joined(separator: ","), "--generation-database", "none", "--no-color",
            ],
            [
                "SCHEMATHESIS_HOOKS": fixtures.appendingPathComponent("hooks.py").path, "SETTLED_KEY": secret,
                "SETTLED_KID": "batch/bakery/1",
                "SETTLED_ALLIANCE": "quayside", "PYTHONDONTWRITEBYTECODE": "1",
            ])
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        // A run that is let in nowhere would agree with everything.
        #expect(!ran.output.contains("Authentication failed") && !ran.output.contains(" errored"))
        for phase in Self.phases {
            #expect(ran.output.contains("✅  \(phase.capitalized) (in "), "\(ran.output)")
        }
    }

    private static let phases = ["examples", "coverage", "fuzzing", "stateful"]

    @Test("What the README's merchant's page shows works as it is written there")
    func merchantsPage() throws {
        let quayside = try Quayside()
        let daemon = try Daemon(data: quayside.data)
        let readme = try String(
            contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8)
        var script = "cp data/keys/batch_bakery_1.key data/keys/seal.jwks .\n"
        for name in [
            "merchant-write", "merchant-try", "merchant-submit", "merchant-read", "merchant-contest",
            "merchant-key",
        ] {
            let after = try #require(readme.range(of: "<!-- recipe: \(name) -->\n```sh\n")).upperBound
            script += readme[after...].components(separatedBy: "```")[0] + "echo; echo done \(name)\n"
        }
        script = script.replacingOccurrences(of: "http://127.0.0.1:8080", with: daemon.url)
        let binaries = URL(fileURLWithPath: Command.settledPath).deletingLastPathComponent().path
        let path = binaries + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        var command = Command.named("bash", ["-euo", "pipefail", "-c", script], in: quayside.folder)
        command.environment = ["PATH": path]
        let ran = try expectDone(command)
        let parts = ran.output.components(separatedBy: "\ndone ")
        try #require(parts.count == 7, "\(ran.output)\(ran.errors)")
        #expect(parts[1].contains(#""batch":"first""#) && parts[1].contains(#""accepted":1"#))
        #expect(
            parts[2].contains("batch first of bakery is stored")
                && parts[2].contains("seal by seal/1 is valid"))
        #expect(parts[3].contains(#""state":"open""#) && parts[3].contains("settled-receipt/1"))
        #expect(parts[4].contains(#""dispute":1,"reference":"D-1","#))
        #expect(parts[5].contains("added bakery-2026") && parts[5].contains("signed by bakery-2026"))
    }
}
