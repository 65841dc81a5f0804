public import Settlement
public import Signing

/// The client's side of `POST /v1/disputes`: writes down what is contested, signs it as it is sent, checks the answer.
public struct ContestSubmission: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// The dispute's number among the merchant's own.
        public let number: Int64
        public let reference: ContestReference
        public let received: String
        /// Whether the same had opened it before.
        public let isCopy: Bool
        /// The answer as it came, signed and sealed: the proof that it was given.
        public let document: SealedDocument
        /// What was checked of it, one line each.
        public let checks: [String]
        /// Whether a signature of it was among that.
        public let isVerified: Bool

        /// For a person.
        public var line: String {
            isCopy
                ? "dispute \(number) was opened by the same before: reference \(reference), received \(received)"
                : "dispute \(number) is open: reference \(reference), received \(received)"
        }

        /// Keeps the answer with `.jws` and `.seal` beside it, as `settled verify` reads it. Throws `trouble`.
        public func keep(as path: String) throws(Failure) { try document.write(to: path) }
    }

    /// Each try says when it is made.
    private let draft: Contest
    private let key: SigningKey
    private let keys: [VerificationKey]
    private let clock: WallClock

    /// Without a reference it gets one that what is contested makes: the same again is the same. `keys` check the
    /// answer: the seal's public keys, the merchant's statement key.
    ///
    /// Throws `misused` for what cannot be read, with the option that has it.
    public init(
        alliance: AllianceID, reference: String?, subject: Contest.Subject, reason: String, key: SigningKey,
        keys: [VerificationKey] = [], clock: WallClock = .system
    ) throws(Failure) {
        func contest(_ reference: ContestReference) -> Contest {
            Contest(
                alliance: alliance, at: .earliest, reference: reference, subject: subject, reason: reason)
        }
        let unnamed = contest(ContestReference(verified: "-"))
        let made = "D-" + SHA256Digest(of: unnamed.bytes).text.dropFirst("sha256:".count).prefix(16)
        guard let reference = ContestReference(reference ?? made) else {
            throw .misused(
                "--reference",
                "expected 1 to 64 printable characters without space, quote, backslash and comma")
        }
        draft = contest(reference)
        do throws(ContestRefusal) { _ = try Contest(parsing: draft.bytes) } catch {
            throw .misused(error.field.map { "--\($0)" } ?? "what is contested", error.reason)
        }
        self.key = key
        self.keys = keys
        self.clock = clock
    }

    var reference: ContestReference { draft.reference }

    /// What is sent at an instant.
    func content(at instant: Instant) -> SignedPost.Content {
        let bytes = contest(at: instant).bytes
        return SignedPost.Content(bytes: bytes, signature: key.sign(bytes))
    }

    private func contest(at instant: Instant) -> Contest {
        Contest(
            alliance: draft.alliance, at: instant, reference: draft.reference, subject: draft.subject,
            reason: draft.reason)
    }

    /// Sends it, again and again as `retrying` says, signed anew each time; `onRetry` is told before each pause. A lost
    /// answer ends in the first one.
    ///
    /// Throws `refused` with what the problem details say or where the answer's signature or seal is wrong, and
    /// `trouble` when the daemon cannot be reached, cannot work, or answers with what is no answer to this.
    public func send(
        to url: String, retrying: Retries = .none,
        onRetry: (Failure, _ pause: Duration) -> Void = { _, _ in }
    ) async throws(Failure) -> Outcome {
        let target = try SignedPost.target(of: url, path: "/v1/disputes")
        let post = SignedPost(url: target, mediaType: "application/json") { [self] in content(at: clock.now) }
        let answer = try await post.send(retrying: retrying, onRetry: onRetry)
        guard [200, 201].contains(answer.status) else {
            throw ProblemText(answer.document.bytes).failure(
                (400..<500).contains(answer.status) ? .refused : .trouble, place: target,
                status: answer.status)
        }
        return try outcome(answer.document, isCopy: answer.status == 200, from: target)
    }

    private func outcome(
        _ document: SealedDocument, isCopy: Bool, from target: String
    ) throws(Failure) -> Outcome {
        guard let value = try? JSONValue(parsing: document.bytes), let number = value["dispute"]?.integer,
            let received = value["received"]?.string,
            let signed = value["signed"]?.string.flatMap({ Instant(rfc3339: $0) }),
            // Of an earlier try too, the bytes are known by when it was signed.
            value["digest"]?.string == SHA256Digest(of: contest(at: signed).bytes).text
        else { throw .trouble(target, "the answer is not one to what was sent: it has not its digest") }
        let checks = try document.check(keys: keys, "the answer", from: target)
        return Outcome(
            number: number, reference: draft.reference, received: received, isCopy: isCopy,
            document: document, checks: checks.lines, isVerified: checks.isVerified)
    }
}
