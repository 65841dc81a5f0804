import Settlement
import Store
import Synchronization

/// Says whose side a request may read: whoever signed its token, which is good for this request only.
final class ReadingAuthority: Sendable {
    private let store: Store
    private let keys: BatchKeys
    private let used: Mutex<UsedTokens>

    /// `since` is when the daemon began to remember used tokens.
    init(store: Store, keys: BatchKeys, since: Instant) {
        self.store = store
        self.keys = keys
        used = Mutex(UsedTokens(since: since))
    }

    /// The merchant of `Authorization: Bearer …`. Throws `TokenRefusal`, or what the store throws. It blocks.
    func merchant(authorization: String?, at now: Instant) throws -> MerchantID {
        guard let authorization else { throw TokenRefusal.missing }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw TokenRefusal.missing }
        let token = try ReadingToken(
            checking: String(parts[1]), alliance: try store.schedule().alliance.id, now: now,
            keys: try keys.lookup())
        try used.withLock { used throws(TokenRefusal) in try used.use(token, at: now) }
        return token.merchant
    }
}
