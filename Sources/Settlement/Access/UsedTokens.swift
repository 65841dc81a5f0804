import Signing

/// The tokens that were used and could be again: each is remembered until it has expired. Bounded: one merchant's
/// by `mostOfOne`, all of them by `most`, so that one reader cannot use up what the others need.
///
/// A clock that is set back by more than the leeway would bring tokens to life that were forgotten, and make good ones
/// older than the memory: then remembering begins anew, and what is remembered stays so.
public struct UsedTokens: Sendable {
    private var since: Instant
    private let most: Int
    private let mostOfOne: Int
    private var forgottenAt: [UsedToken.Name: Instant] = [:]
    private var counts: [ReadingToken.Reader: Int] = [:]
    private var lastSwept: Instant

    /// The most that are remembered when nothing else is said.
    public static let most = 100_000

    /// `since` is when remembering began: what was issued before may have been used before. What was issued later may
    /// have been, too, by a clock that is ahead: `earlier` are those known to have been.
    public init(
        since: Instant, earlier: some Sequence<UsedToken> = [], most: Int = Self.most, mostOfOne: Int = 10_000
    ) {
        precondition(most >= 1 && mostOfOne >= 1, "at least one token can be remembered")
        // A token says its own beginning in whole seconds.
        self.since = Self.wholeSeconds(since)
        self.most = most
        self.mostOfOne = mostOfOne
        lastSwept = since
        for used in earlier where forgottenAt.updateValue(used.forgottenAt, forKey: used.name) == nil {
            counts[used.name.reader, default: 0] += 1
        }
    }

    /// How many are remembered.
    public var count: Int { forgottenAt.count }

    /// Those that are remembered, in no order.
    public var all: some Sequence<UsedToken> {
        forgottenAt.lazy.map { UsedToken($0.key, forgottenAt: $0.value) }
    }

    /// Notes that a token is used, and gives what is remembered of it. Throws what `check` throws: then it is not used.
    public mutating func use(_ token: ReadingToken, at now: Instant) throws(TokenRefusal) -> UsedToken {
        try check(token, at: now)
        let used = UsedToken(token)
        forgottenAt[used.name] = used.forgottenAt
        counts[token.reader, default: 0] += 1
        return used
    }

    /// Throws `token_replayed` if a token was used before or may have been, and `token_too_many` when no more can be
    /// remembered. It is not used by that.
    public mutating func check(_ token: ReadingToken, at now: Instant) throws(TokenRefusal) {
        if now < lastSwept.advanced(byMilliseconds: -ReadingToken.leewayMilliseconds) {
            (since, lastSwept) = (Self.wholeSeconds(now), now)
        }
        guard token.issued >= since else {
            throw TokenRefusal(
                .replayed, field: "iat",
                "the token is older than the daemon's memory of used ones: make a new one",
                expected: "\(since) or later", found: "\(token.issued)")
        }
        guard forgottenAt[UsedToken(token).name] == nil else {
            throw TokenRefusal(
                .replayed, field: "jti", "a token of this jti was used before",
                expected: "a jti that was never used", found: PlainText.excerpt(token.id))
        }
        if now >= lastSwept.advanced(byMilliseconds: Self.sweepMilliseconds) || isFull(for: token.reader) {
            sweep(at: now)
        }
        guard !isFull(for: token.reader) else {
            throw TokenRefusal(
                .tooMany, "more tokens were used lately than can be remembered: try again later",
                expected: "fewer than \(mostOfOne) of one reader, \(most) in all, within minutes",
                found: "\(counts[token.reader, default: 0]) of this one")
        }
    }

    /// Takes back that a token was used: nothing was answered to it.
    public mutating func takeBack(_ used: UsedToken) {
        guard forgottenAt.removeValue(forKey: used.name) != nil else { return }
        counts[used.name.reader, default: 0] -= 1
    }

    private static func wholeSeconds(_ instant: Instant) -> Instant {
        Instant(milliseconds: instant.milliseconds / 1000 * 1000)
    }

    private static let sweepMilliseconds: Int64 = 10_000

    private func isFull(for reader: ReadingToken.Reader) -> Bool {
        forgottenAt.count >= most || counts[reader, default: 0] >= mostOfOne
    }

    /// Forgets what is refused as expired anyway, and was so the leeway ago: as far as that the clock may go back. Not
    /// more than once a second: it looks at all of them.
    private mutating func sweep(at now: Instant) {
        guard now >= lastSwept.advanced(byMilliseconds: 1_000) else { return }
        lastSwept = now
        let latest = now.advanced(byMilliseconds: -ReadingToken.leewayMilliseconds)
        forgottenAt = forgottenAt.filter { latest < $0.value }
        counts.removeAll(keepingCapacity: true)
        for name in forgottenAt.keys { counts[name.reader, default: 0] += 1 }
    }
}
