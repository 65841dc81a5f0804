import Configuration
import Logging
import Store

extension DaemonConfiguration {
    /// What flags say over the file; nil: nothing.
    public struct Flags: Hashable, Sendable {
        public var listen: Listen?
        public var metrics: Listen?
        public var maxBatchBytes: Int?
        public var logLevel: String?
        public var logFormat: String?
        public var tlsCertificate: String?
        public var tlsKey: String?
        public var spool: String?
        public var closesAutomatically: Bool?
        public var drainSeconds: Int?
        /// `NAME=VALUE`, as they follow `--limit`.
        public var limits: [String]

        public init(
            listen: Listen? = nil, maxBatchBytes: Int? = nil, logLevel: String? = nil,
            logFormat: String? = nil, tlsCertificate: String? = nil, tlsKey: String? = nil,
            spool: String? = nil, closesAutomatically: Bool? = nil, drainSeconds: Int? = nil,
            limits: [String] = [], metrics: Listen? = nil
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
            self.closesAutomatically = closesAutomatically
            self.drainSeconds = drainSeconds
        }
    }

    /// Reads a configuration: flags first, then the file, then the defaults.
    ///
    /// Throws `misused` for an unknown key, a value of the wrong kind and a value out of bounds, naming the
    /// key.
    public static func read(file: String?, flags: Flags = Flags()) async throws(Failure)
        -> DaemonConfiguration
    {
        var saying: String?
        if let file, try ConfigurationKeys.check(try WholeFile.readText(file, limit: 1 << 20), file: file) {
            saying = file
        }
        let reader = ConfigReader(providers: try await providers(file: saying, flags: flags))
        let values = Values(reader: reader, place: file ?? "flags")
        var configuration = DaemonConfiguration()
        configuration.listen = try await values.listen(or: configuration.listen, flag: flags.listen)
        configuration.isBehindProxy = try await values.truth("listen.behind_proxy") ?? false
        configuration.maxBatchBytes = try await values.integer(
            "batch.max_bytes", within: batchBytes, or: configuration.maxBatchBytes)
        configuration.maxBatchRecords = try await values.integer(
            "batch.max_records", within: batchRecords, or: configuration.maxBatchRecords)
        configuration.logLevel = try await values.choice("log.level", or: configuration.logLevel)
        configuration.logFormat = try await values.choice("log.format", or: configuration.logFormat)
        configuration.tls = try TLSFiles(
            certificate: try await values.text("tls.certificate"), key: try await values.text("tls.key"),
            place: file ?? "flags")
        for limit in ServerLimit.all {
            configuration.limits[keyPath: limit.path] = try await values.integer(
                "limits.\(limit.name)", within: limit.bounds, or: configuration.limits[keyPath: limit.path])
        }
        configuration.drainSeconds = try await values.integer(
            "stop.drain_seconds", within: drainBounds, or: configuration.drainSeconds)
        configuration.spool = try await values.spool()
        configuration.metrics = try await values.metrics(flag: flags.metrics)
        let closes = try await values.truth("close.automatic")
        configuration.closesAutomatically =
            flags.closesAutomatically ?? closes ?? configuration.closesAutomatically
        configuration.unusualFactor = try await values.factor(or: configuration.unusualFactor)
        configuration.reserveBytes = try await values.integer(
            "close.reserve_bytes", within: DiskReserve.bounds, or: configuration.reserveBytes)
        return configuration
    }

    private static func providers(
        file: String?, flags: Flags
    ) async throws(Failure) -> [any ConfigProvider] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        values["batch.max_bytes"] = flags.maxBatchBytes.map { ConfigValue(.int($0), isSecret: false) }
        values["log.level"] = flags.logLevel.map { ConfigValue(.string($0), isSecret: false) }
        values["log.format"] = flags.logFormat.map { ConfigValue(.string($0), isSecret: false) }
        values["tls.certificate"] = flags.tlsCertificate.map { ConfigValue(.string($0), isSecret: false) }
        values["tls.key"] = flags.tlsKey.map { ConfigValue(.string($0), isSecret: false) }
        for text in flags.limits {
            let (name, value) = try ServerLimit.parse(text)
            values[AbsoluteConfigKey(["limits", name])] = ConfigValue(.int(value), isSecret: false)
        }
        values["spool.folder"] = flags.spool.map { ConfigValue(.string($0), isSecret: false) }
        values["stop.drain_seconds"] = flags.drainSeconds.map { ConfigValue(.int($0), isSecret: false) }
        let fromFlags = InMemoryProvider(name: "flags", values: values)
        guard let file else { return [fromFlags] }
        let path = InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)])
        do {
            return [fromFlags, try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: path))]
        } catch {
            throw .misused(file, "cannot be read as configuration: \(error)")
        }
    }
}

