import NIOCore
import NIOHTTP2
import NIOSSL

/// Refuses the streams of a connection of HTTP/2 that have no place: each takes memory for as long as its answer is
/// not read. What is too much is refused as `REFUSED_STREAM` (RFC 9113 §8.7) before anything is made of it: the same
/// request may be sent again. An answer in words would lie in memory until it is read.
///
/// It stands last on the connection. Of one thread, like the connection.
final class StreamBound: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let places: StreamPlaces
    private let channel: any Channel
    /// The latest that was admitted.
    private var last = HTTP2StreamID.rootStream
    /// A stream that is to be refused as soon as the library knows it.
    private var refusing: (any Channel)?

    init(_ connections: Connections, _ channel: any Channel) {
        self.channel = channel
        places = StreamPlaces(connections, of: connections.peer(of: channel))
    }

    /// A place for a stream that begins, which leaves it when it is closed; nil: it is to be refused.
    func admit(_ stream: any Channel) -> StreamPlace? {
        guard let place = places.take() else {
            refusing = stream
            return nil
        }
        stream.closeFuture.whenComplete { _ in place.leave(.stream) }
        return place
    }

    /// Refuses a stream that was not admitted. Between the reading of two frames, and not while a stream is set up: the
    /// connection may be closed here.
    func began(_ id: HTTP2StreamID, _ stream: any Channel) {
        guard stream === refusing else {
            last = id
            return
        }
        refusing = nil
        let places = places
        stream.closeFuture.whenComplete { _ in places.forgetRefused() }
        guard places.refuse() else { return end() }
        stream.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.refusedStream), promise: nil)
    }

    /// Ends the connection and reads nothing more, not even until the peer has ended TLS. It is told which stream was
    /// the last of which anything was made (RFC 9113 §6.8): those behind it, the surplus one first, may be sent again.
    private func end() {
        let reason = HTTP2Frame.FramePayload.goAway(
            lastStreamID: last, errorCode: .enhanceYourCalm, opaqueData: nil)
        let pipeline = channel.pipeline.syncOperations
        // What manages the connection keeps what is to be flushed until all is read: it would be gone by then.
        let manager = try? pipeline.context(handlerType: NIOHTTP2ServerConnectionManagementHandler.self)
        manager?.writeAndFlush(NIOAny(HTTP2Frame(streamID: .rootStream, payload: reason)), promise: nil)
        let secure = try? pipeline.context(handlerType: NIOSSLServerHandler.self)
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
        bound.value.began(id, channel)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        manager.streamClosed(id, channel: channel)
    }
}
