public import Logging
import NIOPosix
public import ServiceLifecycle
import Store

/// The daemon's whole life: it listens, says that it is ready, and at SIGTERM or SIGINT says that it stops,
/// finishes the batches in hand, and returns.
public struct Daemon: Service {
    let configuration: DaemonConfiguration
    let intake: Intake
    let closer: PeriodCloser?
    let deliveries: DeliveryDesk?
    let clock: WallClock
    let manager: ServiceManager
    let sockets: [InheritedSockets.Socket]
    let rereading: Rereading?
    let logger: Logger
    let onListening: @Sendable (String) -> Void
    let workers = BatchWorkers()
    /// Where merchants' requests to read are answered.
    let readers = ReadingThreads(4)
    /// Where the store is tried.
    let lookout = NIOThreadPool(numberOfThreads: 1)
    /// Where periods are closed.
    let bookkeeper = NIOThreadPool(numberOfThreads: 1)
    let health: Health
    let status: StatusWatch
    let bounds: Bounds
    let connections: Connections
    let measures = DaemonMeasures()
    /// From the start on: what was issued before may have been used before.
    let tokens: TokenMemory

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

    /// The libraries' own word about each start and request is for those who look for faults in them.
    var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

extension Result where Failure == any Error {
    /// What the work gave or threw, once it has ended.
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
