import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Keeps the fields of answers out of the table that both sides of HTTP/2 remember (RFC 7541 §6.2.2): how large that grows
/// is the client's choice, and it is in memory for as long as the connection lasts.
final class UnindexedAnswer: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        for place in head.headerFields.indices { head.headerFields[place].indexingStrategy = .avoid }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

@available(*, unavailable)
extension UnindexedAnswer: Sendable {}
