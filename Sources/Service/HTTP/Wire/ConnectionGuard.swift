import NIOCore

/// Closes a connection that does not bring the whole head of a request in time: one that is only opened, one
/// whose handshake does not end, one whose headers come byte by byte.
///
/// Later requests of the same connection are held to the idle time. When the daemon stops, a connection that was let in
/// and has asked nothing yet gets a moment to do so: its request may be on its way, and nobody else will answer it.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// How long a first request is waited for once the daemon stops.
    static let moment = TimeAmount.seconds(1)

    private let patience: TimeAmount
    private let met: LimitMeasures
    private var end: Scheduled<Void>?
    private var channel: (any Channel)?
    /// Whether the daemon stops, and the others on the connection were not told yet.
    private var isStopping = false

    init(patience: TimeAmount, met: LimitMeasures) {
        self.patience = patience
        self.met = met
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.channel = channel
        // What nobody reads yet is kept by the peer, not by us.
        try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        end = context.eventLoop.scheduleTask(in: patience) { [met] in
            met.met(.headSeconds)
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        rest()
        channel = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent, end != nil else {
            return context.fireUserInboundEventTriggered(event)
        }
        isStopping = true
        rest()
        let channel = context.channel
        end = context.eventLoop.scheduleTask(in: Self.moment) { channel.close(promise: nil) }
    }

    /// A whole head is here.
    func hear() {
        rest()
        guard isStopping, let channel else { return }
        isStopping = false
        // Once the head has gone through: whoever is told before takes the connection for an idle one.
        channel.eventLoop.execute {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    private func rest() {
        end?.cancel()
        end = nil
    }
}
