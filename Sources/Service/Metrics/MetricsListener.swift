import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Answers `GET /metrics` on an address of its own, which merchants have no business at: whoever may connect may read,
/// as Prometheus expects it.
struct MetricsListener: Service {
    let listen: DaemonConfiguration.Listen
    let limits: ServerLimits
    let scrape: Scrape
    let logger: Logger
    /// Of the libraries.
    let quiet: Logger

    /// Where the address cannot be had, it logs that and waits for the end: nobody's batches wait for metrics.
    func run() async throws {
        do { try await application.run() } catch let error where !(error is CancellationError) {
            logger.error(
                "metrics cannot be served, and the daemon goes on without",
                metadata: [
                    "listen": "\(listen)", "reason": "\(error)",
                    "hint":
                        "see whether another process listens there, and whether this user may; then restart",
                ])
            try await gracefulShutdown()
        }
    }

    /// One scraper asks a few times a minute over one connection: who asks more is refused long before it is work. `time`
    /// are the limits in time of merchants' connections; one that waits for the next scrape stays open.
    static func limits(as time: ServerLimits) -> ServerLimits {
        var limits = time
        (limits.connections, limits.connectionsPerPeer) = (16, 8)
        limits.requestsPerSecond = ServerLimits().requestsPerSecond
        limits.requestsPerSecondPerPeer = 10
        limits.idleSeconds = max(120, time.idleSeconds)
        return limits
    }

    private var application: some ApplicationProtocol {
        let connections = Connections(limits, isBehindProxy: false)
        return Application(
            router: router,
            server: HTTPServerBuilder(ServerBuilder.guarded(limits, nil, connections)),
            configuration: ApplicationConfiguration(
                address: listen.address, serverName: "settled",
                availableConnectionsDelegate: .maximum(
                    limits.connections + Connections.spare, logger: quiet)),
            onServerRunning: { channel in
                logger.notice("metrics at \(listen.bound(to: channel))\(Self.path)")
            },
            logger: quiet)
    }

    private var router: Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        router.add(middleware: Problems(measures: RequestMeasures()))
        router.add(middleware: Pace(bounds: Bounds(limits, largestBytes: 0)))
        for method in [HTTPRequest.Method.get, .head] {
            router.on(RouterPath(Self.path), method: method) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: Exposition.mediaType],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: await scrape.text())))
            }
        }
        refuseOtherMethods(on: router, RouterPath(Self.path), but: [.get, .head])
        return router
    }

    private static let path = "/metrics"
}

/// Holds a peer to its rate. One that asks more often is kept waiting for its refusal: over the few connections that it
/// may have it costs the daemon next to nothing.
private struct Pace: RouterMiddleware {
    typealias Context = PeerContext
    let bounds: Bounds

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do { try bounds.request(of: context.peer(of: request, isBehindProxy: false)) } catch {
            try await Task.sleep(for: .seconds(1))
            throw error
        }
        return try await next(request, context)
    }
}

extension DaemonConfiguration.Listen {
    /// For the library.
    var address: BindAddress {
        switch self {
        case .address(let host, let port): .hostname(host, port: port)
        case .socket(let path): .unixDomainSocket(path: path)
        }
    }

    /// With the port that the system chose, where it was to choose one.
    func bound(to channel: any Channel) -> DaemonConfiguration.Listen {
        guard case .address(let host, let port) = self else { return self }
        return .address(host: host, port: channel.localAddress?.port ?? port)
    }
}
