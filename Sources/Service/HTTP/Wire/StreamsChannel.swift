import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypesHTTP2

/// Connections of HTTP/2: each stream is one request (RFC 9113 §5), answered as one over HTTP/1.1 is.
struct StreamsChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        fileprivate let streams: AsyncStream<Stream>
        let channel: any Channel
    }

    /// A stream and its place, to be left when its request is done with.
    fileprivate struct Stream: Sendable {
        let value: HTTP1Channel.Value
        let place: StreamPlace
    }

    private let request: HTTP1Channel
    private let connections: Connections
    private let lifetime: NIOHTTP2ServerConnectionManagementHandler.Configuration
    private let configuration: NIOHTTP2Handler.ConnectionConfiguration

    /// Connections that have no stream for `idle` are closed; what is under way when the daemon stops has `patience`.
    init(_ request: HTTP1Channel, _ connections: Connections, idle: TimeAmount, patience: TimeAmount) {
        self.request = request
        self.connections = connections
        lifetime = .init(maxIdleTime: idle, maxAge: nil, maxGraceTime: patience, keepalive: nil)
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        // What the library says by itself, and fewer streams.
        configuration.initialSettings = nioDefaultSettings.map { setting in
            setting.parameter == .maxConcurrentStreams
                ? HTTP2Setting(parameter: .maxConcurrentStreams, value: connections.mostStreams) : setting
        }
        // What was on its way to a refused stream is no error.
        configuration.maximumRecentlyResetStreams = StreamPlaces.mostRefused
        self.configuration = configuration
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let (streams, continuation) = AsyncStream.makeStream(of: Stream.self)
            channel.closeFuture.whenComplete { _ in continuation.finish() }
            let pipeline = channel.pipeline.syncOperations
            let manager = NIOHTTP2ServerConnectionManagementHandler(
                eventLoop: channel.eventLoop, configuration: lifetime)
            let bound = StreamBound(connections, channel)
            let watch = StreamWatch(
                manager: manager.http2StreamDelegate, bound: NIOLoopBound(bound, eventLoop: channel.eventLoop)
            )
            let request = request
            _ = try pipeline.configureHTTP2Pipeline(
                mode: .server, connectionConfiguration: configuration, streamConfiguration: .init(),
                streamDelegate: watch
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    guard let place = watch.bound.value.admit(stream) else { return }
                    let value: HTTP1Channel.Value
                    do { value = try Self.wrap(stream, request.configuration, logger) } catch {
                        place.leave(.task)
                        throw error
                    }
                    let wrapped = Stream(value: value, place: place)
                    guard case .terminated = continuation.yield(wrapped) else { return }
                    // Nobody takes it any more, and the library insists on its end.
                    Task {
                        try? await value.executeThenClose { _, _ in }
                        place.leave(.task)
                    }
                }
            }
            try pipeline.addHandlers(manager, bound)
            return Value(streams: streams, channel: channel)
        }
    }

    private static func wrap(
        _ stream: any Channel, _ configuration: HTTP1Channel.Configuration, _ logger: Logger
    ) throws -> HTTP1Channel.Value {
        let pipeline = stream.pipeline.syncOperations
        try pipeline.addHandlers(HTTP2FramePayloadToHTTPServerCodec(), UnindexedAnswer())
        try pipeline.addHandlers(configuration.additionalChannelHandlers())
        let idle = configuration.idleTimeout.map { Duration.nanoseconds($0.nanoseconds) }
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idle, logger: logger))
        return try HTTP1Channel.Value(wrappingChannelSynchronously: stream)
    }

    func handle(value: Value, logger: Logger) async {
        await withDiscardingTaskGroup { group in
            for await stream in value.streams {
                group.addTask {
                    await request.handle(value: stream.value, logger: logger)
                    stream.place.leave(.task)
                }
            }
        }
    }
}
