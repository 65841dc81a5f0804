public import Settlement
public import Signing
import Synchronization

/// The keys that batches are checked with, made ready for use: the registry's public keys, and the HS256 keys
/// derived from the master secret. Made once; asking it costs little as long as no key changes.
public final class BatchKeys: Sendable {
    private let store: Store
    private let master: MasterSecret
    private let last = Mutex<Ring>(Ring(revision: -1, keys: [:]))

    private struct Ring: Sendable {
        let revision: Int64
        let keys: [String: BatchKey]
    }

    init(store: Store, master: MasterSecret) {
        self.store = store
        self.master = master
    }

    /// The same keys, made ready over the connections of who is to be answered at once.
    public var forReaders: BatchKeys { BatchKeys(store: store.forReaders, master: master) }

    /// The keys as they are registered now, revoked ones included, by id.
    public func lookup() throws -> @Sendable (String) -> BatchKey? {
        let known = last.withLock { $0 }
        let ring = try store.reading("read the keys") { database in
            let revision = try KeyRows.revision(database)
            if revision == known.revision { return known }
            let registered = try KeyRows(database, try store.inForce(database).roster).all()
            return Ring(revision: revision, keys: try keys(of: registered))
        }
        last.withLock { $0 = ring }
        return { ring.keys[$0] }
    }

    /// The key of this id as it was registered when the keys were last read, which they are again for an id that
    /// was not among them: a revocation that came since may be missed.
    public func known(_ id: String) throws -> BatchKey? {
        if let key = last.withLock({ $0.keys[id] }) { return key }
        return try lookup()(id)
    }

    private func keys(of registered: [RegisteredKey]) throws -> [String: BatchKey] {
        var keys: [String: BatchKey] = [:]
        for key in registered {
            keys[key.id] = BatchKey(
                verification: try verification(of: key), merchant: key.merchant, revokedFrom: key.revokedFrom)
        }
        return keys
    }

    private func verification(of key: RegisteredKey) throws -> VerificationKey {
        if let publicKey = key.publicKey { return try .ed25519(id: key.id, publicKey: publicKey) }
        guard let derived = master.batchKey(key) else {
            throw StoreTrouble.damaged(
                "keys", key.id, "it has no public key, and no version that the master secret has")
        }
        guard derived.id == key.id else {
            throw StoreTrouble.damaged("keys", key.id, "it is registered as the key \(derived.id)")
        }
        return derived.verification
    }
}

extension MasterSecret {
    /// The derived key that is registered so; nil of one that is not derived, or from a version that is not at hand.
    public func batchKey(_ key: RegisteredKey) -> SigningKey? {
        guard let version = key.version, let secret = key.secret, secret <= latest else { return nil }
        guard let merchant = key.merchant else { return operatorKey(version: version, secret: secret) }
        return batchKey(merchant: merchant.text, version: version, secret: secret)
    }
}

extension Store {
    /// What intake checks signatures with; keep it.
    public func keys(master: MasterSecret) -> BatchKeys { BatchKeys(store: self, master: master) }
}
