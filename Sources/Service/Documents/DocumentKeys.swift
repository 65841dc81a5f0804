public import Signing
import Store

/// The keys that documents are checked by: a key file, a JWK set, or all that a master secret holds.
public struct DocumentKeys: Sendable {
    private let file: (path: String, bytes: [UInt8])?
    private let published: [VerificationKey]
    private let master: MasterSecret?
    private let folder: DataFolder?

    /// Reads the key file, the set and the secret.
    ///
    /// Throws `refused` for a file that holds no key, `misused` for a folder that holds no alliance.
    public init(keyFile: String?, jwks: String?, folder: DataFolder?) throws(Failure) {
        file = try keyFile.map { path throws(Failure) in
            (path: path, bytes: try WholeFile.read(path, limit: 1 << 20))
        }
        published = if let jwks { try KeyFile.readSet(jwks) } else { [] }
        self.folder = folder
        try folder?.requireFounded()
        master = if let folder { try MasterSecretFile.read(folder.secretPath) } else { nil }
        // A file that is no key is a mistake, whatever ids the signatures will name.
        _ = try named("seal/1")
    }

    /// Whether keys of the seal are at hand: published ones, or those of the master secret.
    var haveSeal: Bool { master != nil || published.contains { $0.id.hasPrefix("seal/") } }

    /// The key of an id, nil when none is at hand.
    public func key(_ id: String) throws(Failure) -> VerificationKey? {
        if let key = published.first(where: { $0.id == id }) { return key }
        if let key = try named(id) { return key }
        return master.flatMap { derived(id, from: $0) ?? registered(id, from: $0) }
    }

    /// A key file of another key is no mistake: of a document's two signatures it checks one.
    private func named(_ id: String) throws(Failure) -> VerificationKey? {
        guard let file else { return nil }
        do { return try VerificationKey.key(id, inFile: file.bytes) } catch {
            throw .refused(
                file.path, "is not a key that checks signatures: \(error)",
                hint: "expected a key file as `settled key show` writes it, a public key or a JWK set")
        }
    }

    /// Which version of the secret a key of batches comes of, the registry says.
    private func registered(_ id: String, from master: MasterSecret) -> VerificationKey? {
        guard id.hasPrefix("batch/") || id.hasPrefix("operator/"), let path = folder?.path,
            let store = try? Store.openToRead(folder: path)
        else { return nil }
        defer { try? store.shut() }
        return (try? store.keys())?.first { $0.id == id }.flatMap { master.batchKey($0)?.verification }
    }

    private func derived(_ id: String, from master: MasterSecret) -> VerificationKey? {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, let version = Int(last), version >= 1, "\(version)" == last else {
            return nil
        }
        return switch (parts[0], parts.count) {
        case ("statement", 3) where version <= master.latest:
            master.statementKey(owner: parts[1], version: version).verification
        case ("seal", 2) where version <= master.latest: master.sealKey(version: version).verification
        default: nil
        }
    }
}
