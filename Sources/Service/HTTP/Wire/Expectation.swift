import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// A client that sends a large body may ask first (`Expect: 100-continue`, RFC 9110 §10.1.1). It is told to go on
/// only when its request's head was found good, so that what is refused is never sent.
enum Expectation {
    /// Where the client of the present request waits for the word; nil: it does not.
    @TaskLocal static var channel: (any Channel)?

    /// Tells it to go on.
    static func meet() async {
        guard let channel else { return }
        // A connection that is gone shows when the body is read.
        try? await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    static func isAsked(by head: HTTPFields) -> Bool { head[.expect]?.lowercased() == "100-continue" }
}
