import Fixtures
import Foundation
import Testing

/// The built daemon with certificates that `openssl` makes, asked by `curl`.
@Suite("TLS, HTTP/2 and Unix sockets")
struct TLSTests {
    /// What curl says with the certificate as the only one that it trusts.
    private func curl(_ daemon: Daemon, _ scratch: Scratch, _ more: [String]) throws -> Ran {
        try Command.named(
            "curl",
            ["--silent", "--show-error", "--max-time", "60", "--cacert", scratch.file("chain.pem").path]
                + more
        ).run()
    }

    @Test("Batches come over HTTP/2 and HTTP/1.1, and nothing older than TLS 1.2 is spoken")
    func secure() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(data: quayside.data, arguments: scratch.certificateArguments)
            #expect(daemon.url.hasPrefix("https://127.0.0.1:"))
            let file = quayside.scratch.file("2025-03/bakery.ndjson").path
            try expectDone(.settled("sign", file, "--key", quayside.key(of: "bakery.ndjson")))
            let signature = try String(contentsOfFile: file + ".jws", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
            for (version, answer) in [("--http2", "2 201"), ("--http1.1", "1.1 200")] {
                let ran = try curl(
                    daemon, scratch,
                    [
                        version, "--output", scratch.file("out").path, "--write-out",
                        "%{http_version} %{http_code}",
                    ]
                        + daemon.arguments(file, signature: signature).suffix(7))
                #expect(ran.output == answer, "\(ran.errors)")
            }
            let asked = try curl(
                daemon, scratch,
                ["--http2", "--header", "Expect: 100-continue"]
                    + daemon.arguments(file, signature: "no.jws").suffix(7))
            #expect(asked.output.contains("signature_malformed"))
            #expect(try curl(daemon, scratch, ["--tls-max", "1.1", daemon.url + "/healthz"]).status != 0)
            let plain = daemon.url.replacingOccurrences(of: "https", with: "http")
            #expect(try curl(daemon, scratch, [plain + "/healthz"]).status != 0)
            #expect(daemon.stop() == 0)
        }
    }

    @Test("A certificate that is replaced is used for the next connection, and a broken one is not")
    func replaced() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(data: quayside.data, arguments: scratch.certificateArguments)
            func serial() throws -> String {
                let ran = try curl(
                    daemon, scratch,
                    [
                        "--output", scratch.file("out").path, "--write-out", "%{certs}",
                        daemon.url + "/healthz",
                    ])
                return ran.output.split(separator: "\n").first { $0.hasPrefix("Serial Number") }.map(
                    String.init) ?? ""
            }
            func awaitSerial(_ number: String) throws {
                for _ in 0..<200 where try !serial().hasSuffix(number) { usleep(100_000) }
                let log = try daemon.log
                #expect(try serial().hasSuffix(number), "\(log)")
            }
            try awaitSerial("1")
            try scratch.makeCertificate(serial: 2)
            try awaitSerial("2")
            // Half of a file: the one before stays.
            let kept = try Data(contentsOf: scratch.file("chain.pem"))
            try kept.prefix(kept.count / 2).write(to: scratch.file("chain.pem"), options: .atomic)
            daemon.signal(SIGHUP)
            for _ in 0..<200 where try !daemon.log.contains("certificate not read") { usleep(100_000) }
            #expect(try daemon.log.contains("certificate not read"))
            try kept.write(to: scratch.file("chain.pem"), options: .atomic)
            #expect(try serial().hasSuffix("2"))
            try scratch.makeCertificate(serial: 3)
            daemon.signal(SIGHUP)
            try awaitSerial("3")
            #expect(daemon.stop() == 0)
        }
    }

    @Test("Files that do not fit are refused before anything is served")
    func wrong() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let other = try Scratch()
            try other.makeCertificate(serial: 2)
            let serve = ["serve", "--no-config", "--data", quayside.data, "--listen", "127.0.0.1:0"]
            let (chain, key) = (scratch.file("chain.pem").path, other.file("key.pem").path)
            for (more, word) in [
                (["--tls-certificate", chain], "both certificate and key"),
                (["--tls-certificate", chain, "--tls-key", key], "do not belong together"),
                (["--tls-certificate", key, "--tls-key", key], "PEM"),
                (["--tls-certificate", chain, "--tls-key", chain + ".none"], "chain.pem.none"),
            ] {
                let ran = try Command(Command.settledPath, serve + more).run()
                #expect(ran.status != 0 && ran.errors.contains(word), "\(ran)")
            }
        }
    }

    @Test("Who asks much over one connection of HTTP/2 and reads nothing is answered a part, and cut off")
    func unread() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(
                data: quayside.data, arguments: scratch.certificateArguments + ["--limit", "idle_seconds=2"])
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/streams.py").path
            // It ends only when the daemon ends what it holds: it reads nothing itself.
            let ran = try Command.named("python3", [script, port, "/README.md", "80"]).run()
            let told = try #require(
                try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any],
                "\(ran.errors)")
            #expect(told["most"] as? [Int] == [16])
            let (good, refused) = (told["good"] as? Int ?? 0, told["refused"] as? Int ?? 0)
            #expect(good == 16 && refused == 64 && told["other"] as? Int == 0, "\(ran.output)")
            // A field that both sides remember is shorter the second time.
            #expect(told["heads"] as? Int == 1, "\(ran.output)")
            #expect(told["closed"] as? Bool == true || told["ended"] as? Int == 80, "\(ran.output)")
            #expect(try curl(daemon, scratch, ["--fail", daemon.url + "/healthz"]).status == 0)
            #expect(daemon.stop() == 0)
        }
    }

    @Test("A connection that asks beyond all bounds is closed, and told which requests nothing was made of")
    func beyondBounds() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(data: quayside.data, arguments: scratch.certificateArguments)
            let port = try #require(daemon.url.split(separator: ":").last.map(String.init))
            let script = SharedFolder.repository.appendingPathComponent("Tests/Fixtures/API/streams.py").path
            // 16 are taken and 256 refused: one would be too many, and some come behind it.
            let ran = try Command.named("python3", [script, port, "/README.md", "292"]).run()
            let told = try #require(
                try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any],
                "\(ran.errors)")
            #expect(told["closed"] as? Bool == true && told["refused"] as? Int == 256, "\(ran.output)")
            #expect(told["last"] as? Int == 31, "\(ran.output)")
            #expect(try curl(daemon, scratch, ["--fail", daemon.url + "/healthz"]).status == 0)
            #expect(daemon.stop() == 0)
        }
    }

    @Test("A Unix socket takes batches, and one that a killed daemon left behind is taken over")
    func unixSocket() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            let path = scratch.file("s").path
            for _ in 0..<2 {
                let daemon = try Daemon(data: quayside.data, listen: "unix:\(path)")
                let ran = try Command.named(
                    "curl", ["--silent", "--max-time", "60", "--unix-socket", path, "http://settled/readyz"]
                ).run()
                #expect(ran.output == #"{"status":"ready"}"#)
                daemon.kill()
            }
        }
    }
}
