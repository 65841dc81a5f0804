import NIOCore
import NIOHTTP2
import NIOTLS

/// Tells a peer of HTTP/2 how many streams it may have, as the library below has no setting for it: once more than
/// what that says by itself, as soon as both are agreed on the protocol.
final class StreamBound: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let streams: Int

    init(_ streams: Int) { self.streams = streams }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted(negotiatedProtocol: "h2")? = event as? TLSUserEvent else { return }
        let (channel, streams) = (context.channel, streams)
        // When what speaks the protocol has taken its place.
        context.eventLoop.execute {
            let speaker = try? channel.pipeline.syncOperations.handler(type: NIOHTTP2Handler.self)
            guard speaker != nil else { return }
            let setting = HTTP2Setting(parameter: .maxConcurrentStreams, value: streams)
            channel.writeAndFlush(
                HTTP2Frame(streamID: .rootStream, payload: .settings(.settings([setting]))), promise: nil)
        }
    }
}
