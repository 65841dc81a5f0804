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
            Answers POST /v1/batches and GET /healthz, and logs on standard error. Stops on SIGTERM or \
            SIGINT: batches in hand are finished, none is half done. Flags win over the configuration file, \
            which has

              listen: {host: 127.0.0.1, port: 8080}
              #       or {socket: /run/settled/http.sock}
              batch:  {max_bytes: 67108864}
              log:    {level: info, format: text}   # or json
              spool:  {folder: /var/spool/settled, poll_seconds: 10, quiet_seconds: 60}

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
            "Also take batches that uploads leave in DIR/MERCHANT/in, each with its .jws.", valueName: "dir"))
    var spool: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Start the daemon's clock at this instant (RFC 3339), for tests and replays; it runs on.",
            valueName: "instant"))
    var now: Instant?

    func run() async throws {
        let flags = DaemonConfiguration.Flags(
            listen: try listen.map { (text) throws(Failure) in try .init(flag: text) },
            maxBatchBytes: maxBatchBytes, logLevel: logLevel, logFormat: logFormat, spool: spool)
        let configuration = try await DaemonConfiguration.read(file: config, flags: flags)
        let open = try place.folder.open()
        let daemon = Daemon(
            configuration: configuration, intake: open.intake(limitBytes: configuration.maxBatchBytes),
            clock: now.map { .running(from: $0) } ?? .system, manager: .ofThisProcess(),
            logger: .daemon(configuration))
        try await daemon.run()
        try open.store.shut()
    }
}
