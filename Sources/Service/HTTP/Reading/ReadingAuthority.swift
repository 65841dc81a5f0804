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

    /// The merchant of `Authorization: Bearer …`. Throws `TokenRefusal`, or what the store or the memory of used tokens
    /// throws. It blocks.
    func merchant(authorization: String?, at now: Instant) throws -> MerchantID {
        guard case .merchant(let merchant) = try reader(authorization, for: .merchants, at: now) else {
            preconditionFailure("a token that reads for merchants is a merchant's")
        }
        return merchant
    }

    /// Throws unless the operator asks. It blocks.
    func requireOperator(authorization: String?, at now: Instant) throws {
        _ = try reader(authorization, for: .operators, at: now)
    }

    private func reader(
        _ authorization: String?, for side: ReadingToken.Side, at now: Instant
    ) throws -> ReadingToken.Reader {
        guard let authorization else { throw TokenRefusal.missing(hasOther: false) }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw TokenRefusal.missing(hasOther: true)
        }
        let token = try ReadingToken(
            checking: String(parts[1]), alliance: try store.schedule().alliance.id, for: side, now: now,
            keys: try keys.lookup())
        try used.use(token, at: now)
        return token.reader
    }
}
