public import Signing

/// The file of the master secret: 64 hex digits and a line end as `init` writes them, or raw bytes. Hex digits
/// are never taken for raw bytes: a digit that was lost on the way would make other keys of the same secret.
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

    /// The bytes of the secret in a file: what its hex digits, and a line end, stand for, or else the file's
    /// bytes as they are. Refuses fewer than 32 bytes, and half a byte of hex.
    public static func readBytes(_ path: String) throws(Failure) -> [UInt8] {
        var content = try SecretFile.read(path)
        let file = SecretBytes(taking: &content)
        do {
            return try MasterSecret.bytes(ofFile: file).withBytes { Array($0) }
        } catch { throw refused(path, error) }
    }

    private static func master(of secret: [UInt8], path: String) throws(Failure) -> MasterSecret {
        do { return try MasterSecret(secret) } catch { throw refused(path, error) }
    }

    private static func refused(_ path: String, _ refusal: KeyRefusal) -> Failure {
        .refused(
            path, "is not a master secret: \(refusal)",
            hint: "expected 64 hex digits, as `openssl rand -hex 32` prints them, or at least 32 raw bytes")
    }
}
