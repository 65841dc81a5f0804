import NIOCore
import NIOHTTP2
import NIOTLS

/// How many streams a peer of HTTP/2 has over one connection, and whether another one may be: each takes memory for as
/// long as its answer is not read.
///
/// The peer is told, as the library below has no setting for it: once more than what that says by itself, as soon as
/// both are agreed on the protocol. It stands between TLS and that library. Of one thread, like the connection.
final class StreamBound: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connections: Connections
    private var peer: Peer?
    private var open = 0
    private var refused = 0
    private var isClosing = false
    private var offers = HeaderTableOffers()

    /// Streams that may be refused before the connection is closed: who keeps to what it is told needs few but those
    /// that were under way before it was told.
    private static let mostRefused = 1_000

    init(_ connections: Connections) { self.connections = connections }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted(negotiatedProtocol: "h2")? = event as? TLSUserEvent else { return }
        let (channel, streams) = (context.channel, connections.mostStreams)
        peer = connections.peer(of: channel)
        // When what speaks the protocol has taken its place.
        context.eventLoop.execute {
            let speaker = try? channel.pipeline.syncOperations.handler(type: NIOHTTP2Handler.self)
            guard speaker != nil else { return }
            let setting = HTTP2Setting(parameter: .maxConcurrentStreams, value: streams)
            channel.writeAndFlush(
                HTTP2Frame(streamID: .rootStream, payload: .settings(.settings([setting]))), promise: nil)
        }
    }

    /// What comes once the connection is to be closed begins no stream any more.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for piece in offers.pass(unwrapInboundIn(data)) where !isClosing {
            context.fireChannelRead(wrapInboundOut(piece))
        }
    }

    /// Whether one more may be; then it must leave. The first one always may, as connections are bounded themselves.
    func enter() -> Bool {
        guard open < connections.mostStreams, open == 0 || connections.share(peer) else { return false }
        open += 1
        return true
    }

    func leave() {
        open -= 1
        if open > 0 { connections.giveBack(peer) }
    }

    /// Notes that one is to be refused; whether the connection may go on then.
    func refuse() -> Bool {
        refused += 1
        isClosing = isClosing || refused > Self.mostRefused || !connections.mayRefuse()
        return !isClosing
    }
}

@available(*, unavailable)
extension StreamBound: Sendable {}
