import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves on sockets that are open already, what Hummingbird's server does not know: with the same connections and the
/// same answers as the one that opens its own.
struct InheritedServer<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let sockets: [InheritedSockets.Socket]
    let responder: Responder
    /// What a connection is, given how requests are answered.
    let connection: ConnectionBuilder
    let loops: any EventLoopGroup
    /// Of each socket; those of all together are counted when they are served.
    let mostConnections: Int
    let serverName: String
    let logger: Logger
    /// Told once for each of them.
    let onServing: @Sendable (InheritedSockets.Socket) -> Void

    func run() async throws {
        try await serve(
            try connection { request, writer, channel in
                try await answer(request, writer, channel)
            })
    }

    private func serve(_ child: some ServerChildChannel) async throws {
        let (connections, arrivals) = AsyncStream.makeStream(of: type(of: child).Value.self)
        let doors = sockets.map { _ in ServerQuiescingHelper(group: loops) }
        defer { for door in doors { door.initiateShutdown(promise: nil) } }
        var servers: [any Channel] = []
        for (socket, door) in zip(sockets, doors) {
            let bootstrap = bootstrap(child, door) { arrivals.yield($0) }
            servers.append(try await bootstrap.withBoundSocket(socket.descriptor).get())
            onServing(socket)
        }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { tasks in
                for await connection in connections {
                    tasks.addTask { await child.handle(value: connection, logger: logger) }
                }
            }
        } onGracefulShutdown: { [servers] in
            pause(servers) { shut(doors) { arrivals.finish() } }
        }
    }

    /// How long the last connections that were let in may take to be set up: a server that is closed before drops them.
    private static var settling: TimeAmount { .milliseconds(100) }

    /// Lets nobody in from now on: who knocks waits at the socket for the next process.
    private func pause(_ servers: [any Channel], _ whenSettled: @escaping @Sendable () -> Void) {
        let loop = loops.any()
        let paused = servers.map { $0.setOption(.autoRead, value: false) }
        EventLoopFuture.andAllComplete(paused, on: loop).whenComplete { _ in
            loop.scheduleTask(in: Self.settling, whenSettled)
        }
    }

    /// The connections that stand end with the request at hand; then it is quiet.
    private func shut(_ doors: [ServerQuiescingHelper], _ whenQuiet: @escaping @Sendable () -> Void) {
        let loop = loops.any()
        let ends = doors.map { door in
            let end = loop.makePromise(of: Void.self)
            door.initiateShutdown(promise: end)
            return end.futureResult
        }
        EventLoopFuture.andAllComplete(ends, on: loop).whenComplete { _ in whenQuiet() }
    }

    private func bootstrap<Child: ServerChildChannel>(
        _ child: Child, _ door: ServerQuiescingHelper, _ arrive: @escaping @Sendable (Child.Value) -> Void
    ) -> ServerBootstrap {
        let (most, logger) = (mostConnections, logger)
        return ServerBootstrap(group: loops)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handlers = channel.pipeline.syncOperations
                    try handlers.addHandler(
                        AvailableConnectionsChannelHandler(
                            delegate: MaximumAvailableConnections(most, logger: logger)))
                    try handlers.addHandler(door.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelInitializer { channel in
                child.setup(channel: channel, logger: logger).map { arrive($0) }
            }
    }

    @concurrent
    private func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let context = Responder.Context(
            source: ApplicationRequestContextSource(channel: channel, logger: logger))
        var response: Response
        do { response = try await responder.respond(to: request, context: context) } catch {
            // What is no request is its connection's to refuse.
            if error is HTTPParserError { throw error }
            logger.debug("no answer: \(error)")
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = Self.date
        response.headers[.server] = serverName
        try await writer.write(response: response.head, body: response.body)
    }

    /// The present second as RFC 9110 §5.6.7 has it.
    private static var date: String {
        var (seconds, parts) = (time(nil), tm())
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
        return "\(day) \(parts.tm_year + 1900) \(clock) GMT"
    }
}
