import COpenSSL

/// The SHA-256 of some bytes; prints as `sha256:` and 64 lowercase hex digits. Rulebook §7.
public struct SHA256Digest: Hashable, Sendable {
    // Four words instead of an array: a digest is a dictionary key, and costs no allocation.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    public init(of bytes: UnsafeRawBufferPointer) {
        self.init { output in
            EVP_Digest(bytes.baseAddress, bytes.count, output, nil, SHA256Stream.algorithm, nil)
        }
    }

    /// A digest stored earlier; nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init { output in
            output.update(from: bytes, count: Self.byteCount)
            return 1
        }
    }

    /// The printed form; nil unless it is `sha256:` and exactly 64 lowercase hex digits.
    public init?(text: String) {
        guard text.hasPrefix(Self.prefix),
            let bytes = Hexadecimal.bytes(text.utf8.dropFirst(Self.prefix.utf8.count))
        else { return nil }
        self.init(bytes: bytes)
    }

    init(filling fill: (UnsafeMutablePointer<UInt8>) -> Int32) {
        words = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { buffer in
            let status = fill(buffer.baseAddress!.assumingMemoryBound(to: UInt8.self))
            precondition(status == 1, "libcrypto computes SHA-256 of any bytes")
            return buffer.load(as: (UInt64, UInt64, UInt64, UInt64).self)
        }
    }

    public static let byteCount = 32
    private static let prefix = "sha256:"

    /// The 32 bytes.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: words) { [UInt8]($0) }
    }

    public var text: String {
        Self.prefix + withUnsafeBytes(of: words) { Hexadecimal.text($0) }
    }

    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { text }
}

/// SHA-256 of bytes that come piece by piece; of one thread at a time.
public final class SHA256Stream {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new() else {
            preconditionFailure("libcrypto has memory for a digest")
        }
        self.context = context
        start()
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "libcrypto digests any bytes")
    }

    /// The digest of all bytes since the start or the last `finish`; the stream is then empty again.
    public func finish() -> SHA256Digest {
        let digest = SHA256Digest { EVP_DigestFinal_ex(context, $0, nil) }
        start()
        return digest
    }

    private func start() {
        let status = EVP_DigestInit_ex2(context, Self.algorithm, nil)
        precondition(status == 1, "libcrypto starts a SHA-256")
    }

    // Fetched once: a fetch costs more than the digest of a short text. Unsafe is right, since
    // libcrypto's algorithm objects are constant and may be used by all threads.
    nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto 3 offers SHA-256 in its default provider")
        }
        return algorithm
    }()
}
