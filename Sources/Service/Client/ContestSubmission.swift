public import Settlement
public import Signing

/// The client's side of `POST /v1/disputes`: writes down what is contested, signs it, and sends it.
public struct ContestSubmission: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// The dispute's number.
        public let number: Int64
        public let reference: ContestReference
        public let received: String
        /// Whether the same had opened it before.
        public let isCopy: Bool
        /// The answer as it came.
        public let bytes: [UInt8]

        /// For a person.
        public var line: String {
            isCopy
                ? "dispute \(number) was opened by the same before: reference \(reference), received \(received)"
                : "dispute \(number) is open: reference \(reference), received \(received)"
        }
    }

    let contest: Contest
    let bytes: [UInt8]
    let signature: String

    /// Without a reference it gets one that what is contested makes: the same again is the same.
    ///
    /// Throws `misused` for what cannot be read, with the option that has it.
    public init(
        reference: String?, subject: Contest.Subject, reason: String, key: SigningKey
    ) throws(Failure) {
        let draft = Contest(reference: Self.none, subject: subject, reason: reason)
        let made = "D-" + SHA256Digest(of: draft.bytes).text.dropFirst("sha256:".count).prefix(16)
        guard let reference = ContestReference(reference ?? made) else {
            throw .misused(
                "--reference",
                "expected 1 to 64 printable characters without space, quote, backslash and comma")
        }
        contest = Contest(reference: reference, subject: subject, reason: reason)
        bytes = contest.bytes
        do throws(ContestRefusal) { _ = try Contest(parsing: bytes) } catch {
            throw .misused(error.field.map { "--\($0)" } ?? "what is contested", error.reason)
        }
        signature = key.sign(bytes)
    }

    private static let none = ContestReference(verified: "-")

    /// Sends it, again and again as `retrying` says; `onRetry` is told before each pause. A lost answer ends in the first
    /// one.
    ///
    /// Throws `refused` with what the problem details say, and `trouble` when the daemon cannot be reached, cannot work, or
    /// answers with what is no answer to this.
    public func send(
        to url: String, retrying: Retries = .none,
        onRetry: (Failure, _ pause: Duration) -> Void = { _, _ in }
    ) async throws(Failure) -> Outcome {
        let target = try SignedPost.target(of: url, path: "/v1/disputes")
        let post = SignedPost(
            url: target, mediaType: "application/json", bytes: bytes, signature: signature)
        let answer = try await post.send(retrying: retrying, onRetry: onRetry)
        let document = answer.document.bytes
        guard [200, 201].contains(answer.status) else {
            throw ProblemText(document).failure(
                (400..<500).contains(answer.status) ? .refused : .trouble, place: target,
                status: answer.status)
        }
        guard let value = try? JSONValue(parsing: document), let number = value["dispute"]?.integer,
            let received = value["received"]?.string,
            value["digest"]?.string == SHA256Digest(of: bytes).text
        else { throw .trouble(target, "the answer is not one to what was sent: it has not its digest") }
        return Outcome(
            number: number, reference: contest.reference, received: received, isCopy: answer.status == 200,
            bytes: document)
    }
}
