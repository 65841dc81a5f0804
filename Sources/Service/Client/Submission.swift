import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import Settlement
public import Signing

/// The client's side of `POST /v1/batches`: signs a file, uploads it, and checks and keeps the receipt.
public struct Submission: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        public let receipt: Receipt
        public let file: ReceiptFile
        /// Whether the daemon had the batch already.
        public let isCopy: Bool
        /// What was checked, one line each.
        public let checks: [String]
        /// Whether a signature of the receipt was among it.
        public let isVerified: Bool
    }

    public let file: String
    public let bytes: [UInt8]
    public let form: BatchForm
    /// Detached JWS of the bytes.
    public let signature: String
    /// What checks the receipt: the seal's public keys, the merchant's statement key.
    public let keys: [VerificationKey]
    /// Whether a refused batch's records are all told, not the first ones.
    public var listsAll = false

    /// Reads and signs the file. Its form is told by the name (`.csv`, `.ndjson`, `.jsonl`) or the first
    /// byte.
    public init(file: String, key: SigningKey, receiptKeys: [VerificationKey] = []) throws(Failure) {
        bytes = try WholeFile.read(file)
        self.file = file
        form = Self.form(of: file, bytes)
        signature = key.sign(bytes)
        keys = receiptKeys
    }

    /// Uploads, and checks and keeps the receipt beside the file.
    ///
    /// While the daemon cannot be reached or cannot work, it is tried again as `retrying` says, always with the
    /// same bytes: if an earlier try had arrived, its receipt is what comes back. `onRetry` is told before each
    /// pause. Throws `refused` with what the problem details say, and `trouble` when the daemon cannot be
    /// reached, cannot work, or answers with what is not a receipt of these bytes.
    public func send(
        to url: String, retrying: Retries = .none,
        onRetry: (Failure, _ pause: Duration) -> Void = { _, _ in }
    ) async throws(Failure) -> Outcome {
        let target = try Self.target(of: url)
        let end = ContinuousClock.now + retrying.total
        var number = 0
        while true {
            let failure: Failure
            var asked: Duration?
            do throws(Failure) {
                let answer = try await post(to: target)
                guard answer.asksForPatience else { return try outcome(answer, from: target) }
                asked = answer.retryAfter
                failure = ProblemText(answer.document.bytes).failure(
                    .trouble, place: target, status: answer.status)
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

    private func outcome(_ answer: Answer, from target: String) throws(Failure) -> Outcome {
        switch answer.status {
        case 200, 201:
            let kept = ReceiptFile(beside: file, document: answer.document)
            let receipt = try kept.receipt(from: target)
            let checks = try kept.check(receipt, of: bytes, keys: keys, place: target)
            try kept.write()
            return Outcome(
                receipt: receipt, file: kept, isCopy: answer.status == 200, checks: checks.lines,
                isVerified: checks.isVerified)
        case 400..<500:
            throw ProblemText(answer.document.bytes).failure(
                .refused, place: file, status: answer.status,
                mostListed: listsAll ? .max : ProblemText.mostListed)
        default:
            throw ProblemText(answer.document.bytes).failure(.trouble, place: target, status: answer.status)
        }
    }

    /// The form that a file of this name and content is sent as.
    static func form(of file: String, _ bytes: [UInt8]) -> BatchForm {
        let name = file.lowercased()
        if name.hasSuffix(".csv") { return .csv }
        if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") { return .ndjson }
        return bytes.first == UInt8(ascii: "{") ? .ndjson : .csv
    }

    /// The upload's URL: a daemon's base URL gets the path.
    static func target(of url: String) throws(Failure) -> String {
        guard let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            ["http", "https", "http+unix"].contains(scheme)
        else {
            throw .misused("--url", "expected a URL such as http://127.0.0.1:8080, found \(url)")
        }
        guard ["", "/"].contains(components.path) else { return url }
        return (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/v1/batches"
    }
}

extension Submission {
    private struct Answer {
        let status: Int
        let document: SealedDocument
        /// What the daemon asks to be waited.
        let retryAfter: Duration?

        /// Whether the same bytes may be taken later: the daemon, or what stands before it, does not work now or
        /// has too much to do.
        var asksForPatience: Bool { [408, 425, 429].contains(status) || status >= 500 }
    }

    private func post(to url: String) async throws(Failure) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: form.mediaType)
        request.headers.add(name: "Settled-Signature", value: signature)
        request.headers.add(name: "User-Agent", value: "settled")
        request.body = .bytes(ByteBuffer(bytes: bytes))
        // A redirect would take the batch to somewhere nobody named; a refused connection is said at once.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer: Result<Answer, any Error>
        do { answer = .success(try await execute(request, with: client)) } catch { answer = .failure(error) }
        try? await client.shutdown()
        do { return try answer.get() } catch {
            throw .trouble(
                url, "the daemon cannot be reached: \(error)",
                hint: "nothing is lost: sending the same file again gives the first receipt if it had arrived"
            )
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

    // A receipt or a problem lists refused records: about as many bytes as the batch has.
    private static let longestAnswer = 1 << 30
}
