import Configuration

extension DaemonConfiguration {
    /// What flags say over everything else; nil: nothing.
    public struct Flags: Hashable, Sendable {
        public var listen: Listen?
        public var metrics: Listen?
        public var maxBatchBytes: Int?
        public var logLevel: String?
        public var logFormat: String?
        public var tlsCertificate: String?
        public var tlsKey: String?
        public var spool: String?
        public var out: String?
        public var closesAutomatically: Bool?
        public var drainSeconds: Int?
        /// `NAME=VALUE`, as they follow `--limit`.
        public var limits: [String]

        public init(
            listen: Listen? = nil, maxBatchBytes: Int? = nil, logLevel: String? = nil,
            logFormat: String? = nil, tlsCertificate: String? = nil, tlsKey: String? = nil,
            spool: String? = nil, out: String? = nil, closesAutomatically: Bool? = nil,
            drainSeconds: Int? = nil, limits: [String] = [], metrics: Listen? = nil
        ) {
            self.metrics = metrics
            self.listen = listen
            self.maxBatchBytes = maxBatchBytes
            self.logLevel = logLevel
            self.logFormat = logFormat
            self.tlsCertificate = tlsCertificate
            self.tlsKey = tlsKey
            self.limits = limits
            self.spool = spool
            self.out = out
            self.closesAutomatically = closesAutomatically
            self.drainSeconds = drainSeconds
        }
    }
}

extension DaemonConfiguration.Flags {
    /// A key, the flag that says it, and what it says.
    typealias Setting = (key: String, flag: String, value: ConfigContent)

    /// What is said, of a key that is said twice the last; and what cannot be understood.
    func settings() -> (all: [Setting], findings: [Failure]) {
        var settings: [Setting] = []
        func add(_ key: String, _ flag: String, _ value: ConfigContent?) {
            if let value { settings.append((key, flag, value)) }
        }
        switch listen {
        case .address(let host, let port)?:
            add("listen.host", "--listen", .string(host))
            add("listen.port", "--listen", .int(port))
        case .socket(let path)?: add("listen.socket", "--listen", .string(path))
        case nil: break
        }
        if case .address(let host, let port)? = metrics {
            add("metrics.host", "--metrics", .string(host))
            add("metrics.port", "--metrics", .int(port))
        }
        add("batch.max_bytes", "--max-batch-bytes", maxBatchBytes.map { .int($0) })
        add("log.level", "--log-level", logLevel.map { .string($0) })
        add("log.format", "--log-format", logFormat.map { .string($0) })
        add("tls.certificate", "--tls-certificate", tlsCertificate.map { .string($0) })
        add("tls.key", "--tls-key", tlsKey.map { .string($0) })
        add("spool.folder", "--spool", spool.map { .string($0) })
        add("out.folder", "--out", out.map { .string($0) })
        let closing = closesAutomatically == false ? "--no-automatic-close" : "--automatic-close"
        add("close.automatic", closing, closesAutomatically.map { .bool($0) })
        add("stop.drain_seconds", "--drain-seconds", drainSeconds.map { .int($0) })
        var findings: [Failure] = []
        for text in limits {
            do throws(Failure) {
                let (name, value) = try ServerLimit.parse(text)
                add("limits.\(name)", "--limit", .int(value))
            } catch { findings.append(error) }
        }
        return (settings, findings)
    }
}
