import COpenSSL

/// An Ed25519 public key (RFC 8032), ready to verify many signatures.
///
/// Sendable unchecked, because libcrypto only reads the key object once the initialiser has made it.
public final class Ed25519PublicKey: @unchecked Sendable {
    /// The 32 bytes.
    public let bytes: [UInt8]
    private let key: OpaquePointer

    /// Throws `keyLength` unless there are 32 bytes, and `weakPublicKey` for a point of small order.
    public convenience init(_ bytes: [UInt8]) throws(KeyRefusal) {
        guard bytes.count == Self.byteCount else { throw .keyLength(bytes: bytes.count) }
        guard !SmallOrder.contains(bytes) else { throw .weakPublicKey }
        self.init(unchecked: bytes)
    }

    /// A key that is 32 bytes; whether it is weak is not asked.
    init(unchecked bytes: [UInt8]) {
        guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count) else {
            preconditionFailure("libcrypto takes any 32 bytes for an Ed25519 public key")
        }
        self.bytes = bytes
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is this key's over `message`; false too when it has not 64 bytes.
    public func verifies(_ signature: [UInt8], over message: UnsafeRawBufferPointer) -> Bool {
        guard signature.count == Ed25519.signatureByteCount else { return false }
        let context = Ed25519.makeContext()
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
            preconditionFailure("libcrypto verifies with an Ed25519 public key")
        }
        let start = message.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let status = EVP_DigestVerify(context, signature, signature.count, start, message.count)
        // A refusal leaves its reason in the thread's queue, where the next caller would find it.
        if status != 1 { ERR_clear_error() }
        return status == 1
    }

    public func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        message.withUnsafeBytes { verifies(signature, over: $0) }
    }

    public static let byteCount = 32
}

extension Ed25519PublicKey: Hashable {
    public static func == (left: Ed25519PublicKey, right: Ed25519PublicKey) -> Bool {
        left.bytes == right.bytes
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// An Ed25519 private key, ready to sign.
///
/// Sendable unchecked, because libcrypto only reads the key object once the initialiser has made it.
public final class Ed25519PrivateKey: @unchecked Sendable {
    /// The 32 bytes that the key is made from.
    public let seed: SecretBytes
    public let publicKey: Ed25519PublicKey
    private let key: OpaquePointer

    /// Throws `keyLength` unless the seed has 32 bytes.
    public init(seed: SecretBytes) throws(KeyRefusal) {
        guard seed.count == Self.byteCount else { throw .keyLength(bytes: seed.count) }
        let made = seed.withBytes { bytes in
            EVP_PKEY_new_raw_private_key_ex(
                nil, "ED25519", nil, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard let made else { preconditionFailure("libcrypto takes any 32 bytes for an Ed25519 seed") }
        let publicBytes = [UInt8](unsafeUninitializedCapacity: Self.byteCount) { output, count in
            count = Self.byteCount
            let status = EVP_PKEY_get_raw_public_key(made, output.baseAddress, &count)
            precondition(status == 1, "libcrypto knows the public half of an Ed25519 key")
        }
        self.seed = seed
        key = made
        publicKey = Ed25519PublicKey(unchecked: publicBytes)
    }

    // libcrypto wipes the seed that it copied.
    deinit { EVP_PKEY_free(key) }

    /// The 64 bytes of the signature, the same for the same message.
    public func signature(over message: UnsafeRawBufferPointer) -> [UInt8] {
        let context = Ed25519.makeContext()
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
            preconditionFailure("libcrypto signs with an Ed25519 private key")
        }
        return [UInt8](unsafeUninitializedCapacity: Ed25519.signatureByteCount) { output, count in
            count = Ed25519.signatureByteCount
            let start = message.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let status = EVP_DigestSign(context, output.baseAddress, &count, start, message.count)
            precondition(status == 1, "libcrypto signs any bytes with Ed25519")
        }
    }

    public func signature(over message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { signature(over: $0) }
    }

    public static let byteCount = 32
}

enum Ed25519 {
    static let signatureByteCount = 64

    static func makeContext() -> OpaquePointer {
        guard let context = EVP_MD_CTX_new() else {
            preconditionFailure("libcrypto has memory for a signature")
        }
        return context
    }
}
