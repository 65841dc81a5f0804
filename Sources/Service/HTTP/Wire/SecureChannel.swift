import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL

/// Connections over TLS: HTTP/2 or HTTP/1.1, as the client prefers (ALPN, RFC 7301).
struct SecureChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        fileprivate typealias Agreed = NIONegotiatedHTTPVersion<HTTP1Channel.Value, StreamsChannel.Value>
        fileprivate let agreed: EventLoopFuture<Agreed>
        let channel: any Channel
    }

    private let context: NIOSSLContext
    private let plain: HTTP1Channel
    private let streams: StreamsChannel

    /// Throws what the library says of certificates that it does not take.
    init(_ configuration: TLSConfiguration, plain: HTTP1Channel, streams: StreamsChannel) throws {
        var configuration = configuration
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        context = try NIOSSLContext(configuration: configuration)
        self.plain = plain
        self.streams = streams
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let (plain, streams) = (plain, streams)
        return channel.configureHTTP2AsyncSecureUpgrade(
            http1ConnectionInitializer: { plain.setup(channel: $0, logger: logger) },
            http2ConnectionInitializer: { streams.setup(channel: $0, logger: logger) }
        ).map { Value(agreed: $0, channel: channel) }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.agreed.get() {
            case .http1_1(let connection): await plain.handle(value: connection, logger: logger)
            case .http2(let connection): await streams.handle(value: connection, logger: logger)
            }
        } catch {
            logger.debug("no protocol agreed: \(error)")
        }
    }
}
