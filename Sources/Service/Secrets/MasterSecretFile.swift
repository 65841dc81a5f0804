public import Signing

/// The file of the master secret: 64 hex digits and a line end as `init` writes them, or raw bytes.
public enum MasterSecretFile {
    /// Draws a new secret of 32 bytes and writes it, mode 0600; refuses to overwrite one.
    public static func create(at path: String) throws(Failure) -> MasterSecret {
        try write(SecureRandom.bytes(32), at: path)
    }

    /// Writes these bytes as a new file's secret; refuses to overwrite one, and fewer than 32 bytes.
    public static func write(_ secret: [UInt8], at path: String) throws(Failure) -> MasterSecret {
        let master = try master(of: secret, path: path)
        try SecretFile.create(Array((Hexadecimal.text(secret) + "\n").utf8), at: path)
        return master
    }

    /// Reads a secret; refuses a file that others may use, and fewer than 32 bytes.
    public static func read(_ path: String) throws(Failure) -> MasterSecret {
        try master(of: try readBytes(path), path: path)
    }

    /// The bytes of the secret in a file: what 64 hex digits or more, and a line end, stand for, or else the
    /// file's bytes as they are.
    public static func readBytes(_ path: String) throws(Failure) -> [UInt8] {
        let bytes = try SecretFile.read(path)
        var digits = bytes[...]
        if digits.last == UInt8(ascii: "\n") { digits.removeLast() }
        if digits.last == UInt8(ascii: "\r") { digits.removeLast() }
        let lowercase = digits.map { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) ? $0 + 32 : $0 }
        guard digits.count >= 64, let secret = Hexadecimal.bytes(lowercase) else { return bytes }
        return secret
    }

    private static func master(of secret: [UInt8], path: String) throws(Failure) -> MasterSecret {
        do { return try MasterSecret(secret) } catch {
            throw .refused(
                path, "is not a master secret: \(error)",
                hint:
                    "expected 64 hex digits, as `openssl rand -hex 32` prints them, or at least 32 raw bytes")
        }
    }
}
