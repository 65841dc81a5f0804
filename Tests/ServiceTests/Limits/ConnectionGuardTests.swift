import NIOCore
import NIOEmbedded
import Testing

@testable import Service

/// Held against a clock that a test moves.
@Suite("Connections that bring no request")
struct ConnectionGuardTests {
    /// Stands behind the guard, as what answers does.
    private final class Told: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private(set) var stops = 0

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is ChannelShouldQuiesceEvent { stops += 1 }
            context.fireUserInboundEventTriggered(event)
        }
    }

    private let watch = ConnectionGuard(patience: .seconds(30), met: LimitMeasures())
    private let told = Told()
    private let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel(handlers: [watch, told])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func stop() { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }

    private func wait(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    @Test("One without a head is closed when its patience ends; one with a head is not")
    func patience() throws {
        wait(.seconds(29))
        #expect(channel.isActive)
        wait(.seconds(1))
        #expect(!channel.isActive)
        let other = try ConnectionGuardTests()
        other.watch.hear()
        other.wait(.seconds(60))
        #expect(other.channel.isActive)
    }

    @Test("One that was let in and has asked nothing gets a moment when the daemon stops, and no more")
    func moment() {
        stop()
        #expect(channel.isActive && told.stops == 0)
        wait(ConnectionGuard.moment - .milliseconds(1))
        #expect(channel.isActive && told.stops == 0)
        wait(.milliseconds(1))
        #expect(!channel.isActive)
    }

    @Test("What answers is told that the daemon stops once the request is there, and not before")
    func asked() {
        stop()
        watch.hear()
        #expect(told.stops == 0, "the head has not gone through yet")
        channel.embeddedEventLoop.run()
        #expect(told.stops == 1)
        wait(.seconds(60))
        #expect(channel.isActive, "its end is that of its answer")
        watch.hear()
        channel.embeddedEventLoop.run()
        #expect(told.stops == 1)
    }

    @Test("One that has asked before is told at once")
    func idle() {
        watch.hear()
        stop()
        #expect(told.stops == 1)
    }
}
