import NIOCore

/// Closes a connection that does not bring the whole head of a request in time: one that is only opened, one
/// whose handshake does not end, one whose headers come byte by byte.
///
/// Later requests of the same connection are held to the idle time.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let patience: TimeAmount
    private let met: LimitMeasures
    private var end: Scheduled<Void>?

    init(patience: TimeAmount, met: LimitMeasures) {
        self.patience = patience
        self.met = met
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        // What nobody reads yet is kept by the peer, not by us.
        try? channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        end = context.eventLoop.scheduleTask(in: patience) { [met] in
            met.met(.headSeconds)
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { hear() }

    /// A whole head is here.
    func hear() {
        end?.cancel()
        end = nil
    }
}
