import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store

extension Daemon {
    /// The application, built on one page.
    func server(_ certificates: Certificates?) -> any Service {
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

    func metricsListener(_ certificates: Certificates?) -> MetricsListener? {
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
