import Fixtures
import Foundation
import Testing

/// The built daemon as systemd runs it: real datagrams, real sockets that it inherits, credentials, the journal.
@Suite("The daemon under systemd")
struct SystemdTests {
    /// Opens what `sockets` says in Python as descriptors from 3 on, names them, and becomes the daemon.
    private static func inheriting(_ sockets: String, names: String = "http") -> [String] {
        [
            "python3", "-c",
            """
            import os, socket, sys
            held = []
            def give(family, kind, address, listens):
                made = socket.socket(family, kind)
                made.bind(address)
                if listens: made.listen(16)
                held.append(made)
            \(sockets)
            copies = [os.dup2(os.dup(one.fileno()), 200 + place) for place, one in enumerate(held)]
            for place, copy in enumerate(copies): os.dup2(copy, 3 + place)
            for copy in copies: os.close(copy)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(held)), LISTEN_FDNAMES="\(names)")
            os.execv(sys.argv[1], sys.argv[1:])
            """,
        ]
    }

    private static let tcp = #"give(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0), True)"#

    @Test("It says when it is ready, lives, reads again and stops, in datagrams")
    func notifies() async throws {
        try await offPool {
            let quayside = try Quayside()
            let listener = try DatagramListener(quayside.scratch.file("notify").path)
            let daemon = try Daemon(
                data: quayside.data,
                environment: [
                    "NOTIFY_SOCKET": quayside.scratch.file("notify").path, "WATCHDOG_USEC": "2000000",
                ])
            /// What was heard up to this word, it included.
            func hear(_ word: String) -> [String] {
                var heard: [String] = []
                while heard.last?.hasPrefix(word) != true, let next = listener.next() { heard.append(next) }
                return heard
            }
            #expect(hear("READY=1").last == "READY=1")
            #expect(hear("STATUS=ready on ").last == "STATUS=ready on \(daemon.url)")
            for _ in 0..<3 { #expect(hear("WATCHDOG=1").last == "WATCHDOG=1") }
            daemon.signal(SIGHUP)
            let lines = try #require(hear("RELOADING=1").last).split(separator: "\n")
            #expect(lines.count == 2 && lines[1].hasPrefix("MONOTONIC_USEC="))
            let now = Int(ProcessInfo.processInfo.systemUptime)
            let told = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
            #expect(told / 1_000_000 <= now && told / 1_000_000 > now - 60)
            #expect(hear("READY=1").last == "READY=1")
            // Stopped dead, it says nothing; it goes on where it was.
            daemon.signal(SIGSTOP)
            while listener.hears(within: 3_000) { _ = listener.next() }
            daemon.signal(SIGCONT)
            #expect(hear("WATCHDOG=1").last == "WATCHDOG=1")
            #expect(daemon.stop() == 0)
            #expect(hear("STOPPING=1").last == "STOPPING=1")
        }
    }

    @Test("A start that takes an older database further asks for the time, before it is ready and not after")
    func upgrades() async throws {
        try await offPool {
            let quayside = try Quayside()
            let script = """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1])
                for table in ("secret_marks", "forgotten_members", "redacted_batches", "redacted_details"):
                    db.execute("DROP TABLE " + table)
                db.execute("PRAGMA user_version = 1")
                """
            try expectDone(.named("python3", ["-c", script, quayside.data + "/settled.sqlite"]))
            let listener = try DatagramListener(quayside.scratch.file("notify").path)
            let daemon = try Daemon(
                data: quayside.data, environment: ["NOTIFY_SOCKET": quayside.scratch.file("notify").path])
            #expect(listener.nextWord() == "EXTEND_TIMEOUT_USEC=60000000")
            var words: [String] = []
            while words.last != "READY=1", let word = listener.nextWord() { words.append(word) }
            #expect(words.last == "READY=1", "\(words)")
            #expect(Set(words.dropLast()).isSubset(of: ["EXTEND_TIMEOUT_USEC=60000000"]), "\(words)")
            #expect(try daemon.log.contains("the database is of schema"))
            #expect(daemon.stop() == 0)
            #expect(listener.nextWord() == "STOPPING=1")
            let again = try Daemon(
                data: quayside.data, environment: ["NOTIFY_SOCKET": quayside.scratch.file("notify").path])
            #expect(listener.nextWord() == "READY=1", "a database of the present schema needs no more time")
            #expect(again.stop() == 0)
        }
    }

    @Test("It serves on the sockets that it inherits, TCP and Unix, and not where it is told to listen")
    func sockets() async throws {
        try await offPool {
            let quayside = try Quayside()
            let path = quayside.scratch.file("http.sock").path
            let both = Self.tcp + "\ngive(socket.AF_UNIX, socket.SOCK_STREAM, \"\(path)\", True)"
            let daemon = try Daemon(
                data: quayside.data, listen: "127.0.0.1:1", within: Self.inheriting(both, names: "http:http"))
            #expect(daemon.url.hasPrefix("http://127.0.0.1:") && daemon.url != "http://127.0.0.1:1")
            let log = try daemon.log
            #expect(log.contains("not on http://127.0.0.1:1 as configured"), "\(log)")
            try quayside.submit("2025-03", to: daemon)
            let head = try Command.named(
                "curl", ["--silent", "--include", "--unix-socket", path, "http://settled/healthz"]
            ).run()
            #expect(head.output.hasPrefix("HTTP/1.1 200"), "\(head.output) \(head.errors)")
            let date = try #require(
                head.output.split(separator: "\r\n").first { $0.lowercased().hasPrefix("date:") })
            #expect(date.hasSuffix(" GMT") && date.contains(", "))
            #expect(head.output.lowercased().contains("server: settled"))
            #expect(daemon.stop() == 0)
            // Whoever opened the socket keeps it.
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("It speaks TLS on a socket that it inherits")
    func secure() async throws {
        try await offPool {
            let quayside = try Quayside()
            let scratch = try Scratch()
            try scratch.makeCertificate(serial: 1)
            let daemon = try Daemon(
                data: quayside.data, arguments: scratch.certificateArguments,
                within: Self.inheriting(Self.tcp))
            #expect(daemon.url.hasPrefix("https://127.0.0.1:"))
            let ran = try Command.named(
                "curl",
                [
                    "--silent", "--show-error", "--http2", "--cacert", scratch.file("chain.pem").path,
                    "--output", "/dev/null", "--write-out", "%{http_version} %{http_code}",
                    daemon.url + "/healthz",
                ]
            ).run()
            #expect(ran.output == "2 200", "\(ran.errors)")
            #expect(daemon.stop() == 0)
        }
    }

    @Test(
        "What is inherited and no listening stream socket is refused before anything is served",
        arguments: [
            (
                #"give(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), False)"#, "http",
                "expected a stream"
            ),
            (SystemdTests.tcp.replacingOccurrences(of: "True", with: "False"), "http", "does not listen"),
            (SystemdTests.tcp, "metrics", "is called metrics, expected http"),
            ("held.append(open(os.devnull))", "http", "is no socket"),
        ])
    func refused(sockets: String, names: String, problem: String) async throws {
        try await offPool {
            let quayside = try Quayside()
            let silent = #expect(throws: Daemon.Silent.self) {
                try Daemon(data: quayside.data, within: Self.inheriting(sockets, names: names))
            }
            #expect(silent?.log.contains(problem) == true, "\(silent?.log ?? "")")
            #expect(silent?.log.contains("hint: ") == true)
        }
    }

    @Test("The master secret is the service's credential where there is one, for the daemon and for commands")
    func credentials() async throws {
        try await offPool {
            let quayside = try Quayside()
            let folder = quayside.scratch.file("credentials")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let (own, credential) = (quayside.data + "/master.secret", folder.path + "/master.secret")
            try FileManager.default.moveItem(atPath: own, toPath: credential)
            chmod(credential, 0o440)
            func show(_ environment: [String: String]) throws -> Ran {
                var command = Command.settled("key", "show", "seal/1", "--data", quayside.data)
                command.environment = environment
                return try command.run()
            }
            let given = ["CREDENTIALS_DIRECTORY": folder.path]
            #expect(try show(given).status == 0)
            #expect(try show([:]).errors.contains(own))
            let daemon = try Daemon(data: quayside.data, environment: given)
            try quayside.submit("2025-03", to: daemon)
            #expect(daemon.stop() == 0)
            // It wins over the file of the data folder, and another's is refused.
            try "\(String(repeating: "0a", count: 32))\n".write(
                toFile: own, atomically: true, encoding: .utf8)
            chmod(own, 0o600)
            #expect(try show(given).status == 0)
            #expect(try show([:]).errors.contains("secret_mismatch"))
        }
    }

    @Test("Lines of text tell the journal how grave they are; of JSON, and elsewhere, none does")
    func journal() async throws {
        try await offPool {
            let quayside = try Quayside()
            func log(_ environment: [String: String], _ flags: [String]) throws -> [String] {
                let daemon = try Daemon(data: quayside.data, arguments: flags, environment: environment)
                #expect(daemon.stop() == 0)
                return try daemon.log.split(separator: "\n").map(String.init)
            }
            let journal = ["JOURNAL_STREAM": "9:4711"]
            let lines = try log(journal, [])
            #expect(
                !lines.isEmpty && lines.allSatisfy { $0.hasPrefix("<5>20") || $0.hasPrefix("<4>20") },
                "\(lines)")
            #expect(try log(journal, ["--log-format", "json"]).allSatisfy { $0.hasPrefix("{") })
            #expect(try log(["JOURNAL_STREAM": ""], []).allSatisfy { $0.hasPrefix("20") })
        }
    }

    @Test("A process that holds the secret leaves no core")
    func core() async throws {
        try await offPool {
            let quayside = try Quayside()
            let daemon = try Daemon(
                data: quayside.data, within: ["sh", "-c", #"ulimit -S -c 64 2>/dev/null; exec "$@""#, "sh"])
            let limits = try String(
                contentsOfFile: String(daemon.root.dropLast(4)) + "limits", encoding: .utf8)
            let line = try #require(
                limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
            #expect(line.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"], "\(line)")
            #expect(daemon.stop() == 0)
        }
    }
}
