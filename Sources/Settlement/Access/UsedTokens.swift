import Signing

/// The tokens that were used and could be again: each is remembered until it has expired. Bounded: one merchant's
/// by `mostOfOne`, all of them by `most`, so that one reader cannot use up what the others need.
public struct UsedTokens: Sendable {
    private struct Used: Hashable, Sendable {
        let reader: ReadingToken.Reader
        /// Of the token's id: a digest costs the same whatever a merchant calls its tokens.
        let digest: SHA256Digest
    }

    private let since: Instant
    private let most: Int
    private let mostOfOne: Int
    private var forgetAt: [Used: Instant] = [:]
    private var counts: [ReadingToken.Reader: Int] = [:]
    private var lastSwept: Instant

    /// `since` is when remembering began: what was issued before may have been used before.
    public init(since: Instant, most: Int = 100_000, mostOfOne: Int = 10_000) {
        precondition(most >= 1 && mostOfOne >= 1, "at least one token can be remembered")
        // A token says its own beginning in whole seconds.
        self.since = Instant(milliseconds: since.milliseconds / 1000 * 1000)
        self.most = most
        self.mostOfOne = mostOfOne
        lastSwept = since
    }

    /// How many are remembered.
    public var count: Int { forgetAt.count }

    /// Notes that a token is used. Throws `token_replayed` if it was before or may have been, and
    /// `token_too_many` when no more can be remembered: then it is not used.
    public mutating func use(_ token: ReadingToken, at now: Instant) throws(TokenRefusal) {
        guard token.issued >= since else {
            throw TokenRefusal(
                .replayed, field: "iat",
                "the token is older than the daemon's memory of used ones: make a new one")
        }
        let used = Used(reader: token.reader, digest: SHA256Digest(of: Array(token.id.utf8)))
        guard forgetAt[used] == nil else {
            throw TokenRefusal(.replayed, field: "jti", "a token of this jti was used before")
        }
        if now >= lastSwept.advanced(byMilliseconds: Self.sweepMilliseconds) || isFull(for: token.reader) {
            sweep(at: now)
        }
        guard !isFull(for: token.reader) else {
            throw TokenRefusal(
                .tooMany, "more tokens were used lately than can be remembered: try again later")
        }
        forgetAt[used] = token.expires.advanced(byMilliseconds: ReadingToken.leewayMilliseconds)
        counts[token.reader, default: 0] += 1
    }

    private static let sweepMilliseconds: Int64 = 10_000

    private func isFull(for reader: ReadingToken.Reader) -> Bool {
        forgetAt.count >= most || counts[reader, default: 0] >= mostOfOne
    }

    /// Forgets what is refused as expired anyway. Not more than once a second: it looks at all of them.
    private mutating func sweep(at now: Instant) {
        guard now >= lastSwept.advanced(byMilliseconds: 1_000) || now < lastSwept else { return }
        lastSwept = now
        forgetAt = forgetAt.filter { now < $0.value }
        counts.removeAll(keepingCapacity: true)
        for used in forgetAt.keys { counts[used.reader, default: 0] += 1 }
    }
}
