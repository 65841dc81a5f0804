import Hummingbird
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
    private let clock: WallClock
    private let manager: ServiceManager
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
    private let bounds: Bounds
    private let connections: Connections
    private let measures = DaemonMeasures()
    /// From the start on: what was issued before may have been used before.
    private let tokens: TokenMemory

    /// Closes periods if there is a `closer` and the configuration wants it. `onListening` gets the URL that the
    /// daemon can be reached at, once it can be.
    public init(
        configuration: DaemonConfiguration, intake: Intake, closer: PeriodCloser? = nil, clock: WallClock,
        manager: ServiceManager, logger: Logger, onListening: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.intake = intake
        self.closer = configuration.closesAutomatically ? closer : nil
        self.clock = clock
        self.manager = manager
        self.logger = logger
        health = Health(logger: logger)
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
        let server = ServiceGroupConfiguration.ServiceConfiguration(
            service: application(certificates), serviceName: "HTTP")
        let farewell = ServiceGroupConfiguration.ServiceConfiguration(
            service: Farewell(
                manager: manager, health: health, logger: logger, drainSeconds: configuration.drainSeconds),
            serviceName: "farewell")
        let store = ServiceGroupConfiguration.ServiceConfiguration(
            service: StoreWatch(
                intake: intake, tokens: tokens, health: health, clock: clock, thread: lookout),
            serviceName: "store watch")
        let certificate = ServiceGroupConfiguration.ServiceConfiguration(
            service: CertificateWatch(certificates: certificates, logger: logger),
            serviceName: "certificate watch")
        let spool = configuration.spool.map { settings in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: SpoolService(
                    settings: settings, intake: intake, clock: clock, logger: logger,
                    workers: workers),
                serviceName: "spool")
        }
        let closing = closer.map { closer in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: ClosingService(
                    closer: closer, health: health, clock: clock, logger: logger, thread: bookkeeper,
                    measures: measures.closes),
                serviceName: "closing")
        }
        let metrics = metricsListener(certificates).map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, serviceName: "metrics")
        }
        // Services stop in reverse: first the word to the service manager and, by `/readyz`, to who sends requests
        // here, then the server; the metrics last.
        var group = ServiceGroupConfiguration(
            services: [metrics].compactMap(\.self) + [certificate, store]
                + [closing, spool].compactMap(\.self) + [server, farewell],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // A peer that never ends its upload does not keep the daemon: what is not whole is not stored.
        group.maximumGracefulShutdownDuration = .seconds(
            configuration.drainSeconds + Self.patienceSeconds)
        return ServiceGroup(configuration: group)
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
    private func application(_ certificates: Certificates?) -> some ApplicationProtocol {
        let limits = configuration.limits
        return Application(
            router: makeRouter(
                intake: intake, tokens: tokens, workers: workers, readers: readers, bounds: bounds,
                isBehindProxy: configuration.isBehindProxy, health: health,
                factor: configuration.unusualFactor,
                reserve: DiskReserve(bytes: configuration.reserveBytes), clock: clock, logger: logger,
                measures: measures.requests, met: measures.limits),
            server: .guarded(limits, certificates, connections),
            configuration: ApplicationConfiguration(
                address: configuration.listen.address, serverName: "settled",
                availableConnectionsDelegate: .maximum(
                    limits.connections + Connections.spare, logger: quiet)),
            onServerRunning: { channel in ready(channel) },
            logger: quiet)
    }

    private func metricsListener(_ certificates: Certificates?) -> MetricsListener? {
        configuration.metrics.map { listen in
            MetricsListener(
                listen: listen,
                scrape: Scrape(
                    intake: intake, health: health, bounds: bounds, connections: connections,
                    measures: measures,
                    book: BookReading(store: intake.store, clock: clock, threads: readers),
                    reserveBytes: configuration.reserveBytes, closesAutomatically: closer != nil,
                    certificates: certificates, started: WallClock.system.now),
                logger: logger, quiet: quiet)
        }
    }

    private func ready(_ channel: any Channel) {
        let listen = configuration.listen.bound(to: channel)
        let url = configuration.tls == nil ? "\(listen)" : listen.secureDescription
        logger.notice("listening on \(url)")
        tell(manager, .ready, logger)
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
        tell(manager, .stopping, logger)
        if drainSeconds > 0 { try await Task.sleep(for: .seconds(drainSeconds)) }
    }
}

/// A service manager that does not listen is worth a line in the log, and no more.
private func tell(_ manager: ServiceManager, _ message: ServiceManager.Message, _ logger: Logger) {
    do { try manager.tell(message) } catch { logger.warning("\(error)") }
}

extension Result where Failure == any Error {
    /// What the work gave or threw, once it has ended.
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
