import Fixtures
import Foundation
import Testing

/// `settled secret rotate` beside the built daemon, and what it signed before and after checked by tools that are not
/// it.
@Suite("Rotating the master secret")
struct SecretRotationTests {
    private func statement(_ quayside: Quayside, _ period: String) throws -> URL {
        let folder = quayside.scratch.file("out-" + period)
        try expectDone(
            .settled("statement", "bakery", period, "--data", quayside.data, "--out", folder.path))
        return folder
    }

    private func seal(_ folder: URL) throws -> String {
        let text = try String(
            contentsOf: folder.appendingPathComponent("STATEMENT.json.seal"), encoding: .utf8)
        var head = String(text.prefix { $0 != "." }).replacing("-", with: "+").replacing("_", with: "/")
        head += String(repeating: "=", count: (4 - head.count % 4) % 4)
        return String(decoding: try #require(Data(base64Encoded: head)), as: UTF8.self)
    }

    @Test("A period before and one after it verify by both programs, and come again byte for byte")
    func acrossRotation() async throws {
        try await offPool {
            let quayside = try Quayside()
            let secret = quayside.data + "/master.secret"
            let old = quayside.scratch.file("old.secret")
            try FileManager.default.copyItem(atPath: secret, toPath: old.path)
            let first = try Daemon(data: quayside.data)
            try quayside.submit("2025-03", to: first)
            try expectDone(.settled("close", "2025-03", "--data", quayside.data))
            let rotated = try expectDone(.settled("secret", "rotate", "--data", quayside.data))
            #expect(rotated.output.contains("wrote version 2"), "\(rotated.output)")
            let again = try Command.settled("secret", "rotate", "--data", quayside.data).run()
            #expect(again.status == 1 && again.errors.contains("secret_waiting"), "\(again.errors)")
            // The daemon goes on by the one that it started with, as what is closed beside it does.
            let set = try expectDone(.named("curl", ["--silent", first.url + "/.well-known/jwks.json"]))
                .output
            #expect(set.contains("seal/1") && !set.contains("seal/2"), "\(set)")
            #expect(first.stop() == 0)
            let second = try Daemon(data: quayside.data)
            #expect(try second.log.contains("version 2 of the master secret signs from now on"))
            try quayside.submit("2025-04", to: second)
            try expectDone(.settled("close", "2025-04", "--data", quayside.data))
            let published = try second.get("/.well-known/jwks.json").output
            let jwks = try quayside.scratch.write(published, to: "published.jwks")
            #expect(published.contains("seal/1") && published.contains("seal/2"), "\(published)")
            #expect(second.stop() == 0)
            try verify(quayside, jwks: jwks)
            let ran = try expectDone(.settled("rederive", "--data", quayside.data))
            #expect(ran.lastLine == "all is as it was derived", "\(ran.output)")
            let audit = try expectDone(
                .settled("audit", "--data", quayside.data, "--act", "secret_rotated", "--json"))
            #expect(audit.output.split(separator: "\n").count == 1 && audit.output.contains("version 2"))
            let outdated = try Command.settled(
                "serve", "--data", quayside.data, "--secret", old.path, "--no-config"
            ).run()
            #expect(outdated.status == 1 && outdated.errors.contains("secret_outdated"), "\(outdated.errors)")
        }
    }

    private func verify(_ quayside: Quayside, jwks: String) throws {
        let folders = try ["2025-03", "2025-04"].map { try statement(quayside, $0) }
        #expect(try seal(folders[0]).contains(#""kid":"seal/1""#))
        #expect(try seal(folders[1]).contains(#""kid":"seal/2""#))
        let script = SharedFolder.repository.appendingPathComponent("Deploy/verify-statement").path
        let audited = try Command(script, ["--jwks", jwks] + folders.map(\.path)).run()
        #expect(
            audited.status == 0 && audited.lastLine == "all is good", "\(audited.output)\(audited.errors)")
        var keys: [String] = []
        for (version, folder) in zip(1..., folders) {
            let shown = try expectDone(
                .settled("key", "show", "statement/bakery/\(version)", "--data", quayside.data))
            let key = try quayside.scratch.write(shown.output, to: "statement-\(version).key")
            chmod(key, 0o600)
            keys += ["--key", key]
            let file = folder.appendingPathComponent("STATEMENT.json").path
            let ran = try expectDone(.settled("verify", file, "--jwks", jwks, "--key", key))
            #expect(ran.output.contains("statement/bakery/\(version)"), "\(ran.output)")
            let signed = try Command(script, ["--key", key, folder.path]).run()
            #expect(signed.output.contains("signed by statement/bakery/\(version)"), "\(signed.output)")
        }
        let places = folders.map(\.path)
        let lacking = try Command(script, keys.suffix(2) + places).run()
        #expect(
            lacking.status == 3 && lacking.output.contains("no --key is the key statement/bakery/1"),
            "\(lacking.output)")
        let whole = try Command(script, keys + places).run()
        #expect(whole.status == 0 && whole.lastLine == "all is good", "\(whole.output)\(whole.errors)")
    }

    @Test("Neither an argument nor a variable is taken for a secret")
    func elsewhere() throws {
        let quayside = try Quayside()
        let digits = String(repeating: "ab", count: 32)
        let ran = try Command.settled("secret", "rotate", "--data", quayside.data, "--secret", digits).run()
        #expect(ran.status == 2, "it is the name of a file that is not there: \(ran.errors)")
    }
}
