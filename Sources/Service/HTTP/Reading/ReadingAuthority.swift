import Settlement
import Store

/// Says whose side a request may read: whoever signed its token, which is good for this request only.
final class ReadingAuthority: Sendable {
    private let store: Store
    private let keys: BatchKeys
    private let used: TokenMemory

    init(store: Store, keys: BatchKeys, used: TokenMemory) {
        self.store = store
        self.keys = keys
        self.used = used
    }

    /// The token of `Authorization: Bearer …`, which may be used. Throws `TokenRefusal`, or what the store or the memory
    /// of used tokens throws. It blocks.
    func token(
        _ authorization: String?, for side: ReadingToken.Side, at now: Instant
    ) throws -> ReadingToken {
        guard let authorization else { throw TokenRefusal.missing(hasOther: false) }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw TokenRefusal.missing(hasOther: true)
        }
        let token = try ReadingToken(
            checking: String(parts[1]), alliance: try store.schedule().alliance.id, for: side, now: now,
            keys: try keys.lookup())
        try used.check(token, at: now)
        return token
    }

    /// Uses it up, before anything is answered to it. Throws `TokenRefusal` if another request used it meanwhile, and
    /// what the memory of used tokens throws. It blocks.
    func use(_ token: ReadingToken, at now: Instant) throws { try used.use(token, at: now) }
}
