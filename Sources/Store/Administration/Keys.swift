import GRDB
public import Settlement
public import Signing

/// A key that batches may be signed with, as it is registered: no secret.
public struct RegisteredKey: Hashable, Sendable {
    public let id: String
    public let algorithm: SignatureAlgorithm
    /// Nil: an operator's.
    public let merchant: MerchantID?
    /// Of derived HS256 keys, from 1.
    public let version: Int?
    /// Of derived keys the version of the master secret that they are derived from, from 1.
    public let secret: Int?
    /// Of Ed25519 keys, 32 bytes.
    public let publicKey: [UInt8]?
    public let added: Instant
    /// From this instant of receipt on it signs nothing any more.
    public let revokedFrom: Instant?

    func revoked(from instant: Instant) -> RegisteredKey {
        RegisteredKey(
            id: id, algorithm: algorithm, merchant: merchant, version: version, secret: secret,
            publicKey: publicKey, added: added, revokedFrom: instant)
    }
}

/// Why a key is not registered or revoked. Codes are never reused.
public enum KeyRegistryRefusal: Error, Hashable, Sendable {
    case merchantUnknown(MerchantID)
    /// The id is another key's already, revoked ones included.
    case idTaken(String)
    /// The id begins as those of derived keys do.
    case idReserved(String)
    /// The same key is its owner's already, under this id, and is not revoked.
    case keyTaken(String)
    case keyUnknown(String)
    /// From the same instant or an earlier one.
    case alreadyRevoked(String, from: Instant)

    public var code: String {
        switch self {
        case .merchantUnknown: "merchant_unknown"
        case .idTaken: "key_id_taken"
        case .idReserved: "key_id_reserved"
        case .keyTaken: "key_taken"
        case .keyUnknown: "key_unknown"
        case .alreadyRevoked: "key_already_revoked"
        }
    }
}

extension KeyRegistryRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .merchantUnknown(let merchant): "\(merchant) is no merchant of the alliance"
        case .idTaken(let id): "the key id \(id) is taken: choose another one"
        case .idReserved(let id): "the key id \(id) begins as those of derived keys do: choose another one"
        case .keyTaken(let id): "the same key is registered as \(id), and not revoked: take another key"
        case .keyUnknown(let id): "there is no key \(id)"
        case .alreadyRevoked(let id, let from):
            "the key \(id) is revoked already, from \(from.text(offsetSeconds: 0, milliseconds: true)) on"
        }
    }
}

extension Store {
    /// Registers the next version of the HS256 batch key of a merchant, or of the operator (nil).
    ///
    /// Throws `KeyRegistryRefusal.merchantUnknown`.
    public func addDerivedKey(for merchant: MerchantID?, at instant: Instant) throws -> RegisteredKey {
        try writing("add a key") { database in
            let rows = KeyRows(database, try inForce(database).roster)
            let version = try rows.highestVersion(of: merchant) + 1
            let owner = merchant.map { "batch/\($0)" } ?? "operator"
            let key = RegisteredKey(
                id: "\(owner)/\(version)", algorithm: .hs256, merchant: merchant, version: version,
                secret: try SecretMarkRows(database).present(), publicKey: nil, added: instant,
                revokedFrom: nil)
            try rows.add(key)
            return key
        }
    }

    /// Registers an Ed25519 public key under an id of its owner's choice, unique over all keys. An owner has a key under
    /// one id only, unless that was revoked.
    ///
    /// Throws `KeyRegistryRefusal`.
    public func addPublicKey(
        _ publicKey: Ed25519PublicKey, id: String, for merchant: MerchantID?, at instant: Instant
    ) throws -> RegisteredKey {
        let reserved = ["batch/", "operator/", "statement/", "seal/"]
        guard !reserved.contains(where: { id.hasPrefix($0) }) else { throw KeyRegistryRefusal.idReserved(id) }
        return try writing("add a key") { database in
            let key = RegisteredKey(
                id: id, algorithm: .edDSA, merchant: merchant, version: nil, secret: nil,
                publicKey: publicKey.bytes, added: instant, revokedFrom: nil)
            try KeyRows(database, try inForce(database).roster).add(key)
            return key
        }
    }

    /// From `instant` of receipt on, the key signs nothing any more. Of a key that is revoked already it can
    /// only become earlier. Throws `KeyRegistryRefusal`.
    @discardableResult
    public func revokeKey(_ id: String, from instant: Instant, at now: Instant) throws -> RegisteredKey {
        try writing("revoke the key \(id)") { database in
            try KeyRows(database, try inForce(database).roster).revoke(id, from: instant, at: now)
        }
    }

    /// All keys ever registered, by id.
    public func keys() throws -> [RegisteredKey] {
        try reading("read the keys") { try KeyRows($0, try inForce($0).roster).all() }
    }
}
