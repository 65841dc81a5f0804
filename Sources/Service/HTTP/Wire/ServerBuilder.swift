import Hummingbird
import HummingbirdCore
import NIOCore

/// Makes the connections of a server that answers requests so.
typealias ConnectionBuilder =
    @Sendable (@escaping HTTPChannelHandler.Responder) throws -> any ServerChildChannel

enum ServerBuilder {
    /// HTTP/1.1, and with a certificate TLS with HTTP/2 or HTTP/1.1, as the client prefers; every connection and
    /// body is held to the limits.
    static func guarded(
        _ limits: ServerLimits, _ certificates: Certificates?, _ connections: Connections
    ) -> ConnectionBuilder {
        { responder in
            let plain = HTTP1Channel(responder: asking(responder), configuration: channel(limits))
            guard let certificates else {
                return GuardedChannel(
                    base: plain, connections: connections, headSeconds: limits.headSeconds)
            }
            let streams = StreamsChannel(
                plain, connections, idle: .seconds(Int64(limits.idleSeconds)),
                patience: .seconds(Int64(Daemon.patienceSeconds)))
            let secure = try SecureChannel(certificates.configuration, plain: plain, streams: streams)
            return GuardedChannel(base: secure, connections: connections, headSeconds: limits.headSeconds)
        }
    }

    /// The settings of a connection of HTTP/1.1 or a stream of HTTP/2.
    private static func channel(_ limits: ServerLimits) -> HTTP1Channel.Configuration {
        let pace = BodyPace.Limits(
            bytesPerSecond: limits.bodyBytesPerSecond, grace: .seconds(Int64(limits.bodyGraceSeconds)),
            most: .seconds(Int64(limits.bodySeconds)))
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                AnswerPace(patience: .seconds(Int64(limits.idleSeconds))), UnreadableRequest(),
                BodyPace(pace),
            ],
            idleTimeout: .seconds(Int64(limits.idleSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
    }

    /// Lets what answers know its channel, and whom to tell that the body may come; and answers itself what the connection may not ask
    /// just now.
    private static func asking(
        _ responder: @escaping HTTPChannelHandler.Responder
    ) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            if let problem = ServedConnection.current?.refusal(of: request) {
                let answer = problem.response
                let response = request.method == .head ? answer.createHeadResponse() : answer
                return try await writer.write(response: response.head, body: response.body)
            }
            let asked = Expectation.isAsked(by: request.headers) ? channel : nil
            var once: ResponseWriter? = consume writer
            try await AnswerChannel.$current.withValue(channel) {
                try await Expectation.$channel.withValue(asked) {
                    guard let writer = once.take() else { preconditionFailure("a request is answered once") }
                    try await responder(request, writer, channel)
                }
            }
        }
    }
}
