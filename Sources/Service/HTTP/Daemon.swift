import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Store
public import ServiceLifecycle
import UnixSignals

/// The daemon's whole life: it listens, says that it is ready, and at SIGTERM or SIGINT says that it stops,
/// finishes the batches in hand, and returns.
public struct Daemon: Service {
    private let configuration: DaemonConfiguration
    private let intake: Intake
    private let closer: PeriodCloser?
    private let deliveries: DeliveryDesk?
    private let clock: WallClock
    private let manager: ServiceManager
    private let sockets: [InheritedSockets.Socket]
    private let rereading: Rereading?
    private let logger: Logger
    private let onListening: @Sendable (String) -> Void
    private let workers = BatchWorkers()
    /// Where merchants' requests to read are answered.
    private let readers = ReadingThreads(4)
    /// Where the store is tried.
    private let lookout = NIOThreadPool(numberOfThreads: 1)
    /// Where periods are closed.
    private let bookkeeper = NIOThreadPool(numberOfThreads: 1)
    private let health: Health
    private let status: StatusWatch
    private let bounds: Bounds
    private let connections: Connections
    private let measures = DaemonMeasures()
    /// From the start on: what was issued before may have been used before.
    private let tokens: TokenMemory

    /// Closes periods if there is a `closer` and the configuration wants it, and delivers if there is a desk. Listens on
    /// the inherited sockets if there are any, else where the configuration says. Without `rereading`, SIGHUP is for the
    /// certificate alone. `onListening` gets each URL that the daemon can be reached at, once it can be.
    public init(
        configuration: DaemonConfiguration, intake: Intake, closer: PeriodCloser? = nil,
        deliveries: DeliveryDesk? = nil, clock: WallClock, manager: ServiceManager,
        sockets: InheritedSockets = .none, rereading: Rereading? = nil,
        logger: Logger, onListening: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.intake = intake
        self.closer = configuration.closesAutomatically ? closer : nil
        self.deliveries = deliveries
        self.clock = clock
        self.manager = manager
        self.sockets = sockets.sockets
        self.rereading = rereading
        self.logger = logger
        health = Health(logger: logger)
        status = StatusWatch(manager: manager, health: health, logger: logger)
        bounds = Bounds(
            configuration.limits, largestBytes: intake.limitBytes, leastBytes: UploadBody.mostBytesInMemory,
            met: measures.limits)
        connections = Connections(
            configuration.limits, isBehindProxy: configuration.isBehindProxy, met: measures.limits)
        tokens = TokenMemory(in: intake.store.folder, since: clock.now)
        self.onListening = onListening
    }

    /// Runs until it is told to stop. Throws `trouble` when the address cannot be had, and `misused` when another daemon
    /// serves the data folder.
    public func run() async throws(Failure) {
        let certificates = try configuration.tls.map { (files) throws(Failure) in try Certificates(files) }
        try remember()
        workers.start()
        readers.start()
        lookout.start()
        bookkeeper.start()
        do {
            let result = await Result { () async throws in
                try await serviceGroup(certificates).run()
            }
            // A batch that is being stored is stored to its end, whatever became of its connection: the store is
            // shut after this.
            try await workers.shutdownGracefully()
            try await readers.shutdownGracefully()
            try await lookout.shutdownGracefully()
            try await bookkeeper.shutdownGracefully()
            tokens.close()
            try result.get()
        } catch is CancellationError {
            logger.notice("stopped with unfinished uploads")
        } catch let failure as Failure {
            // The spool's: it says itself where and why.
            throw failure
        } catch {
            throw .trouble(
                "\(configuration.listen)", "cannot serve: \(error)",
                hint: "see whether another process listens there, and whether this user may")
        }
    }

    /// Opens the memory of used tokens. A disk that fails keeps nobody from starting: `/readyz` tells of it.
    private func remember() throws(Failure) {
        do {
            try tokens.open(at: clock.now)
        } catch let failure as Failure where failure.kind == .misused {
            throw failure
        } catch {
            health.cannotRemember("\(error)")
        }
    }

    /// How long a graceful stop may take, once nobody can connect any more.
    static let patienceSeconds = 30

    /// What runs, and in which order it stops.
    private func serviceGroup(_ certificates: Certificates?) -> ServiceGroup {
        // Services stop in reverse: first the word to the service manager and, by `/readyz`, to who sends requests
        // here, then the server; last what tells that the daemon lives, and the metrics.
        var services = watches(certificates)
        if let metrics = metricsListener(certificates) { services.insert(named("metrics", metrics), at: 0) }
        if let deliveries {
            services.append(
                named("delivery", DeliveryService(desk: deliveries, clock: clock, logger: logger)))
        }
        if let closer {
            services.append(
                named(
                    "closing",
                    ClosingService(
                        closer: closer, health: health, clock: clock, logger: logger, thread: bookkeeper,
                        measures: measures.closes)))
        }
        if let settings = configuration.spool {
            services.append(
                named(
                    "spool",
                    SpoolService(
                        settings: settings, intake: intake, clock: clock, logger: logger, workers: workers)))
        }
        services.append(named("HTTP", server(certificates)))
        services.append(
            named(
                "farewell",
                Farewell(
                    manager: manager, health: health, logger: logger, drainSeconds: configuration.drainSeconds
                )))
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // A peer that never ends its upload does not keep the daemon: what is not whole is not stored.
        group.maximumGracefulShutdownDuration = .seconds(
            configuration.drainSeconds + Self.patienceSeconds)
        return ServiceGroup(configuration: group)
    }

