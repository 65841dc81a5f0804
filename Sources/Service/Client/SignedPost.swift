import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Signing

/// Signed bytes on their way to the daemon. They are sent again, or others that say the same, while it cannot be
/// reached or cannot work: if an earlier try had arrived, the answer to that is what comes back.
struct SignedPost: Sendable {
    /// What is sent, and its detached JWS.
    struct Content: Sendable {
        let bytes: [UInt8]
        let signature: String
    }

    let url: String
    let mediaType: String
    /// Asked for at each try.
    let content: @Sendable () -> Content

    struct Answer: Sendable {
        let status: Int
        let document: SealedDocument
        /// What the daemon asks to be waited.
        fileprivate let retryAfter: Duration?

        /// Whether the same bytes may be taken later: the daemon, or what stands before it, does not work now or
        /// has too much to do.
        fileprivate var asksForPatience: Bool { [408, 425, 429].contains(status) || status >= 500 }
    }

    /// `onRetry` is told before each pause. Throws `trouble` when the daemon cannot be reached or cannot work.
    func send(
        retrying: Retries, onRetry: (Failure, _ pause: Duration) -> Void
    ) async throws(Failure) -> Answer {
        let end = ContinuousClock.now + retrying.total
        var number = 0
        while true {
            let failure: Failure
            var asked: Duration?
            do throws(Failure) {
                let answer = try await post()
                guard answer.asksForPatience else { return answer }
                asked = answer.retryAfter
                failure = ProblemText(answer.document.bytes).failure(
                    .trouble, place: url, status: answer.status)
            } catch {
                guard error.kind == .trouble else { throw error }
                failure = error
            }
            let pause = retrying.pause(after: number, asked: asked)
            guard !Task.isCancelled, ContinuousClock.now + pause <= end else { throw failure }
            onRetry(failure, pause)
            try? await Task.sleep(for: pause)
            number += 1
        }
    }

    /// The URL of a path: a daemon's base URL gets it. Throws `misused` for what is no URL.
    static func target(of url: String, path: String) throws(Failure) -> String {
        guard let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            ["http", "https", "http+unix"].contains(scheme)
        else {
            throw .misused("--url", "expected a URL such as http://127.0.0.1:8080, found \(url)")
        }
        guard ["", "/"].contains(components.path) else { return url }
        return (url.hasSuffix("/") ? String(url.dropLast()) : url) + path
    }

    private func post() async throws(Failure) -> Answer {
        let sent = content()
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: mediaType)
        request.headers.add(name: "Settled-Signature", value: sent.signature)
        request.headers.add(name: "User-Agent", value: "settled")
        request.body = .bytes(ByteBuffer(bytes: sent.bytes))
        // A redirect would take the bytes to somewhere nobody named; a refused connection is said at once.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer: Result<Answer, any Error>
        do { answer = .success(try await execute(request, with: client)) } catch { answer = .failure(error) }
        try? await client.shutdown()
        do { return try answer.get() } catch {
            throw .trouble(
                url, "the daemon cannot be reached: \(error)",
                hint: "nothing is lost: sending the same again gives the first answer if it had arrived")
        }
    }

    private func execute(_ request: HTTPClientRequest, with client: HTTPClient) async throws -> Answer {
        let response = try await client.execute(request, timeout: .minutes(10))
        let body = try await response.body.collect(upTo: Self.longestAnswer)
        return Answer(
            status: Int(response.status.code),
            document: SealedDocument(
                bytes: Array(body.readableBytesView),
                signature: response.headers.first(name: "Settled-Signature") ?? "",
                seal: response.headers.first(name: "Settled-Seal") ?? ""),
            retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) }
                .flatMap { (0...86_400).contains($0) ? .seconds($0) : nil })
    }

    // A receipt or a problem lists refused records: about as many bytes as a batch has.
    private static let longestAnswer = 1 << 30
}
