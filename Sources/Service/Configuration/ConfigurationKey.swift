import Logging

/// One setting of the daemon: where it stands in `settled.yaml`, what the environment calls it, and how it is shown.
struct ConfigurationKey: Sendable {
    let section: String
    let name: String
    /// Whether a running daemon takes a new value at SIGHUP; any other has to be started again for it.
    let isLive: Bool
    /// The value as the file would have it; nil: none is set.
    let value: @Sendable (DaemonConfiguration) -> String?

    init(
        _ section: String, _ name: String, isLive: Bool = false,
        _ value: @escaping @Sendable (DaemonConfiguration) -> String?
    ) {
        self.section = section
        self.name = name
        self.isLive = isLive
        self.value = value
    }

    /// `log.level`
    var path: String { "\(section).\(name)" }

    /// `SETTLED_LOG_LEVEL`
    var variable: String { ConfigurationEnvironment.prefix + "\(section)_\(name)".uppercased() }
}

/// All of them, in the order in which they are shown.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] =
        listen + batch + log + tls + limits + close
        + [ConfigurationKey("stop", "drain_seconds") { "\($0.drainSeconds)" }] + spool + delivery
        + metrics

    /// The sections of the file, in order.
    static let sections: [String] = all.reduce(into: []) { names, key in
        if names.last != key.section { names.append(key.section) }
    }

    /// The names of a section's keys.
    static func names(in section: String) -> [String] {
        all.filter { $0.section == section }.map(\.name)
    }

    private static let listen = [
        ConfigurationKey("listen", "host") { configuration in
            if case .address(let host, _) = configuration.listen { host } else { nil }
        },
        ConfigurationKey("listen", "port") { configuration in
            if case .address(_, let port) = configuration.listen { "\(port)" } else { nil }
        },
        ConfigurationKey("listen", "socket") { configuration in
            if case .socket(let path) = configuration.listen { path } else { nil }
        },
        ConfigurationKey("listen", "behind_proxy") { "\($0.isBehindProxy)" },
    ]

    private static let batch = [
        ConfigurationKey("batch", "max_bytes") { "\($0.maxBatchBytes)" },
        ConfigurationKey("batch", "max_records") { "\($0.maxBatchRecords)" },
    ]

    private static let log = [
        ConfigurationKey("log", "level", isLive: true) { $0.logLevel.rawValue },
        ConfigurationKey("log", "format") { $0.logFormat.rawValue },
    ]

    private static let tls = [
        ConfigurationKey("tls", "certificate") { $0.tls?.certificate },
        ConfigurationKey("tls", "key") { $0.tls?.key },
    ]

    private static let limits = ServerLimit.all.map { limit in
        ConfigurationKey("limits", limit.name, isLive: limit.isLive) { "\($0.limits[keyPath: limit.path])" }
    }

    private static let close = [
        ConfigurationKey("close", "automatic") { "\($0.closesAutomatically)" },
        ConfigurationKey("close", "unusual_factor") { "\($0.unusualFactor)" },
        ConfigurationKey("close", "reserve_bytes") { "\($0.reserveBytes)" },
    ]

    private static let delivery = [
        ConfigurationKey("out", "folder") { $0.delivery.folder },
        ConfigurationKey("delivery", "allow_private") { "\($0.delivery.allowsPrivate)" },
        ConfigurationKey("delivery", "authorities") { $0.delivery.authorities },
    ]

    /// Without a folder there is no spool, and what is said of it are the defaults.
    private static let spool = [
        ConfigurationKey("spool", "folder") { $0.spool?.folder },
        ConfigurationKey("spool", "poll_seconds") {
            "\(($0.spool ?? SpoolSettings(folder: "")).pollSeconds)"
        },
        ConfigurationKey("spool", "quiet_seconds") {
            "\(($0.spool ?? SpoolSettings(folder: "")).quietSeconds)"
        },
    ]

    /// Nowhere unless one of them is set.
    private static let metrics = [
        ConfigurationKey("metrics", "host") { configuration in
            if case .address(let host, _) = configuration.metrics { host } else { nil }
        },
        ConfigurationKey("metrics", "port") { configuration in
            if case .address(_, let port) = configuration.metrics { "\(port)" } else { nil }
        },
    ]
}
