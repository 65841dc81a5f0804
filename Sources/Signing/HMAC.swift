import COpenSSL

/// HMAC with SHA-256 (RFC 2104) under one key, made ready once and used for many messages.
///
/// Sendable unchecked, because the keyed context is only ever copied from after the initialiser.
public final class HMACSHA256: @unchecked Sendable {
    private let keyed: OpaquePointer

    public init(key: SecretBytes) {
        guard let context = EVP_MAC_CTX_new(Self.algorithm) else {
            preconditionFailure("libcrypto has memory for an HMAC")
        }
        let status = key.withBytes { bytes in
            settled_hmac_sha256_init(
                context, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        precondition(status == 1, "libcrypto takes any key for HMAC-SHA256")
        keyed = context
    }

    // libcrypto wipes the key that it copied.
    deinit { EVP_MAC_CTX_free(keyed) }

    /// The 32 bytes of the tag over the parts, one after another.
    public func tag(over parts: UnsafeRawBufferPointer...) -> [UInt8] {
        guard let context = EVP_MAC_CTX_dup(keyed) else {
            preconditionFailure("libcrypto has memory for an HMAC")
        }
        defer { EVP_MAC_CTX_free(context) }
        for part in parts where !part.isEmpty {
            let status = EVP_MAC_update(
                context, part.baseAddress!.assumingMemoryBound(to: UInt8.self), part.count)
            precondition(status == 1, "libcrypto computes HMAC-SHA256 of any bytes")
        }
        return [UInt8](unsafeUninitializedCapacity: Self.byteCount) { output, count in
            let status = EVP_MAC_final(context, output.baseAddress, &count, Self.byteCount)
            precondition(
                status == 1 && count == Self.byteCount, "libcrypto ends an HMAC-SHA256 with 32 bytes")
        }
    }

    /// The tag of one message under a key that is used once.
    public static func tag(key: SecretBytes, message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { HMACSHA256(key: key).tag(over: $0) }
    }

    public static let byteCount = 32

    // Fetched once; constant, and free for all threads to use.
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else {
            preconditionFailure("libcrypto 3 offers HMAC in its default provider")
        }
        return algorithm
    }()
}
