public import Logging
import Store

/// What `settled serve` can be told, by `settled.yaml` and by flags.
public struct DaemonConfiguration: Hashable, Sendable {
    /// Where the daemon listens.
    public enum Listen: Hashable, Sendable {
        /// Port 0 takes any free port.
        case address(host: String, port: Int)
        /// The path of a Unix socket.
        case socket(path: String)
    }

    public enum LogFormat: String, Hashable, Sendable, CaseIterable { case text, json }

    public var listen: Listen
    /// Whether whoever connects is a proxy, which names the client's address last in `X-Forwarded-For`.
    public var isBehindProxy = false
    /// The largest batch, in bytes, 1 … 512 MiB: with its receipt it has to fit what SQLite takes in one value.
    public var maxBatchBytes: Int
    /// The most records of a batch, 1 … 10,000,000: each takes up to 400 bytes of memory while they are checked.
    public var maxBatchRecords = Intake.standardRecords
    public var logLevel: Logger.Level
    public var logFormat: LogFormat
    public var limits = ServerLimits()
    /// Seconds after the word to stop for which requests are still answered while `/readyz` says 503, so that a
    /// balancer sends no more; 0 … 600.
    public var drainSeconds = 0
    /// Nil: no TLS.
    public var tls: TLSFiles?
    /// Whether periods close by themselves once their grace is over; else a person closes them.
    public var closesAutomatically = true
    /// From when on a preview calls a merchant's activity unusual.
    public var unusualFactor = UnusualFactor.standard
    /// Bytes of the disk that closes leave to batches, 0 … 2^50.
    public var reserveBytes = DiskReserve.standardBytes
    /// Where metrics are given, to whoever connects; nil: nowhere.
    public var metrics: Listen?
    /// Nil: batches come over HTTP only.
    public var spool: SpoolSettings?
    public var delivery = DeliverySettings()

    public init(
        listen: Listen = .address(host: "127.0.0.1", port: 8080), maxBatchBytes: Int = Intake.standardBytes,
        logLevel: Logger.Level = .info, logFormat: LogFormat = .text, spool: SpoolSettings? = nil
    ) {
        self.listen = listen
        self.maxBatchBytes = maxBatchBytes
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.spool = spool
    }

    /// Where metrics are given when only a part of it is said.
    static let metricsStandard = (host: "127.0.0.1", port: 9464)
    static let drainBounds = 0...600
    /// The bounds of `maxBatchBytes`.
    public static let batchBytes = 1...(1 << 29)
    public static let batchRecords = 1...10_000_000
}

extension DaemonConfiguration.Listen {
    /// Reads a flag: `HOST:PORT`, `[::1]:PORT` or `unix:PATH`.
    public init(flag text: String) throws(Failure) {
        if text.hasPrefix("unix:") {
            self = .socket(path: String(text.dropFirst(5)))
            try checked(place: "--listen")
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            throw .misused(
                "--listen", "expected HOST:PORT or unix:PATH, found \(text)",
                hint: "as in --listen 127.0.0.1:8080")
        }
        var host = text[..<colon]
        if host.first == "[" && host.last == "]" { host = host.dropFirst().dropLast() }
        self = .address(host: String(host), port: port)
        try checked(place: "--listen")
    }

    /// Reads the flag `--metrics`: `HOST:PORT`, and no socket.
    public init(metricsFlag text: String) throws(Failure) {
        guard let listen = try? Self(flag: text), case .address = listen else {
            throw .misused(
                "--metrics", "expected HOST:PORT, the port 0 … 65535, found \(text)",
                hint: "as in --metrics 127.0.0.1:9464")
        }
        self = listen
    }

    /// Throws `misused` for an empty host, a port out of bounds or a path that no socket can have.
    func checked(place: String) throws(Failure) {
        switch self {
        case .address(let host, let port):
            guard !host.isEmpty else {
                throw .misused(place, "the host is empty, expected a name or an address")
            }
            guard (0...65535).contains(port) else {
                throw .misused(place, "the port is out of bounds, expected 0 … 65535, found \(port)")
            }
        case .socket(let path):
            guard (1...103).contains(path.utf8.count) else {
                throw .misused(place, "the path is too long for a socket, expected 1 … 103 bytes")
            }
        }
    }
}

extension DaemonConfiguration.Listen: CustomStringConvertible {
    /// The same for one that speaks TLS.
    var secureDescription: String {
        "\(self)".hasPrefix("http:") ? "https" + "\(self)".dropFirst(4) : "\(self)"
    }

    /// The URL that reaches it, without a path.
    public var description: String {
        switch self {
        case .address(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }
}
