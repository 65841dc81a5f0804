import Configuration
import Logging
import Store

/// A configuration as its layers have it, the weightiest first: flags, the environment, the file, the defaults; with
/// where each value comes from, and everything that is wrong with it.
public struct ConfigurationReading: Sendable {
    /// The file that is read when it is there and no other is named.
    public static let standardFile = "/etc/settled/settled.yaml"

    /// The file that is read: the one that was named, or else the standard one when it is there; nil: none.
    public static func file(named file: String?, orNone isNone: Bool = false) -> String? {
        file ?? (!isNone && WholeFile.exists(standardFile) ? standardFile : nil)
    }

    /// What is wrong has its default here.
    public let configuration: DaemonConfiguration
    /// In the order of the layers, then of the keys; empty: all is well.
    public let findings: [Failure]
    public let file: String?
    private let origins: [String: ConfigurationOrigin]

    /// Reads all of it. `file` nil: none; `environment` are all variables of the process.
    public init(
        file: String?, environment: [String: String] = [:], flags: DaemonConfiguration.Flags = .init()
    ) async {
        var (layers, findings) = Self.layers(flags, environment)
        if let file {
            let layer = await Self.layer(ofFile: file, noting: &findings)
            if let layer { layers.append(layer) }
        }
        let values = ConfigurationValues(layers, findings: findings)
        configuration = await values.configuration()
        self.findings = values.findings
        origins = values.origins
        self.file = file
    }

    /// The configuration; throws the first thing that is wrong, `misused`, and says how many more there are.
    public func get() throws(Failure) -> DaemonConfiguration {
        guard let first = findings.first else { return configuration }
        guard findings.count > 1 else { throw first }
        let more = "\(findings.count - 1) more wrong: `settled config check` says everything"
        throw Failure(
            first.kind, first.place, first.problem,
            hint: [first.hint, more].compactMap(\.self).joined(separator: "; "))
    }

    /// Whether any layer says where to listen.
    public var saysWhereToListen: Bool {
        ["listen.host", "listen.port", "listen.socket"].contains { origins[$0] != nil }
    }

    /// Where the value of a key comes from.
    func origin(of key: ConfigurationKey) -> ConfigurationOrigin {
        // Of two ways to listen one is passed over, whatever a layer of less weight says of it.
        key.value(configuration) == nil ? .standard : origins[key.path] ?? .standard
    }

    private static func layers(
        _ flags: DaemonConfiguration.Flags, _ environment: [String: String]
    ) -> ([ConfigurationValues.Layer], [Failure]) {
        let (settings, findings) = flags.settings()
        let values = Dictionary(
            settings.map { (AbsoluteConfigKey(ConfigKey($0.key)), ConfigValue($0.value, isSecret: false)) }
        ) { $1 }
        let names = Dictionary(settings.map { ($0.key, $0.flag) }) { $1 }
        let variables = ConfigurationEnvironment(environment)
        return (
            [
                ConfigurationValues.Layer(
                    reader: ConfigReader(provider: InMemoryProvider(name: "flags", values: values)),
                    origin: { .flag(names[$0] ?? "a flag") }),
                ConfigurationValues.Layer(
                    reader: ConfigReader(
                        provider: EnvironmentVariablesProvider(environmentVariables: variables.values)),
                    origin: { key in
                        .environment(ConfigurationKeys.all.first { $0.path == key }?.variable ?? key)
                    }),
            ], findings + variables.findings
        )
    }

    /// Nil: the file says nothing, or nothing that can be read, which is a finding.
    private static func layer(
        ofFile file: String, noting findings: inout [Failure]
    ) async -> ConfigurationValues.Layer? {
        do throws(Failure) {
            let text = ConfigurationText(try WholeFile.readText(file, limit: 1 << 20), file: file)
            findings += text.findings
            guard text.saysAnything else { return nil }
            let path = InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)])
            let provider: FileProvider<YAMLSnapshot>
            do { provider = try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: path)) } catch
            {
                throw .misused(file, "cannot be read as configuration: \(error)")
            }
            return ConfigurationValues.Layer(
                reader: ConfigReader(provider: provider),
                origin: { .file(file, line: text.lines[$0]) })
        } catch {
            findings.append(error)
            return nil
        }
    }
}

extension DaemonConfiguration {
    /// Reads a configuration: flags first, then the environment, then the file, then the defaults.
    ///
    /// Throws `misused` for an unknown key, a value of the wrong kind and a value out of bounds, naming the
    /// key.
    public static func read(
        file: String?, environment: [String: String] = [:], flags: Flags = Flags()
    ) async throws(Failure) -> DaemonConfiguration {
        try await ConfigurationReading(file: file, environment: environment, flags: flags).get()
    }
}

