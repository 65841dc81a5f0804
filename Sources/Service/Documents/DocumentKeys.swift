public import Signing

/// The keys that documents are checked by: a key file, a JWK set, or all that a master secret holds.
public struct DocumentKeys: Sendable {
    private let keyFile: String?
    private let published: [VerificationKey]
    private let master: MasterSecret?

    /// Reads the set and the secret; the key file is read when a signature names its key.
    public init(keyFile: String?, jwks: String?, folder: DataFolder?) throws(Failure) {
        self.keyFile = keyFile
        published = if let jwks { try KeyFile.readSet(jwks) } else { [] }
        master = if let folder { try MasterSecretFile.read(folder.secretPath) } else { nil }
    }

    /// The key of an id, nil when none is at hand.
    public func key(_ id: String) throws(Failure) -> VerificationKey? {
        if let key = published.first(where: { $0.id == id }) { return key }
        if let keyFile, let key = try named(id, in: keyFile) { return key }
        return master.flatMap { derived(id, from: $0) }
    }

    /// A key file of another key is no mistake: of a document's two signatures it checks one.
    private func named(_ id: String, in path: String) throws(Failure) -> VerificationKey? {
        let bytes = try WholeFile.read(path, limit: 1 << 20)
        if let key = try? SigningKey(keyFile: bytes) { return key.id == id ? key.verification : nil }
        return try? VerificationKey(keyFile: bytes, id: id)
    }

    private func derived(_ id: String, from master: MasterSecret) -> VerificationKey? {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, let version = Int(last), version >= 1, "\(version)" == last else {
            return nil
        }
        return switch (parts[0], parts.count) {
        case ("statement", 3): master.statementKey(owner: parts[1], version: version).verification
        case ("seal", 2): master.sealKey(version: version).verification
        case ("batch", 3): master.batchKey(merchant: parts[1], version: version).verification
        case ("operator", 2): master.operatorKey(version: version).verification
        default: nil
        }
    }
}
