import ArgumentParser
import Foundation
import Service

/// Where the daemon's configuration is, and the flags that win over it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration, YAML; if not said, /etc/settled/settled.yaml when it is there.",
            valueName: "file"
        ))
    var config: String?

    @Flag(name: .long, help: "Read no configuration file, not even one in /etc/settled.")
    var noConfig = false

    @Option(
        name: .long,
        help: ArgumentHelp("HOST:PORT or unix:PATH; port 0 takes any free one.", valueName: "where"))
    var listen: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Give metrics to whoever connects here, at /metrics; port 0 takes any free one.",
            valueName: "host:port"))
    var metrics: String?

    @Option(name: .long, help: ArgumentHelp("The largest batch, in bytes.", valueName: "bytes"))
    var maxBatchBytes: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(name: .long, help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Speak TLS, with this certificate and those that signed it, PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(name: .long, help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A limit of the section `limits`; may be given more than once.", valueName: "name=value"))
    var limit: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also take batches that uploads leave in DIR/MERCHANT/in, each with its .jws.", valueName: "dir"))
    var spool: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also take statements, receipts and notices to DIR/MERCHANT, for those whose `delivery` says so.",
            valueName: "dir"))
    var out: String?

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help:
            "Close each period by itself once its end and the grace are over (the default), or leave it to a person."
    )
    var automaticClose: Bool?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "After SIGTERM, go on for so long while /readyz says 503, so that a balancer sends no more.",
            valueName: "seconds"))
    var drainSeconds: Int?

    func validate() throws {
        guard config == nil || !noConfig else {
            throw ValidationError("--config and --no-config exclude each other: give one of them")
        }
    }

    /// The file that is read; nil: none.
    var file: String? { ConfigurationReading.file(named: config, orNone: noConfig) }

    /// Reads the layers, again each time. Throws `misused` for a flag that is none.
    func read() async throws(Failure) -> ConfigurationReading {
        let flags = DaemonConfiguration.Flags(
            listen: try listen.map { (text) throws(Failure) in try .init(flag: text) },
            maxBatchBytes: maxBatchBytes, logLevel: logLevel, logFormat: logFormat,
            tlsCertificate: tlsCertificate, tlsKey: tlsKey, spool: spool, out: out,
            closesAutomatically: automaticClose, drainSeconds: drainSeconds, limits: limit,
            metrics: try metrics.map { (text) throws(Failure) in try .init(metricsFlag: text) })
        return await ConfigurationReading(
            file: file, environment: ProcessInfo.processInfo.environment, flags: flags)
    }
}
