import NIOCore
import NIOHTTPTypes

/// Watches the bodies of one connection's requests: each has to come at a least rate, from its beginning to its end,
/// so that what came quickly does not lie in memory while the rest trickles, and within a time. And what still comes of one
/// that was answered already is read only for a while, so that the client gets to see its answer.
///
/// It stands behind the reading of HTTP, on a connection of HTTP/1.1 or a stream of HTTP/2.
final class BodyPace: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What reading the body throws when it came too slowly.
    struct TooSlow: Error {}

    struct Limits: Sendable {
        let bytesPerSecond: Int
        let grace: TimeAmount
        /// How long a body may take at all.
        let most: TimeAmount
        /// How long the rest of an answered request is read, and how much of it.
        let lingering = TimeAmount.seconds(10)
        let lingeringBytes = 8 << 20
    }

    private let limits: Limits
    /// Requests whose head is here, and those that were answered: they are answered in their order.
    private var heads = 0
    private var answers = 0
    private var isInBody = false
    private var since = NIODeadline.now()
    private var beginning = NIODeadline.now()
    private var bytes = 0
    private var watch: RepeatedTask?
    private var end: Scheduled<Void>?
    private var isClosing = false

    init(_ limits: Limits) { self.limits = limits }

    func handlerRemoved(context: ChannelHandlerContext) { rest() }

    func channelInactive(context: ChannelHandlerContext) {
        rest()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            heads += 1
            isInBody = true
            beginning = context.eventLoop.now
            begin(beginning)
            keepWatch(context)
            if heads == 1 { Self.hear(context.channel) }
        case .body(let piece):
            bytes += piece.readableBytes
            if answers >= heads, bytes > limits.lingeringBytes { return context.close(promise: nil) }
        case .end:
            isInBody = false
            rest()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        answers += 1
        context.write(data, promise: promise)
        if isClosing {
            context.flush()
            return context.close(promise: nil)
        }
        if isInBody, answers == heads { linger(context) }
    }

    /// The guard stands on the connection itself, which a stream of HTTP/2 is only a part of.
    private static func hear(_ channel: any Channel) {
        let places = [channel, channel.parent].compactMap(\.self).filter(\.eventLoop.inEventLoop)
        let watches = places.lazy.compactMap {
            try? $0.pipeline.syncOperations.handler(type: ConnectionGuard.self)
        }
        watches.first?.hear()
    }

    private func begin(_ now: NIODeadline) {
        since = now
        bytes = 0
    }

    private func rest() {
        watch?.cancel()
        watch = nil
        end?.cancel()
        end = nil
    }

    private func linger(_ context: ChannelHandlerContext) {
        rest()
        begin(context.eventLoop.now)
        let channel = context.channel
        end = context.eventLoop.scheduleTask(in: limits.lingering) { channel.close(promise: nil) }
    }

    private func keepWatch(_ context: ChannelHandlerContext) {
        rest()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let (pace, context) = bound.value
            pace.check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        guard isInBody else { return rest() }
        let now = context.eventLoop.now
        // As long as an earlier request is being answered nobody reads this one.
        guard answers == heads - 1 else {
            beginning = now
            return begin(now)
        }
        let counted = now - since - limits.grace
        if now - beginning < limits.most {
            guard counted > .zero else { return }
            guard bytes < Int(counted.nanoseconds / 1_000_000) * limits.bytesPerSecond / 1000 else {
                // What is over is not kept for later.
                return counted > limits.grace ? begin(now) : ()
            }
        }
        rest()
        isClosing = true
        context.fireErrorCaught(TooSlow())
    }
}

@available(*, unavailable)
extension BodyPace: Sendable {}