extension ConfigurationValues {
    /// Reads every key.
    fileprivate func configuration() async -> DaemonConfiguration {
        var read = DaemonConfiguration()
        read.listen = await listen(or: read.listen)
        read.isBehindProxy = await truth("listen.behind_proxy", or: read.isBehindProxy)
        read.maxBatchBytes = await integer(
            "batch.max_bytes", within: DaemonConfiguration.batchBytes, or: read.maxBatchBytes)
        read.maxBatchRecords = await integer(
            "batch.max_records", within: DaemonConfiguration.batchRecords, or: read.maxBatchRecords)
        read.logLevel = await choice("log.level", or: read.logLevel)
        read.logFormat = await choice("log.format", or: read.logFormat)
        read.tls = await tls()
        for limit in ServerLimit.all {
            read.limits[keyPath: limit.path] = await integer(
                "limits.\(limit.name)", within: limit.bounds, or: read.limits[keyPath: limit.path])
        }
        read.closesAutomatically = await truth("close.automatic", or: read.closesAutomatically)
        read.unusualFactor = await factor(or: read.unusualFactor)
        read.reserveBytes = await integer(
            "close.reserve_bytes", within: DiskReserve.bounds, or: read.reserveBytes)
        read.drainSeconds = await integer(
            "stop.drain_seconds", within: DaemonConfiguration.drainBounds, or: read.drainSeconds)
        read.spool = await spool()
        read.delivery = DeliverySettings(
            folder: await text("out.folder").flatMap { $0.isEmpty ? nil : $0 },
            allowsPrivate: await truth("delivery.allow_private", or: false),
            authorities: await text("delivery.authorities").flatMap { $0.isEmpty ? nil : $0 })
        read.metrics = await metrics()
        return read
    }

    /// The weightiest layer that says anything of it says which kind it is: whoever gives a port does not mean the
    /// socket of a file that is outweighed.
    private func listen(or standard: DaemonConfiguration.Listen) async -> DaemonConfiguration.Listen {
        let keys = ["listen.socket", "listen.host", "listen.port"]
        let said = await weightiest(of: keys)
        if said.contains("listen.socket") {
            guard said.count == 1 else {
                note("listen", of: keys, "expected either socket or host and port, found both")
                return standard
            }
            guard let path = await text("listen.socket") else { return standard }
            return checked(.socket(path: path), "listen.socket", or: standard)
        }
        guard case .address(let standardHost, let standardPort) = standard else { return standard }
        let host = await text("listen.host") ?? standardHost
        let port = await integer("listen.port", within: 0...65535) ?? standardPort
        return checked(.address(host: host, port: port), "listen.host", or: standard)
    }

    private func checked(
        _ listen: DaemonConfiguration.Listen, _ key: String, or standard: DaemonConfiguration.Listen
    ) -> DaemonConfiguration.Listen {
        do throws(Failure) { try listen.checked(place: key) } catch {
            note(key, error.problem)
            return standard
        }
        return listen
    }

    private func tls() async -> TLSFiles? {
        let (certificate, key) = (await text("tls.certificate"), await text("tls.key"))
        do throws(Failure) { return try TLSFiles(certificate: certificate, key: key, place: "tls") } catch {
            note("tls", of: ["tls.certificate", "tls.key"], error.problem)
            return nil
        }
    }

    private func factor(or standard: UnusualFactor) async -> UnusualFactor {
        guard let text = await text("close.unusual_factor") else { return standard }
        if let factor = UnusualFactor(setting: text) { return factor }
        note("close.unusual_factor", "expected a decimal from 1 to 1000, or 0 for never, found \(text)")
        return standard
    }

    /// Nil: nothing of it is said.
    private func metrics() async -> DaemonConfiguration.Listen? {
        let host = await text("metrics.host")
        let port = await integer("metrics.port", within: 0...65535)
        guard host != nil || port != nil else { return nil }
        let standard = DaemonConfiguration.metricsStandard
        return checked(
            .address(host: host ?? standard.host, port: port ?? standard.port), "metrics.host",
            or: .address(host: standard.host, port: standard.port))
    }

    /// Nil: no folder is named, and then nothing else of a spool may be.
    private func spool() async -> SpoolSettings? {
        let poll = await integer("spool.poll_seconds", within: SpoolSettings.pollBounds)
        let quiet = await integer("spool.quiet_seconds", within: SpoolSettings.quietBounds)
        guard let folder = await text("spool.folder"), !folder.isEmpty else {
            if poll != nil || quiet != nil {
                note(
                    "spool.folder", of: ["spool.poll_seconds", "spool.quiet_seconds"],
                    "expected the folder of the spool, found none")
            }
            return nil
        }
        var settings = SpoolSettings(folder: folder)
        settings.pollSeconds = poll ?? settings.pollSeconds
        settings.quietSeconds = quiet ?? settings.quietSeconds
        return settings
    }
}