    /// What looks after the daemon itself.
    private func watches(_ certificates: Certificates?) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var watches: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let interval = manager.watchdog {
            watches.append(
                named(
                    "watchdog",
                    Watchdog(
                        manager: manager, interval: interval, loops: MultiThreadedEventLoopGroup.singleton,
                        health: health, logger: logger)))
        }
        if manager.socket != nil { watches.append(named("status", status)) }
        let certificate = CertificateWatch(certificates: certificates, logger: logger)
        watches.append(
            named(
                "reload",
                ReloadWatch(
                    configuration: configuration, rereading: rereading, certificate: certificate,
                    bounds: bounds, manager: manager, logger: logger)))
        watches.append(named("certificate watch", certificate))
        watches.append(
            named(
                "store watch",
                StoreWatch(intake: intake, tokens: tokens, health: health, clock: clock, thread: lookout)))
        return watches
    }

    private func named(
        _ name: String, _ service: any Service
    ) -> ServiceGroupConfiguration.ServiceConfiguration {
        ServiceGroupConfiguration.ServiceConfiguration(service: service, serviceName: name)
    }

    /// The libraries' own word about each start and request is for those who look for faults in them.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

extension Daemon {
    /// The application, built on one page.
    private func server(_ certificates: Certificates?) -> any Service {
        let limits = configuration.limits
        let router = makeRouter(
            intake: intake, tokens: tokens, workers: workers, readers: readers, bounds: bounds,
            isBehindProxy: configuration.isBehindProxy, health: health, factor: configuration.unusualFactor,
            reserve: DiskReserve(bytes: configuration.reserveBytes), clock: clock, logger: logger,
            measures: measures.requests, met: measures.limits)
        let connection = ServerBuilder.guarded(limits, certificates, connections)
        let mostConnections = limits.connections + Connections.spare
        guard sockets.isEmpty else {
            return InheritedServer(
                sockets: sockets, responder: router.buildResponder(), connection: connection,
                loops: MultiThreadedEventLoopGroup.singleton, mostConnections: mostConnections,
                serverName: Self.serverName, logger: quiet,
                onServing: { socket in
                    listens(on: socket.address)
                    if socket == sockets.last { manager.tell(.ready, logger) }
                })
        }
        return Application(
            router: router, server: HTTPServerBuilder(connection),
            configuration: ApplicationConfiguration(
                address: configuration.listen.address, serverName: Self.serverName,
                availableConnectionsDelegate: .maximum(mostConnections, logger: quiet)),
            onServerRunning: { channel in
                listens(on: configuration.listen, port: channel.localAddress?.port)
                manager.tell(.ready, logger)
            },
            logger: quiet)
    }

    private static let serverName = "settled"

    private func metricsListener(_ certificates: Certificates?) -> MetricsListener? {
        configuration.metrics.map { listen in
            MetricsListener(
                listen: listen, limits: MetricsListener.limits(as: configuration.limits),
                scrape: Scrape(
                    intake: intake, health: health, bounds: bounds, connections: connections,
                    measures: measures,
                    book: BookReading(
                        store: intake.store, clock: clock, threads: readers, logger: logger),
                    reserveBytes: configuration.reserveBytes, closesAutomatically: closer != nil,
                    certificates: certificates, started: WallClock.system.now),
                logger: logger, quiet: quiet)
        }
    }

    /// `port`: that which was given where any free one was wanted.
    private func listens(on listen: DaemonConfiguration.Listen, port: Int? = nil) {
        var listen = listen
        if case .address(let host, let wanted) = listen {
            listen = .address(host: host, port: port ?? wanted)
        }
        let url = configuration.tls == nil ? "\(listen)" : listen.secureDescription
        logger.notice("listening on \(url)")
        status.listens(on: url)
        onListening(url)
    }
}

/// Says that the daemon stops, as soon as it is told to.
private struct Farewell: Service {
    let manager: ServiceManager
    let health: Health
    let logger: Logger
    /// For how long it is only said, and all goes on.
    let drainSeconds: Int

    func run() async throws {
        // Cancelled: the server failed to start or was cut off, and says so itself.
        guard (try? await gracefulShutdown()) != nil else { return }
        health.stop()
        logger.notice("stopping")
        manager.tell(.stopping, logger)
        if drainSeconds > 0 { try await Task.sleep(for: .seconds(drainSeconds)) }
    }
}

extension Result where Failure == any Error {
    /// What the work gave or threw, once it has ended.
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
