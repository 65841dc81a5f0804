import NIOCore
import NIOHTTP2
import NIOHTTPTypes

/// Lets a stream of HTTP/2 be answered, or refuses it as `REFUSED_STREAM` (RFC 9113 §8.7) before anything is made of it:
/// the same request may be sent again. An answer in words would lie in memory until it is read.
///
/// It stands behind the reading of HTTP on a stream; on a connection of HTTP/1.1 it lets everything through.
final class StreamGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// Of the connection, once it was asked.
    private var bound: StreamBound?
    private var isIn = false
    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data), bound == nil { ask(context) }
        if !isRefused { context.fireChannelRead(data) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        if isIn { bound?.leave() }
        isIn = false
    }

    private func ask(_ context: ChannelHandlerContext) {
        // A connection's parent is what accepted it, a stream's the connection.
        guard let connection = context.channel.parent, connection.parent != nil,
            let bound = try? connection.pipeline.syncOperations.handler(type: StreamBound.self)
        else { return }
        self.bound = bound
        isIn = bound.enter()
        guard !isIn else { return }
        isRefused = true
        guard bound.refuse(),
            let stream = try? context.channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
        else {
            // Not amid what it reads: the library below breaks when a stream begins on a connection that is closed.
            return context.eventLoop.execute { connection.close(promise: nil) }
        }
        let refusal = HTTP2Frame(streamID: stream, payload: .rstStream(.refusedStream))
        connection.writeAndFlush(refusal, promise: nil)
    }
}

@available(*, unavailable)
extension StreamGate: Sendable {}
