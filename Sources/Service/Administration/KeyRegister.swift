public import Settlement
import Signing
public import Store

/// What `settled key` does: keys that batches may be signed with come, are shown, and go.
public struct KeyRegister: Sendable {
    let open: OpenFolder

    public init(_ open: OpenFolder) {
        self.open = open
    }

    /// A key that was added, and the file in which its secret is handed out; an Ed25519 key has none.
    public struct Added: Hashable, Sendable {
        public let key: RegisteredKey
        public let file: String?
    }

    /// Adds the next version of the HS256 key of a merchant, or of the operator (nil), and writes its key
    /// file.
    public func addDerived(for merchant: MerchantID?, now: Instant) throws -> Added {
        let key = try open.store.addDerivedKey(for: merchant, at: now)
        let path = open.folder.keyPath(key.id)
        try createFolder(open.folder.keysPath, mode: 0o700)
        // A file of that name can only be what an earlier attempt left: the same secret, or a torn life.
        try SecretFile.create(try secretFile(of: key), at: path, replacing: true)
        return Added(key: key, file: path)
    }

    /// Registers the Ed25519 public key in a file (PEM, JWK or OpenSSH) under an id of its owner's choice.
    public func addPublic(_ file: String, id: String, for merchant: MerchantID?, now: Instant) throws -> Added
    {
        guard KeyID.isValid(id) else {
            throw Failure.misused(
                "--id", "expected 1–80 printable ASCII characters without space, quote, backslash and comma")
        }
        let publicKey = try KeyFile.readPublic(file)
        return Added(key: try open.store.addPublicKey(publicKey, id: id, for: merchant, at: now), file: nil)
    }

    /// The key file of an id, a secret: `batch/<merchant>/<version>`, `operator/<version>` or
    /// `statement/<merchant>/<version>`; of `webhook/<merchant>/<version>` a line with `whsec_…`. Of a seal or a
    /// registered public key, the public key as a JWK set.
    ///
    /// Throws `keyUnknown`, and `refused` with `secret_waiting` for a webhook's secret that would not be the same
    /// when it comes into force.
    public func file(of id: String) throws -> [UInt8] {
        let known = try open.store.keys()
        if let key = known.first(where: { $0.id == id }), let publicKey = key.publicKey {
            let verification = try VerificationKey.ed25519(id: id, publicKey: publicKey)
            return Array((JWKSet.text([verification]) + "\n").utf8)
        }
        if let seal = sealKeys.first(where: { $0.id == id }) { return Self.set([seal]) }
        if id.hasPrefix("statement/") { return try statementFile(of: id) }
        if let webhook = try NamedWebhookSecret(id, open) { return try webhook.file }
        guard let key = known.first(where: { $0.id == id }) else { throw KeyRegistryRefusal.keyUnknown(id) }
        return try secretFile(of: key)
    }

    /// From `instant` of receipt on, the key signs nothing any more; gives the key as it is registered then.
    @discardableResult
    public func revoke(_ id: String, from instant: Instant, now: Instant) throws -> RegisteredKey {
        try open.store.revokeKey(id, from: instant, at: now)
    }

    /// The public keys of the seal, as a JWK set: retired ones, the one in use, and one that waits.
    public var sealKeySet: [UInt8] { Self.set(sealKeys) }

    /// Writes that set where it is kept to be published, if it is kept there.
    func renewSealFile() throws {
        let seal = open.folder.keysPath + "/" + SealFile.name
        if WholeFile.exists(seal) { try WholeFile.write(sealKeySet, to: seal) }
    }

    /// The first version of each merchant's key and the operator's, and the public key of the seal; gives the
    /// files in order.
    func addFirstKeys(of merchants: [MerchantID], now: Instant) throws -> [String] {
        var files: [String] = []
        for merchant in merchants.sorted().map(Optional.some) + [nil] {
            if let file = try addDerived(for: merchant, now: now).file { files.append(file) }
        }
        let seal = open.folder.keysPath + "/seal.jwks"
        try WholeFile.write(sealKeySet, to: seal)
        return files + [seal]
    }
}

extension KeyRegister {
    private var sealKeys: [VerificationKey] { open.signer.sealKeys }

    private static func set(_ keys: [VerificationKey]) -> [UInt8] { Array((JWKSet.text(keys) + "\n").utf8) }

    private func secretFile(of key: RegisteredKey) throws -> [UInt8] {
        guard let derived = open.master.batchKey(key) else { throw KeyRegistryRefusal.keyUnknown(key.id) }
        return KeyFile.bytes(of: derived)
    }

    private func statementFile(of id: String) throws -> [UInt8] {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        let alliance = try open.store.schedule().alliance
        let owners = alliance.merchants.map(\.id.text) + ["operator"]
        guard parts.count == 3, owners.contains(String(parts[1])), let version = Int(parts[2]),
            (1...open.master.latest).contains(version), "\(version)" == parts[2]
        else {
            throw KeyRegistryRefusal.keyUnknown(id)
        }
        return KeyFile.bytes(of: open.master.statementKey(owner: String(parts[1]), version: version))
    }
}
