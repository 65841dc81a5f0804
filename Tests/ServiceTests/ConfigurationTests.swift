import Logging
import Service
import Testing

@Suite("The daemon's configuration")
struct ConfigurationTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func read(
        _ text: String, flags: DaemonConfiguration.Flags = .init()
    ) async throws -> DaemonConfiguration {
        try await DaemonConfiguration.read(file: try scratch.write(text, to: "settled.yaml"), flags: flags)
    }

    @Test("Without a file and flags there are defaults")
    func defaults() async throws {
        let configuration = try await DaemonConfiguration.read(file: nil)
        #expect(configuration == DaemonConfiguration())
        #expect(configuration.listen == .address(host: "127.0.0.1", port: 8080))
        #expect(configuration.maxBatchBytes == 67_108_864)
    }

    @Test("A file of comments changes nothing", arguments: ["", "# nothing yet\n", "---\n"])
    func empty(text: String) async throws {
        #expect(try await read(text) == DaemonConfiguration())
    }

    @Test("Every key of the file is heard")
    func file() async throws {
        let configuration = try await read(
            """
            listen: {host: '::1', port: 9000}
            batch: {max_bytes: 1000}
            log:
              level: debug
              format: json
            """)
        #expect(
            configuration
                == DaemonConfiguration(
                    listen: .address(host: "::1", port: 9000), maxBatchBytes: 1000, logLevel: .debug,
                    logFormat: .json))
        #expect("\(configuration.listen)" == "http://[::1]:9000")
        let socket = try await read("listen: {socket: /run/settled.sock}")
        #expect(socket.listen == .socket(path: "/run/settled.sock"))
    }

    @Test("How long a stop is announced is bounded, and 0 if nothing is said")
    func drain() async throws {
        #expect(try await read("").drainSeconds == 0)
        #expect(try await read("stop: {drain_seconds: 7}").drainSeconds == 7)
        #expect(try await read("stop: {drain_seconds: 7}", flags: .init(drainSeconds: 3)).drainSeconds == 3)
        for wrong in ["-1", "601", "soon"] {
            let failure = await #expect(throws: Failure.self) {
                try await read("stop: {drain_seconds: \(wrong)}")
            }
            #expect(failure?.problem.contains("stop.drain_seconds") == true)
        }
    }

    @Test("Metrics are given nowhere unless a file or a flag says where, in full or in part")
    func metrics() async throws {
        #expect(try await read("").metrics == nil)
        let host = "metrics: {host: '::1'}"
        #expect(try await read(host).metrics == .address(host: "::1", port: 9464))
        #expect(try await read("metrics: {port: 7}").metrics == .address(host: "127.0.0.1", port: 7))
        let flag = try DaemonConfiguration.Listen(metricsFlag: "[::2]:0")
        #expect(try await read(host, flags: .init(metrics: flag)).metrics == .address(host: "::2", port: 0))
        for wrong in ["unix:/run/s", "9464", "h:65536", ":1", ""] {
            let failure = #expect(throws: Failure.self) {
                try DaemonConfiguration.Listen(metricsFlag: wrong)
            }
            #expect(failure?.place == "--metrics" && failure?.kind == .misused, "\(wrong)")
        }
        for wrong in ["{port: 65536}", "{port: x}", "{host: ''}", "{socket: /run/s}"] {
            let failure = await #expect(throws: Failure.self) { try await read("metrics: \(wrong)") }
            #expect("\(failure as Any)".contains("metrics"), "\(wrong)")
        }
    }

    @Test("Flags win over the file")
    func flags() async throws {
        let configuration = try await read(
            "listen: {socket: /run/s}\nbatch: {max_bytes: 1000}\nlog: {level: debug, format: json}\n",
            flags: .init(
                listen: .address(host: "h", port: 1), maxBatchBytes: 7, logLevel: "error", logFormat: "text"))
        #expect(
            configuration
                == DaemonConfiguration(
                    listen: .address(host: "h", port: 1), maxBatchBytes: 7, logLevel: .error, logFormat: .text
                ))
    }

    @Test("Limits are read from the file, and flags win over it")
    func limits() async throws {
        let configuration = try await read(
            "limits: {uploads: 7, idle_seconds: 9}", flags: .init(limits: ["uploads=8", "body_bytes=10"]))
        var expected = ServerLimits()
        (expected.uploads, expected.idleSeconds, expected.bodyBytes) = (8, 9, 10)
        #expect(configuration.limits == expected)
        for wrong in ["uploads", "upload=1", "uploads=0", "uploads=x", "=1"] {
            await #expect(throws: Failure.self, "\(wrong)") {
                try await read("", flags: .init(limits: [wrong]))
            }
        }
    }

    @Test("The spool is there when a folder is named, by the file or by the flag, which wins")
    func spool() async throws {
        #expect(try await read("log: {level: info}").spool == nil)
        let text = "spool: {folder: /s, poll_seconds: 5, quiet_seconds: 0}"
        #expect(
            try await read(text).spool == SpoolSettings(folder: "/s", pollSeconds: 5, quietSeconds: 0))
        #expect(
            try await read(text, flags: .init(spool: "/f")).spool
                == SpoolSettings(folder: "/f", pollSeconds: 5, quietSeconds: 0))
        #expect(try await read("", flags: .init(spool: "/f")).spool == SpoolSettings(folder: "/f"))
    }

    @Test(
        "What is wrong is refused with its place",
        arguments: [
            (
                "listne: {port: 1}", ":1",
                "expected one of listen, batch, log, tls, limits, close, stop, spool, "
                    + "out, delivery, metrics, found listne"
            ),
            ("log:\n  levle: info\n", ":2", "expected one of level, format, found levle"),
            ("listen: 8080", ":1", "expected some of host, port, socket"),
            ("log: {level: [info]}", ":1", "expected one value"),
            ("- listen", "", "expected sections"),
            ("listen: {host: h, host: h}", "", "is not YAML"),
            ("listen: {port: 1", "", "is not YAML"),
            ("listen: {port: many}", ":1", "listen.port: expected a whole number"),
            ("listen: {port: 70000}", ":1", "listen.port: expected 0 … 65535, found 70000"),
            ("listen: {host: ''}", ":1", "the host is empty"),
            ("listen: {socket: /s, port: 1}", ":1", "found both"),
            ("batch: {max_bytes: 0}", ":1", "batch.max_bytes: expected 1 … 536870912, found 0"),
            ("limits: {uploads: 0}", ":1", "limits.uploads: expected 1 … 100000, found 0"),
            ("limits: {upload: 1}", ":1", "unknown key in limits"),
            ("log: {level: loud}", ":1", "log.level: expected one of trace, debug"),
            ("spool: {poll_seconds: 5}", ":1", "spool.folder: expected the folder of the spool, found none"),
            ("spool: {folder: /s, poll_seconds: 0}", ":1", "spool.poll_seconds: expected 1 … 3600, found 0"),
            ("log: {format: xml}", ":1", "log.format: expected one of text, json, found xml"),
        ])
    func wrong(text: String, place: String, problem: String) async throws {
        do {
            let configuration = try await read(text)
            Issue.record("\(text) was taken as \(configuration)")
        } catch let failure as Failure {
            #expect(failure.kind == .misused)
            #expect(failure.place == scratch.file("settled.yaml") + place)
            #expect(failure.problem.contains(problem), "\(failure)")
        }
    }

    @Test("The flag --listen takes addresses and sockets")
    func listen() throws {
        typealias Listen = DaemonConfiguration.Listen
        #expect(try Listen(flag: "127.0.0.1:0") == .address(host: "127.0.0.1", port: 0))
        #expect(try Listen(flag: "[::1]:80") == .address(host: "::1", port: 80))
        #expect(try Listen(flag: "unix:/s") == .socket(path: "/s"))
        for wrong in ["80", "host", ":80", "h:x", "h:-1", "h:65536", "unix:"] {
            let failure = #expect(throws: Failure.self) { try Listen(flag: wrong) }
            #expect(failure?.kind == .misused, "\(wrong)")
        }
    }

    @Test("The disk's reserve is a number of bytes")
    func reserve() async throws {
        #expect(try await read("close: {automatic: true}").reserveBytes == 256 << 20)
        #expect(try await read("close: {reserve_bytes: 0}").reserveBytes == 0)
        for wrong in ["-1", "1.5", "much", "9000000000000000"] {
            let failure = await #expect(throws: Failure.self) {
                try await read("close: {reserve_bytes: \(wrong)}")
            }
            #expect(failure?.description.contains("close.reserve_bytes") == true)
        }
    }

    @Test("The factor of unusual activity is a decimal from 1 to 1000, or 0")
    func unusualFactor() async throws {
        #expect(try await read("close: {automatic: true}").unusualFactor == .standard)
        #expect(try await read("close: {unusual_factor: 2.5}").unusualFactor == UnusualFactor(setting: "2.5"))
        #expect(try await read("close: {unusual_factor: 0}").unusualFactor == UnusualFactor(setting: "0"))
        for wrong in ["0.5", "-1", "much", "1001"] {
            let failure = await #expect(throws: Failure.self) {
                try await read("close: {unusual_factor: \(wrong)}")
            }
            #expect(failure?.description.contains("close.unusual_factor") == true)
        }
    }
}
