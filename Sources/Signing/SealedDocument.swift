/// The bytes of a receipt, statement or closing with both of its signatures. Rulebook §7.
public struct SealedDocument: Hashable, Sendable {
    /// Canonical JSON.
    public let bytes: [UInt8]
    /// Detached JWS of the owner's statement key, HS256: the file `NAME.jws`, without line end.
    public let signature: String
    /// Detached JWS of the operator's seal, EdDSA: the file `NAME.seal`, without line end.
    public let seal: String

    public init(bytes: [UInt8], signature: String, seal: String) {
        self.bytes = bytes
        self.signature = signature
        self.seal = seal
    }

    public var digest: SHA256Digest { SHA256Digest(of: bytes) }
}

/// Signs and seals what the operator hands out.
public struct DocumentSigner: Sendable {
    private let master: MasterSecret
    private let version: Int
    private let sealKey: SigningKey

    /// `version` counts from 1 and is that of the statement keys and of the seal: the master secret's in use.
    public init(master: MasterSecret, version: Int) {
        self.master = master
        self.version = version
        sealKey = master.sealKey(version: version)
    }

    /// What checks seals: of those made up to now, by retired keys too, and of those that a next version will make.
    public var sealKeys: [VerificationKey] {
        (1...master.latest).map { master.sealKey(version: $0).verification }
    }

    /// `owner` is the id of the merchant that gets the document, or `operator`.
    public func seal(_ bytes: consuming [UInt8], for owner: String) -> SealedDocument {
        let key = master.statementKey(owner: owner, version: version)
        guard bytes.count > Self.longBytes else {
            return SealedDocument(bytes: bytes, signature: key.sign(bytes), seal: sealKey.sign(bytes))
        }
        let signature = key.sign(bytes)
        let seal = sealKey.sign(moving: &bytes)
        return SealedDocument(bytes: bytes, signature: signature, seal: seal)
    }

    /// From here on a copy would be large.
    private static let longBytes = 1 << 20
}
