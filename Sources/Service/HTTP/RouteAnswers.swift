package import Hummingbird
package import Logging
package import NIOCore
import Store

/// The daemon's answers without a socket: every route. Batches are checked and stored, and all is read, on the thread
/// that asks. What stands before the routes, connections and their limits in time, is not here.
package struct RouteAnswers: Sendable {
    private let responder: RouterResponder<PeerContext>
    private let logger: Logger
    private let workers = BatchWorkers(atOnce: true)
    private let tokens: TokenMemory

    package init(intake: Intake, limits: ServerLimits, clock: WallClock, logger: Logger) {
        self.logger = logger
        workers.start()
        tokens = TokenMemory(in: intake.store.folder, since: clock.now)
        responder = makeRouter(
            intake: intake, tokens: tokens, workers: workers, readers: .atOnce,
            bounds: Bounds(
                limits, largestBytes: intake.limitBytes, leastBytes: UploadBody.mostBytesInMemory),
            isBehindProxy: false, health: Health(logger: logger), factor: .standard, reserve: .none,
            clock: clock, logger: logger
        ).buildResponder()
    }

    /// The answer to one request, which came over this channel; its body is still to be written.
    package func answer(_ request: Request, channel: any Channel) async throws -> Response {
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        return try await responder.respond(to: request, context: PeerContext(source: source))
    }

    /// Ends its threads.
    package func shutdownGracefully() async throws {
        try await workers.shutdownGracefully()
        tokens.close()
    }
}
