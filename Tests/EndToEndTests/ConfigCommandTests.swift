import Fixtures
import Foundation
import Testing

@Suite("The configuration, as its operator sees it")
struct ConfigCommandTests {
    private func settled(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> Ran {
        try Command(Command.settledPath, arguments, environment: environment).run()
    }

    @Test("`config check` says everything that is wrong, and ends with 1")
    func check() throws {
        let scratch = try Scratch()
        let file = try scratch.write("listne: {port: 1}\nlog: {level: loud}\n", to: "settled.yaml")
        let ran = try settled(
            ["config", "check", "--config", file], ["SETTLED_LISTEN_PROT": "tops3cret"])
        #expect(ran.status == 1 && ran.output.isEmpty)
        for said in [
            "\(file):1: unknown section", "did you mean `listen`?", "\(file):2: log.level: expected one of",
            "SETTLED_LISTEN_PROT: unknown setting", "did you mean SETTLED_LISTEN_PORT?",
        ] { #expect(ran.errors.contains(said), "\(ran.errors)") }
        #expect(!ran.errors.contains("tops3cret"))
        let json = try settled(["config", "check", "--json", "--config", file])
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(json.status == 1 && (object?["findings"] as? [[String: Any]])?.count == 2)
        #expect(object?["file"] as? String == file)
    }

    @Test("The example is good")
    func example() throws {
        let file = SharedFolder.repository.appendingPathComponent("Deploy/settled.yaml").path
        let ran = try settled(["config", "check", "--config", file])
        #expect(ran.status == 0 && ran.output == "\(file): good\n", "\(ran.errors)")
    }

    @Test("`config show` shows each value, and from which layer it is")
    func show() throws {
        let scratch = try Scratch()
        let file = try scratch.write("log: {level: error}\nstop: {drain_seconds: 3}\n", to: "settled.yaml")
        let ran = try settled(
            ["config", "show", "--json", "--config", file, "--listen", "unix:/s"],
            ["SETTLED_LOG_LEVEL": "debug", "SETTLED_LIMITS_UPLOADS": "7"])
        #expect(ran.status == 0, "\(ran.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any]
        let settings = try #require(object?["settings"] as? [[String: Any]])
        func setting(_ key: String) -> [String?] {
            let found = settings.first { $0["key"] as? String == key }
            return ["value", "from", "place"].map { found?[$0] as? String }
        }
        #expect(setting("log.level") == ["debug", "environment", "SETTLED_LOG_LEVEL"])
        #expect(setting("limits.uploads") == ["7", "environment", "SETTLED_LIMITS_UPLOADS"])
        #expect(setting("stop.drain_seconds") == ["3", "file", "\(file):2"])
        #expect(setting("listen.socket") == ["/s", "flag", "--listen"])
        #expect(setting("listen.port") == [nil, "default", nil])
        #expect(setting("log.format") == ["text", "default", nil])
        let text = try settled(["config", "show", "--no-config"])
        #expect(text.status == 0 && text.output.contains("listen.port"))
        #expect(try settled(["config", "show", "--no-config", "--config", file]).status == 2)
    }

    @Test("The daemon takes the environment, and does not start with a variable that is no setting")
    func serve() async throws {
        try await offPool {
            let quayside = try Quayside()
            let serve = ["serve", "--no-config", "--data", quayside.data]
            let ran = try settled(serve, ["SETTLED_LISTEN_PORT": "0", "SETTLED_LOG_LEVLE": "debug"])
            #expect(
                ran.status == 2 && ran.errors.contains("did you mean SETTLED_LOG_LEVEL?"), "\(ran.errors)")
        }
    }

    @Test(
        "At SIGHUP the daemon takes what it can, names what waits, and keeps what it has when anything is wrong"
    )
    func reload() async throws {
        try await offPool {
            let quayside = try Quayside()
            let file = try quayside.scratch.write("log: {level: notice}\n", to: "settled.yaml")
            let daemon = try Daemon(data: quayside.data, "--config", file)
            func reload(_ text: String, _ said: String) throws {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                daemon.signal(SIGHUP)
                for _ in 0..<200 where try !daemon.log.contains(said) { usleep(50_000) }
                let log = try daemon.log
                #expect(log.contains(said), "\(log)")
            }
            try reload("log: {levle: debug}\n", "configuration not read, the one before stays in use")
            #expect(try daemon.log.contains("did you mean `level`?"))
            try reload(
                "log: {level: warning}\nlimits: {requests_per_second_per_peer: 1, streams: 9}\n",
                "not before a restart: limits.streams: 16, now 9")
            let log = try daemon.log
            #expect(log.contains("configuration changed: log.level: notice, now warning"), "\(log)")
            #expect(log.contains("limits.requests_per_second_per_peer: 5000, now 1"))
            // The rate is in force: of many requests at once the last is one too many.
            let many = Array(repeating: daemon.url + "/.well-known/jwks.json", count: 20)
            let asked = try Command.named("curl", ["--silent", "--write-out", "\\n%{http_code}\\n"] + many)
                .run()
            let statuses = asked.output.split(separator: "\n").map(String.init).filter { $0.count == 3 }
            #expect(statuses.contains("200") && statuses.contains("429"), "\(statuses)")
            try reload("log: {level: info}\n", "limits.requests_per_second_per_peer: 1, now 5000")
            #expect(try daemon.get("/openapi.yaml").status == 0)
            try reload("log: {level: info}\n", "configuration as before")
            #expect(daemon.stop() == 0)
        }
    }
}
