import Fixtures
import Foundation
import Testing

@Suite("Statements outside")
struct StatementTests {
    private static func readme() throws -> [String] {
        try String(contentsOf: SharedFolder.repository.appendingPathComponent("README.md"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The fenced lines of the README behind a marker.
    private static func block(_ marker: String) throws -> String {
        let lines = try readme().drop { $0 != "<!-- \(marker) -->" }.dropFirst()
        let block = lines.drop { !$0.hasPrefix("```") }.dropFirst().prefix { !$0.hasPrefix("```") }
        try #require(!block.isEmpty, "README.md has no block \(marker)")
        return block.map { $0 + "\n" }.joined()
    }

    @Test("The statement in the README, and a line of it taken apart, are those that the example comes to")
    func readmeStatement() throws {
        let quayside = try Quayside.played.get()
        let shown = try expectDone(Command.settled("statement", "bakery", "2025-04", "--data", quayside.data))
        #expect(try Self.block("statement: bakery 2025-04") == shown.output)
        let explained = try expectDone(
            Command.settled("explain", "bakery", "2025-04", "--line", "3", "--data", quayside.data))
        let written = try Self.block("explain: bakery 2025-04 line 3")
        #expect(Self.withoutChance(written) == Self.withoutChance(explained.output))
        #expect(Self.withoutChance(written) != written)
    }

    @Test("A gift's redemption is explained by the price of the gift, as its supplier's statement has it")
    func gift() throws {
        let data = try Quayside.played.get().data
        let life = try expectDone(
            Command.settled("explain", "cinema", "2025-04", "--record", "C-4", "--data", data)
        ).output
        let lines = life.split(separator: "\n").filter { $0.contains("(redemption_payout) of garden: ") }
        #expect(
            !lines.isEmpty && lines.allSatisfy { $0.hasSuffix(", price 0.0052, rate 1%, by item tulips") },
            "\(life)")
        #expect(!life.contains("redemption of 500 points, by "), "\(life)")
    }

    /// An explanation without what is another one each time that the example is played: when batches came, and the
    /// bytes of their signatures, by a key that is made by chance.
    private static func withoutChance(_ text: String) -> String {
        text.replacing(#/received [0-9T:+-]+/#, with: "received")
            .replacing(#/\.\.[A-Za-z0-9_-]{43}\n/#, with: "..\n")
    }

    @Test(
        "The README's recipes let openssl agree, and disagree once a byte is changed",
        arguments: ["signature", "seal"])
    func recipes(name: String) throws {
        let quayside = try Quayside.played.get()
        let recipe = try Self.block("recipe: \(name)")
        let folder = try quayside.statement(of: "bakery", "2025-04")
        let good = try Command.named("bash", ["-euo", "pipefail", "-c", recipe], in: folder.folder).run()
        #expect(good.status == 0 && good.output.hasPrefix("Signature "), "\(good.output)\(good.errors)")

        let path = folder.file("STATEMENT.json")
        let text = try String(contentsOf: path, encoding: .utf8)
        try text.replacingOccurrences(of: "\"number\":2", with: "\"number\":3").write(
            to: path, atomically: true, encoding: .utf8)
        let bad = try Command.named("bash", ["-euo", "pipefail", "-c", recipe], in: folder.folder).run()
        #expect(bad.status != 0, "\(bad.output)")
    }

    @Test("Verify accepts signature and seal, and finds a changed statement and changed details")
    func verify() throws {
        let quayside = try Quayside.played.get()
        let folder = try quayside.statement(of: "bakery", "2025-04")
        let path = folder.file("STATEMENT.json").path
        let keys = ["--key", folder.file("statement.key").path, "--jwks", folder.file("seal.jwks").path]
        try expectDone(Command(Command.settledPath, ["verify", path] + keys))
        let details = folder.file("DETAILS.csv")
        try (String(contentsOf: details, encoding: .utf8) + "\n").write(
            to: details, atomically: true, encoding: .utf8)
        #expect(try Command(Command.settledPath, ["verify", path] + keys).run().status == 1)
    }

    @Test("A JOSE library of another language accepts signature and seal, and nothing else")
    func jose() throws {
        let quayside = try Quayside.played.get()
        let folder = try quayside.statement(of: "bakery", "2025-04")
        let script = try folder.write(JOSE.script, to: "check.py")
        let ran = try Command.named(
            try #require(JOSE.python, "no Python here has joserfc or jwcrypto; run Deploy/prepare --tests"),
            [script], in: folder.folder
        ).run()
        #expect(ran.status == 0 && ran.output.hasPrefix("checked by "), "\(ran.output)\(ran.errors)")
    }
}

/// A JOSE library in Python, where there is one.
enum JOSE {
    /// The Python that has a library.
    static let python: String? = ["python3", "/usr/bin/python3"].first { python in
        let check =
            "import importlib.util as u,sys; sys.exit(not (u.find_spec('joserfc') or u.find_spec('jwcrypto')))"
        return (try? Command.named(python, ["-c", check]).run().status) == 0
    }

    /// Checks the statement in the present folder; then that one byte more makes both signatures wrong.
    static let script = """
        import json, sys

        def read(name): return open(name, "rb").read()
        payload = read("STATEMENT.json")
        checks = [
            (read("STATEMENT.json.jws").decode(), json.loads(read("statement.key")), "HS256"),
            (read("STATEMENT.json.seal").decode(), json.loads(read("seal.jwks"))["keys"][0], "EdDSA"),
        ]
        try:
            from joserfc import jws
            from joserfc.jwk import OctKey, OKPKey
            library = "joserfc"
            def check(token, key, algorithm):
                kind = OctKey if algorithm == "HS256" else OKPKey
                jws.deserialize_compact(token, kind.import_key(key), algorithms=[algorithm], payload=payload)
        except ImportError:
            from jwcrypto import jwk, jws
            library = "jwcrypto"
            def check(token, key, algorithm):
                parsed = jws.JWS()
                parsed.allowed_algs = [algorithm]
                parsed.deserialize(token)
                parsed.verify(jwk.JWK(**key), detached_payload=payload)

        for token, key, algorithm in checks: check(token, key, algorithm)
        payload += b" "
        for token, key, algorithm in checks:
            try: check(token, key, algorithm)
            except Exception: continue
            sys.exit("a changed statement passes " + algorithm)
        print("checked by", library)
        """
}
