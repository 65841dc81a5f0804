import NIOCore
import NIOHTTP2
import NIOSSL

/// How many streams one connection of HTTP/2 has, and whether it may have another: each takes memory for as long as its
/// answer is not read. What is too much is refused as `REFUSED_STREAM` (RFC 9113 §8.7) before anything is made of it:
/// the same request may be sent again. An answer in words would lie in memory until it is read.
///
/// It stands last on the connection. Of one thread, like the connection.
final class StreamBound: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    /// Streams that are refused before the connection is closed: who keeps to what it is told at first needs none.
    static let mostRefused = 256

    private let connections: Connections
    private let channel: any Channel
    private let peer: Peer?
    private var open = 0
    private var refused = 0
    /// A stream that is to be refused as soon as the library knows it.
    private var refusing: (any Channel)?

    init(_ connections: Connections, _ channel: any Channel) {
        self.connections = connections
        self.channel = channel
        peer = connections.peer(of: channel)
    }

    /// Counts a stream that begins until it is closed; false: it is to be refused. The first one always may be, as
    /// connections are bounded themselves.
    func admit(_ stream: any Channel) -> Bool {
        let isFull = open >= connections.mostStreams
        if isFull { connections.met.met(.streams) }
        guard !isFull, open == 0 || connections.share(peer) else {
            refusing = stream
            return false
        }
        open += 1
        stream.closeFuture.assumeIsolated().whenComplete { _ in
            self.open -= 1
            if self.open > 0 { self.connections.giveBack(self.peer) }
        }
        return true
    }

    /// Refuses a stream that was not admitted. Between the reading of two frames, and not while a stream is set up: the
    /// connection may be closed here.
    func began(_ stream: any Channel) {
        guard stream === refusing else { return }
        refusing = nil
        refused += 1
        let connections = connections
        stream.closeFuture.whenComplete { _ in connections.forgetRefused() }
        guard connections.countRefused(), refused <= Self.mostRefused else { return end() }
        stream.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.refusedStream), promise: nil)
    }

    /// Ends the connection and reads nothing more, not even until the peer has ended TLS.
    private func end() {
        let reason = HTTP2Frame.FramePayload.goAway(
            lastStreamID: .maxID, errorCode: .enhanceYourCalm, opaqueData: nil)
        channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: reason), promise: nil)
        let secure = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        secure?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { close() }
        context.fireUserInboundEventTriggered(event)
    }

    /// When nothing is being read: a stream may be set up just now.
    private func close() {
        let channel = channel
        channel.eventLoop.execute { channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension StreamBound: Sendable {}

/// Tells the bound of streams that the library knows a new one.
struct StreamWatch: NIOHTTP2StreamDelegate {
    let manager: NIOHTTP2ServerConnectionManagementHandler.HTTP2StreamDelegate
    let bound: NIOLoopBound<StreamBound>

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        manager.streamCreated(id, channel: channel)
        bound.value.began(channel)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        manager.streamClosed(id, channel: channel)
    }
}
