import NIOCore
import NIOHTTPTypes

/// Watches that answers get away: a client that does not read them would otherwise hold a connection, and what waits
/// for it in memory, for ever.
///
/// It stands behind the writing of HTTP, on a connection of HTTP/1.1 or a stream of HTTP/2. Large bodies go in pieces, so
/// that a slow reader shows that it reads.
final class AnswerPace: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes of which one has to get away within the patience.
    static let piece = 64 << 10

    private let patience: TimeAmount
    /// Pieces that have not got away yet.
    private var waiting = 0
    private var progress = NIODeadline.now()
    private var watch: RepeatedTask?

    init(patience: TimeAmount) { self.patience = patience }

    func handlerRemoved(context: ChannelHandlerContext) { rest() }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .body(var body) = unwrapOutboundIn(data), body.readableBytes > Self.piece else {
            return send(data, context, promise)
        }
        while let piece = body.readSlice(length: min(Self.piece, body.readableBytes)), piece.readableBytes > 0
        {
            send(wrapOutboundOut(.body(piece)), context, body.readableBytes == 0 ? promise : nil)
        }
    }

    private func send(_ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        waiting += 1
        if watch == nil { keepWatch(context) }
        let written = context.eventLoop.makePromise(of: Void.self)
        if let promise { written.futureResult.cascade(to: promise) }
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.waiting -= 1
            self.progress = .now()
            if self.waiting == 0 { self.rest() }
        }
        context.write(data, promise: written)
    }

    private func rest() {
        watch?.cancel()
        watch = nil
    }

    private func keepWatch(_ context: ChannelHandlerContext) {
        progress = .now()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let (pace, context) = bound.value
            guard pace.waiting > 0, .now() - pace.progress > pace.patience else { return }
            pace.rest()
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension AnswerPace: Sendable {}
