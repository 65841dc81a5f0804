/// What makes signatures: an id, and one algorithm with its secret. Rulebook §3, §7.
public struct SigningKey: Sendable {
    public let id: String
    public let material: Material
    /// The other side of this key.
    public let verification: VerificationKey
    // The encoded header and its dot: always the same for one key.
    private let head: [UInt8]

    public enum Material: Sendable {
        case hs256(SecretBytes)
        case ed25519(Ed25519PrivateKey)
    }

    public var algorithm: SignatureAlgorithm { verification.algorithm }

    private init(id: String, material: Material, verification: VerificationKey) {
        self.id = id
        self.material = material
        self.verification = verification
        let header = SignatureHeader(algorithm: verification.algorithm, keyID: id)
        head = SigningInput.head(Base64URL.text(Array(header.json.utf8)).utf8)
    }

    /// Throws `keyID`, and `secretTooShort` below 32 bytes.
    public static func hs256(id: String, secret: SecretBytes) throws(KeyRefusal) -> SigningKey {
        SigningKey(
            id: id, material: .hs256(secret), verification: try .hs256(id: id, secret: secret))
    }

    /// Throws `keyID`.
    public static func ed25519(id: String, privateKey: Ed25519PrivateKey) throws(KeyRefusal) -> SigningKey {
        SigningKey(
            id: id, material: .ed25519(privateKey),
            verification: try .ed25519(id: id, publicKey: privateKey.publicKey))
    }

    /// Throws `keyID`, and `keyLength` unless the seed has 32 bytes.
    public static func ed25519(id: String, seed: SecretBytes) throws(KeyRefusal) -> SigningKey {
        try .ed25519(id: id, privateKey: Ed25519PrivateKey(seed: seed))
    }

    /// The detached JWS over the payload's bytes, `header..signature`, without line end.
    public func sign(_ payload: [UInt8]) -> String {
        payload.withUnsafeBytes { sign($0) }
    }

    public func sign(_ payload: UnsafeRawBufferPointer) -> String {
        // The head ends with the first dot.
        String(decoding: head, as: UTF8.self) + "." + Base64URL.text(signature(over: payload))
    }

    /// The same of long bytes, which are not copied: with Ed25519 they are moved aside for a moment.
    public func sign(moving payload: inout [UInt8]) -> String {
        guard case .ed25519(let key) = material else { return sign(payload) }
        payload.insert(contentsOf: head, at: 0)
        defer { payload.removeFirst(head.count) }
        let signature = payload.withUnsafeBytes { key.signature(over: $0) }
        return String(decoding: head, as: UTF8.self) + "." + Base64URL.text(signature)
    }

    private func signature(over payload: UnsafeRawBufferPointer) -> [UInt8] {
        switch material {
        case .hs256:
            guard case .hs256(let key) = verification.material else {
                preconditionFailure("both sides of a key have its algorithm")
            }
            return head.withUnsafeBytes { key.tag(over: $0, payload) }
        case .ed25519(let key):
            return SigningInput.withBytes(head, payload) { key.signature(over: $0) }
        }
    }
}
