import ArgumentParser
import Foundation
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
            SIGINT: batches in hand are finished, none is half done. Flags win over the environment \
            (SETTLED_LISTEN_PORT), and that over the configuration file, which `settled config` checks and shows, \
            and SIGHUP has read again. It has

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
              out:    {folder: /var/spool/settled/out}  # for receivers with `delivery: {folder: true}`
              delivery: {allow_private: false}      # authorities: FILE, to trust besides the system's
              metrics: {host: 127.0.0.1, port: 9464}   # /metrics for Prometheus; nowhere if not said

            Example:
              settled serve --data /var/lib/settled --config /etc/settled/settled.yaml
            """)

    @OptionGroup var place: DataOption

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Start the daemon's clock at this instant (RFC 3339), for tests and replays; it runs on.",
            valueName: "instant"))
    var now: Instant?

    func run() async throws {
        Allocator.giveBack()
        // First of all, as long as no other thread looks at the environment.
        let sockets = try InheritedSockets.take()
        let reading = try await options.read()
        let configuration = try reading.get()
        let threshold = LogThreshold(configuration.logLevel)
        let logger = Logger.daemon(
            configuration.logFormat, threshold, environment: ProcessInfo.processInfo.environment)
        if let file = reading.file { logger.notice("configuration: \(file)") }
        if !sockets.isEmpty && reading.saysWhereToListen {
            logger.notice(
                "serves on what it was given to listen on, not on \(configuration.listen) as configured")
        }
        configuration.limits.warnOfFiles(logger)
        let clock = now.map { WallClock.running(from: $0) } ?? .system
        let manager = ServiceManager.ofThisProcess()
        let open = try open(clock, manager, logger)
        let options = options
        let daemon = Daemon(
            configuration: configuration,
            intake: open.intake(
                limitBytes: configuration.maxBatchBytes, limitRecords: configuration.maxBatchRecords),
            closer: PeriodCloser(
                store: open.store, signer: open.signer,
                reserve: DiskReserve(bytes: configuration.reserveBytes)),
            deliveries: DeliveryDesk(
                store: open.store, master: open.master, settings: configuration.delivery),
            clock: clock, manager: manager, sockets: sockets,
            rereading: Rereading(threshold: threshold) { () async throws(Failure) in
                try await options.read().get()
            },
            logger: logger)
        try await daemon.run()
        try open.store.shut()
    }

    /// Opens the data, taken to the present schema and with the last version of its secret in use.
    private func open(_ clock: WallClock, _ manager: ServiceManager, _ logger: Logger) throws -> OpenFolder {
        let start = StartExtension(manager: manager, logger: logger)
        defer { start.end() }
        let found = try place.folder.open { upgrade in
            logger.notice("\(upgrade)")
            if upgrade.done == nil { start.begin() } else { start.end() }
        }
        let open = try found.takingUpSecret(at: clock.now)
        if open.keyVersion > found.keyVersion {
            logger.notice("version \(open.keyVersion) of the master secret signs from now on")
        }
        return open
    }
}
