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
        let target = try SignedPost.target(of: url, path: "/v1/batches")
        let content = SignedPost.Content(bytes: bytes, signature: signature)
        let post = SignedPost(url: target, mediaType: form.mediaType) { content }
        return try outcome(try await post.send(retrying: retrying, onRetry: onRetry), from: target)
    }

    private func outcome(_ answer: SignedPost.Answer, from target: String) throws(Failure) -> Outcome {
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
}
