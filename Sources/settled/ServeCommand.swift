import ArgumentParser
import Logging
import Service
import Settlement
import Store

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: take merchants' batches over HTTP.",
        discussion: """
            Answers what /openapi.yaml describes: batches, receipts, statements under /v1/, /healthz and /readyz. \
            Closes periods when their time has come, and logs on standard error. Stops on SIGTERM or \
            SIGINT: batches in hand are finished, none is half done. Flags win over the configuration file, \
            which has

              listen: {host: 127.0.0.1, port: 8080}
              #       or {socket: /run/settled/http.sock}; behind_proxy: true, if a proxy connects
              batch:  {max_bytes: 67108864, max_records: 350000}
              log:    {level: info, format: text}   # or json
              tls:    {certificate: /etc/settled/chain.pem, key: /etc/settled/key.pem}
              limits: {uploads: 256}                # and others, see README.md
              close:  {automatic: true, unusual_factor: 3}   # each period, once its grace is over
              #       reserve_bytes: 268435456, of the disk, which closes leave to batches
              stop:   {drain_seconds: 5}            # 0 if not said
              spool:  {folder: /var/spool/settled, poll_seconds: 10, quiet_seconds: 60}
              metrics: {host: 127.0.0.1, port: 9464}   # /metrics for Prometheus; nowhere if not said

            Example:
              settled serve --data /var/lib/settled --config /etc/settled/settled.yaml
            """)

    @OptionGroup var place: DataOption

    @Option(name: .long, help: ArgumentHelp("The configuration, YAML.", valueName: "file"))
    var config: String?

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

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Start the daemon's clock at this instant (RFC 3339), for tests and replays; it runs on.",
            valueName: "instant"))
    var now: Instant?

    func run() async throws {
        Allocator.giveBack()
        let flags = DaemonConfiguration.Flags(
            listen: try listen.map { (text) throws(Failure) in try .init(flag: text) },
            maxBatchBytes: maxBatchBytes, logLevel: logLevel, logFormat: logFormat,
            tlsCertificate: tlsCertificate, tlsKey: tlsKey, spool: spool, closesAutomatically: automaticClose,
            drainSeconds: drainSeconds, limits: limit,
            metrics: try metrics.map { (text) throws(Failure) in try .init(metricsFlag: text) })
        let configuration = try await DaemonConfiguration.read(file: config, flags: flags)
        let logger = Logger.daemon(configuration)
        let (files, needed) = (OpenFiles.raise(), configuration.limits.mostOpenFiles)
        if files < needed {
            logger.warning(
                "may open \(files) files, its limits need \(needed): raise LimitNOFILE, or lower them")
        }
        let open = try place.folder.open()
        let daemon = Daemon(
            configuration: configuration,
            intake: open.intake(
                limitBytes: configuration.maxBatchBytes, limitRecords: configuration.maxBatchRecords),
            closer: PeriodCloser(
                store: open.store, signer: open.signer,
                reserve: DiskReserve(bytes: configuration.reserveBytes)),
            clock: now.map { .running(from: $0) } ?? .system, manager: .ofThisProcess(),
            logger: logger)
        try await daemon.run()
        try open.store.shut()
    }
}
