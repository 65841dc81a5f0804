import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Settlement
import Signing

/// A receiver of webhooks, found and looked at once: connections go to the very address that was looked at, whatever
/// its name says later.
struct Endpoint: Sendable {
    typealias LookUp = @Sendable (String) throws(Failure) -> [NetworkAddress]

    let url: WebhookURL
    private let client: HTTPClient

    /// What it said.
    struct Answer: Hashable, Sendable {
        let status: Int
        /// Seconds that it asks for.
        let retryAfter: Int?
    }

    /// Seconds that an attempt may take until the answer's head is there.
    static let patienceSeconds = 20
    /// Of an answer's body so much is read, for so long; what it says counts for nothing.
    private static let mostBytes = 64 << 10
    private static let drainSeconds = 2

    /// Takes one of the addresses that its name has, each attempt another one. Throws `trouble` for one that may not be
    /// reached, or whose authorities cannot be read.
    init(
        _ url: WebhookURL, _ settings: DeliverySettings, attempt: Int, addresses: [NetworkAddress]
    ) throws(Failure) {
        try Self.requireTLS(of: url, settings)
        let allowed = settings.allowsPrivate ? addresses : addresses.filter(\.isPublic)
        guard !allowed.isEmpty else {
            throw .trouble(
                url.site, "has an address of no public network",
                hint: "delivery.allow_private takes such ones too")
        }
        let address = allowed[attempt % allowed.count]
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try Self.tls(settings), redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10), read: .seconds(20)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        // The certificate is still the name's, and so is the header `Host`.
        for host in [url.host, "[\(url.host)]"] { configuration.dnsOverride[host] = "\(address)" }
        self.url = url
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Throws `trouble` for one of plain HTTP where that is not allowed: its name is not even looked up.
    static func requireTLS(of url: WebhookURL, _ settings: DeliverySettings) throws(Failure) {
        guard url.isSecure || settings.allowsPrivate else {
            throw .trouble(url.site, "is plain HTTP, which is taken only with delivery.allow_private")
        }
    }

    private static func tls(_ settings: DeliverySettings) throws(Failure) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        guard let file = settings.authorities else { return tls }
        do {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
        } catch {
            throw .trouble(file, "holds no certificates: \(error)", hint: "see delivery.authorities")
        }
        return tls
    }

    /// Posts a message, signed at this instant by each of the secrets. Redirects are an answer like others.
    func post(_ message: NewsMessage, secrets: [WebhookSecret], at instant: Instant) async throws -> Answer {
        let seconds = instant.milliseconds / 1_000
        let signatures = secrets.map { $0.signature(id: message.id, seconds: seconds, body: message.body) }
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "User-Agent": "settled", "webhook-id": message.id,
            "webhook-timestamp": "\(seconds)", "webhook-signature": signatures.joined(separator: " "),
        ]
        request.body = .bytes(ByteBuffer(bytes: message.body))
        let response = try await answer(to: request)
        await Self.drain(response.body)
        return Answer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) }.flatMap {
                $0 >= 0 ? $0 : nil
            })
    }

    private func answer(to request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: .seconds(Int64(Self.patienceSeconds)))
        } catch let error as HTTPClientError
            where [.deadlineExceeded, .readTimeout, .connectTimeout].contains(error)
        {
            throw Failure.trouble(url.site, "had not answered after \(Self.patienceSeconds) seconds")
        } catch let error where !(error is CancellationError) {
            throw Failure.trouble(url.site, "cannot be reached: \(error)")
        }
    }

    /// Reads a short body, so that the connection serves the next message too.
    private static func drain(_ body: HTTPClientResponse.Body) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var room = mostBytes
                do {
                    for try await piece in body {
                        room -= piece.readableBytes
                        if room <= 0 { return }
                    }
                } catch {
                    // The answer's head was there: what becomes of the rest is nobody's concern.
                }
            }
            group.addTask { try? await Task.sleep(for: .seconds(drainSeconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    func close() async { try? await client.shutdown() }
}
