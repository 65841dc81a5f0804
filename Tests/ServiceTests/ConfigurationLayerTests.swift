import Fixtures
import Foundation
import Logging
import Testing

@testable import Service

@Suite("The layers of the configuration")
struct ConfigurationLayerTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func read(
        _ text: String?, _ environment: [String: String] = [:], flags: DaemonConfiguration.Flags = .init()
    ) async throws -> ConfigurationReading {
        let file = try text.map { try scratch.write($0, to: "settled.yaml") }
        return await ConfigurationReading(file: file, environment: environment, flags: flags)
    }

    @Test("Every key has a variable, which wins over the file")
    func environment() async throws {
        #expect(ConfigurationKeys.all.first?.variable == "SETTLED_LISTEN_HOST")
        #expect(Set(ConfigurationKeys.all.map(\.variable)).count == ConfigurationKeys.all.count)
        let numbers = ConfigurationKeys.all.filter { $0.section == "limits" }
        let said = Dictionary(uniqueKeysWithValues: numbers.map { ($0.variable, "7") }).merging([
            "SETTLED_LISTEN_PORT": "9", "SETTLED_LOG_LEVEL": "debug", "SETTLED_CLOSE_AUTOMATIC": "false",
            "SETTLED_CLOSE_UNUSUAL_FACTOR": "2.5", "SETTLED_TLS_CERTIFICATE": "/c", "SETTLED_TLS_KEY": "/k",
            "SETTLED_SPOOL_FOLDER": "/s", "SETTLED_LISTEN_BEHIND_PROXY": "true", "HOME": "/h",
        ]) { $1 }
        let reading = try await read("log: {level: error}\nlisten: {port: 1}\nlimits: {uploads: 3}", said)
        let configuration = try reading.get()
        #expect(configuration.listen == .address(host: "127.0.0.1", port: 9))
        #expect(configuration.logLevel == .debug && !configuration.closesAutomatically)
        #expect(configuration.isBehindProxy && configuration.spool?.folder == "/s")
        #expect(configuration.tls == TLSFiles(certificate: "/c", key: "/k"))
        #expect(configuration.unusualFactor == UnusualFactor(setting: "2.5"))
        for limit in ServerLimit.all { #expect(configuration.limits[keyPath: limit.path] == 7) }
    }

    @Test("Flags win over the environment, and each value knows where it comes from")
    func origins() async throws {
        let reading = try await read(
            "log:\n  level: error\n  format: json\nbatch: {max_records: 5}\n",
            ["SETTLED_LOG_FORMAT": "text", "SETTLED_LIMITS_UPLOADS": "9", "SETTLED_LIMITS_STREAMS": "4"],
            flags: .init(limits: ["uploads=8"]))
        func origin(_ path: String) throws -> ConfigurationOrigin {
            reading.origin(of: try #require(ConfigurationKeys.all.first { $0.path == path }))
        }
        #expect(try reading.get().limits.uploads == 8)
        #expect(try origin("limits.uploads") == .flag("--limit"))
        #expect(try origin("limits.streams") == .environment("SETTLED_LIMITS_STREAMS"))
        #expect(try origin("log.format") == .environment("SETTLED_LOG_FORMAT"))
        #expect(try origin("log.level") == .file(scratch.file("settled.yaml"), line: 2))
        #expect(try origin("batch.max_records") == .file(scratch.file("settled.yaml"), line: 4))
        #expect(try origin("batch.max_bytes") == .standard)
    }

    @Test("The weightiest layer that says where to listen says which kind it is")
    func listen() async throws {
        let socket = try await read("listen: {socket: /s}", ["SETTLED_LISTEN_PORT": "9"])
        #expect(try socket.get().listen == .address(host: "127.0.0.1", port: 9))
        let address = try await read("listen: {host: h, port: 1}", ["SETTLED_LISTEN_SOCKET": "/s"])
        #expect(try address.get().listen == .socket(path: "/s"))
        let mixed = try await read("listen: {host: h, port: 1}", ["SETTLED_LISTEN_PORT": "2"])
        #expect(try mixed.get().listen == .address(host: "h", port: 2))
        #expect(mixed.saysWhereToListen)
        #expect(try await !read("log: {level: info}").saysWhereToListen)
    }

    @Test("Everything that is wrong is said at once, with its place")
    func everything() async throws {
        let reading = try await read(
            "listne: {port: 1}\nlog: {levle: info, format: xml}\nlimits: {uploads: 0, streams: 101}\n",
            ["SETTLED_LISTEN_PORT": "many", "SETTLED_LOG_LEVLE": "debug"], flags: .init(limits: ["upload=1"]))
        let file = scratch.file("settled.yaml")
        #expect(
            reading.findings.map(\.place) == [
                "--limit", "SETTLED_LOG_LEVLE", "\(file):1", "\(file):2", "SETTLED_LISTEN_PORT", "\(file):2",
                "\(file):3", "\(file):3",
            ])
        #expect(reading.findings.allSatisfy { $0.kind == .misused })
        let failure = #expect(throws: Failure.self) { try reading.get() }
        #expect(failure?.hint?.contains("7 more wrong: `settled config check`") == true)
    }

    @Test(
        "What is not known is refused with what was probably meant",
        arguments: [
            ("listne: {port: 1}", "did you mean `listen`?"), ("log: {levle: info}", "did you mean `level`?"),
            ("port: 1", "did you mean `listen.port`?"),
            ("log: {uploads: 1}", "did you mean `limits.uploads`?"),
            ("log: {level: infos}", "did you mean `info`?"),
        ])
    func meant(text: String, hint: String) async throws {
        #expect(try await read(text).findings.map(\.hint) == [hint])
    }

    @Test("A variable that is no setting is refused without what is in it, and the project's own are not")
    func variables() async throws {
        let reading = try await read(
            nil, ["SETTLED_MASTER_SECRET": "0123abcd", "SETTLED_LISTEN_PROT": "1", "SETTLED_TEST_BUILD": "1"])
        #expect(reading.findings.map(\.place) == ["SETTLED_LISTEN_PROT", "SETTLED_MASTER_SECRET"])
        #expect(reading.findings.first?.hint == "did you mean SETTLED_LISTEN_PORT?")
        let listing = ConfigurationListing(reading)
        for text in [listing.findings, listing.findingsJSON, listing.text, listing.json] {
            #expect(!text.contains("0123abcd"))
        }
    }

    @Test("What Kubernetes says of a Service called settled is passed over, and nothing that is only like it")
    func service() async throws {
        let said = [
            "SETTLED_SERVICE_HOST", "SETTLED_SERVICE_PORT", "SETTLED_SERVICE_PORT_HTTP", "SETTLED_PORT",
            "SETTLED_PORT_8080_TCP", "SETTLED_PORT_8080_TCP_PROTO", "SETTLED_PORT_8080_TCP_PORT",
            "SETTLED_PORT_8080_TCP_ADDR", "SETTLED_PORT_53_UDP_ADDR",
        ]
        let passed = try await read(
            nil, Dictionary(uniqueKeysWithValues: said.map { ($0, "tcp://10.0.0.1") }))
        #expect(passed.findings.isEmpty && !passed.saysWhereToListen)
        #expect(!ConfigurationKeys.all.contains { said.contains($0.variable) })
        let like = [
            "SETTLED_PORTS", "SETTLED_PORT_8080", "SETTLED_PORT_8080_TCP_NAME", "SETTLED_PORT_HTTP_TCP",
            "SETTLED_SERVICE", "SETTLED_SERVICE_NAME", "SETTLED_SERVICE_PORT_", "SETTLED_X_SERVICE_HOST",
        ]
        let refused = try await read(nil, Dictionary(uniqueKeysWithValues: like.map { ($0, "1") }))
        #expect(refused.findings.map(\.place) == like.sorted())
    }

    @Test(
        "A configuration that is read again is compared key by key, and the running daemon takes what it can")
    func change() async throws {
        let before = try await read("log: {level: info}\nlimits: {uploads: 7}").get()
        let after = try await read(
            "log: {level: debug}\nlimits: {streams: 9}\nspool: {folder: /s}\nlisten: {socket: /s}"
        ).get()
        let change = ConfigurationChange(from: before, to: after)
        #expect(
            change.live.map(\.description) == ["log.level: info, now debug", "limits.uploads: 7, now 256"])
        #expect(
            change.waiting.map(\.path) == [
                "listen.host", "listen.port", "listen.socket", "limits.streams", "spool.folder",
            ])
        var taken = before
        (taken.logLevel, taken.limits.uploads) = (.debug, 256)
        #expect(before.taking(liveOf: after) == taken)
        #expect(ConfigurationChange(from: taken, to: after).live.isEmpty)
    }
}
