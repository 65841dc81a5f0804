/// What checks signatures: an id, and one algorithm with its key. Rulebook §3.
public struct VerificationKey: Sendable {
    public let id: String
    public let material: Material

    public enum Material: Sendable {
        case hs256(HMACSHA256)
        case ed25519(Ed25519PublicKey)
    }

    public var algorithm: SignatureAlgorithm {
        switch material {
        case .hs256: .hs256
        case .ed25519: .edDSA
        }
    }

    private init(id: String, material: Material) throws(KeyRefusal) {
        guard KeyID.isValid(id) else { throw .keyID(id) }
        self.id = id
        self.material = material
    }

    /// Throws `keyID`, and `secretTooShort` below 32 bytes.
    public static func hs256(id: String, secret: SecretBytes) throws(KeyRefusal) -> VerificationKey {
        guard secret.count >= MasterSecret.shortest else { throw .secretTooShort(bytes: secret.count) }
        return try VerificationKey(id: id, material: .hs256(HMACSHA256(key: secret)))
    }

    /// Throws `keyID`.
    public static func ed25519(id: String, publicKey: Ed25519PublicKey) throws(KeyRefusal) -> VerificationKey
    {
        try VerificationKey(id: id, material: .ed25519(publicKey))
    }

    /// Throws `keyID`, `keyLength`, `weakPublicKey`.
    public static func ed25519(id: String, publicKey: [UInt8]) throws(KeyRefusal) -> VerificationKey {
        try .ed25519(id: id, publicKey: Ed25519PublicKey(publicKey))
    }

    /// The public key, of an Ed25519 key only.
    public var publicKey: Ed25519PublicKey? {
        if case .ed25519(let key) = material { key } else { nil }
    }

    /// Whether `signature` is this key's over `head` followed by `payload`.
    func verifies(
        _ signature: [UInt8], over head: [UInt8], _ payload: UnsafeRawBufferPointer
    ) -> Bool {
        switch material {
        case .hs256(let key):
            ConstantTime.areEqual(head.withUnsafeBytes { key.tag(over: $0, payload) }, signature)
        case .ed25519(let key):
            SigningInput.withBytes(head, payload) { key.verifies(signature, over: $0) }
        }
    }
}

/// What a signature is made over: the encoded header and a dot, then the payload as it is. RFC 7797 §3.
enum SigningInput {
    static func head(_ encodedHeader: some Collection<UInt8>) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(encodedHeader.count + 1)
        head.append(contentsOf: encodedHeader)
        head.append(UInt8(ascii: "."))
        return head
    }

    /// Both in one piece, which Ed25519 needs since it reads its message twice.
    static func withBytes<Result>(
        _ head: [UInt8], _ payload: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let whole = UnsafeMutableRawBufferPointer.allocate(
            byteCount: head.count + payload.count, alignment: 16)
        defer { whole.deallocate() }
        whole.copyBytes(from: head)
        UnsafeMutableRawBufferPointer(rebasing: whole[head.count...]).copyMemory(from: payload)
        return body(UnsafeRawBufferPointer(whole))
    }
}
