import COpenSSL

/// Which libcrypto is at work.
public enum LibraryVersion {
    /// As OpenSSL says it, such as `OpenSSL 3.0.17 1 Jul 2025`.
    public static var text: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