/// Reads single values, and says which key is wrong.
private struct Values {
    let reader: ConfigReader
    let place: String

    func listen(
        or standard: DaemonConfiguration.Listen, flag: DaemonConfiguration.Listen?
    ) async throws(Failure) -> DaemonConfiguration.Listen {
        if let flag { return flag }
        let socket = try await text("listen.socket")
        let host = try await text("listen.host")
        let port = try await integer("listen.port", within: 0...65535)
        if let socket {
            guard host == nil && port == nil else {
                throw .misused(place, "listen: expected either socket or host and port, found both")
            }
            let listen = DaemonConfiguration.Listen.socket(path: socket)
            try listen.checked(place: "\(place): listen.socket")
            return listen
        }
        guard case .address(let standardHost, let standardPort) = standard else { return standard }
        let listen = DaemonConfiguration.Listen.address(
            host: host ?? standardHost, port: port ?? standardPort)
        try listen.checked(place: "\(place): listen")
        return listen
    }

    func text(_ key: String) async throws(Failure) -> String? {
        do { return try await reader.fetchString(forKey: ConfigKey(key)) } catch {
            throw .misused(place, "\(key): expected text (\(error))")
        }
    }

    func truth(_ key: String) async throws(Failure) -> Bool? {
        do { return try await reader.fetchBool(forKey: ConfigKey(key)) } catch {
            throw .misused(place, "\(key): expected true or false")
        }
    }

    func integer(_ key: String, within bounds: ClosedRange<Int>) async throws(Failure) -> Int? {
        let value: Int?
        do { value = try await reader.fetchInt(forKey: ConfigKey(key)) } catch {
            throw .misused(place, "\(key): expected a whole number")
        }
        if let value, !bounds.contains(value) {
            throw .misused(
                place, "\(key): expected \(bounds.lowerBound) … \(bounds.upperBound), found \(value)")
        }
        return value
    }

    func integer(_ key: String, within bounds: ClosedRange<Int>, or standard: Int) async throws(Failure)
        -> Int
    {
        try await integer(key, within: bounds) ?? standard
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, or standard: Choice
    ) async throws(Failure) -> Choice {
        guard let text = try await text(key) else { return standard }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .misused(place, "\(key): expected one of \(choices), found \(text)")
        }
        return choice
    }
}

extension Values {
    fileprivate func factor(or standard: UnusualFactor) async throws(Failure) -> UnusualFactor {
        guard let text = try await text("close.unusual_factor") else { return standard }
        guard let factor = UnusualFactor(setting: text) else {
            throw .misused(
                place,
                "close.unusual_factor: expected a decimal from 1 to 1000, or 0 for never, found \(text)")
        }
        return factor
    }

    /// Nil: nothing of it is said.
    fileprivate func metrics(
        flag: DaemonConfiguration.Listen?
    ) async throws(Failure) -> DaemonConfiguration.Listen? {
        if let flag { return flag }
        let (host, port) = (
            try await text("metrics.host"), try await integer("metrics.port", within: 0...65535)
        )
        guard host != nil || port != nil else { return nil }
        let standard = DaemonConfiguration.metricsStandard
        let listen = DaemonConfiguration.Listen.address(
            host: host ?? standard.host, port: port ?? standard.port)
        try listen.checked(place: "\(place): metrics")
        return listen
    }

    /// Nil: no folder is named, and then nothing else of a spool may be.
    fileprivate func spool() async throws(Failure) -> SpoolSettings? {
        let poll = try await integer("spool.poll_seconds", within: SpoolSettings.pollBounds)
        let quiet = try await integer("spool.quiet_seconds", within: SpoolSettings.quietBounds)
        guard let folder = try await text("spool.folder"), !folder.isEmpty else {
            guard poll == nil && quiet == nil else {
                throw .misused(place, "spool.folder: expected the folder of the spool, found none")
            }
            return nil
        }
        var settings = SpoolSettings(folder: folder)
        settings.pollSeconds = poll ?? settings.pollSeconds
        settings.quietSeconds = quiet ?? settings.quietSeconds
        return settings
    }
}
