import COpenSSL

/// Derives keys from a secret: HKDF with SHA-256 (RFC 5869).
public enum HKDFSHA256 {
    /// `length` bytes, 1 … 8,160; throws `KeyRefusal.derivedLength` beyond. An empty `salt` stands for none.
    public static func derive(
        from secret: SecretBytes, salt: [UInt8] = [], info: [UInt8], length: Int = 32
    ) throws(KeyRefusal) -> SecretBytes {
        guard (1...longest).contains(length) else { throw .derivedLength(length) }
        guard let context = EVP_KDF_CTX_new(algorithm) else {
            preconditionFailure("libcrypto has memory for an HKDF")
        }
        defer { EVP_KDF_CTX_free(context) }
        return SecretBytes(count: length) { output in
            let status = secret.withBytes { secret in
                settled_hkdf_sha256(
                    context, secret.baseAddress, secret.count, salt, salt.count, info, info.count,
                    output.baseAddress!.assumingMemoryBound(to: UInt8.self), output.count)
            }
            precondition(status == 1, "libcrypto derives up to 255 blocks with HKDF-SHA256")
        }
    }

    /// RFC 5869 ends at 255 blocks of the hash.
    public static let longest = 255 * 32

    // Fetched once; constant, and free for all threads to use.
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_KDF_fetch(nil, "HKDF", nil) else {
            preconditionFailure("libcrypto 3 offers HKDF in its default provider")
        }
        return algorithm
    }()
}
