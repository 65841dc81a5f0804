public import Signing

/// Keys as files, whose form `Signing` knows: a JWK with `kid` and `alg`, or a PEM of OpenSSL.
public enum KeyFile {
    /// Reads a key that signs. `id` is needed for a PEM, which says none. Refuses a file that others may use.
    public static func readSigning(_ path: String, id: String? = nil) throws(Failure) -> SigningKey {
        var bytes = try SecretFile.read(path).withBytes { Array($0) }
        defer { SecretBytes.wipe(&bytes) }
        do { return try SigningKey(keyFile: bytes, id: id) } catch {
            throw .refused(
                path, "is not a key that signs: \(error)",
                hint: "expected a key file as `settled key show` writes it, or a PKCS#8 PEM and --kid")
        }
    }

    /// Reads what checks signatures of the key `id`: a key file, a public key or a JWK set.
    public static func readVerification(_ path: String, id: String) throws(Failure) -> VerificationKey {
        let bytes = try WholeFile.read(path, limit: 1 << 20)
        do { return try VerificationKey(keyFile: bytes, id: id) } catch {
            throw .refused(path, "cannot check signatures of the key \(id): \(error)")
        }
    }

    /// Reads a public key: PEM, JWK or a line of OpenSSH. Refuses a private one.
    public static func readPublic(_ path: String) throws(Failure) -> Ed25519PublicKey {
        let bytes = try WholeFile.read(path, limit: 1 << 16)
        do { return try Ed25519PublicKey(text: bytes) } catch {
            throw .refused(path, "is not an Ed25519 public key: \(error)")
        }
    }

    /// Reads the public keys of a JWK set.
    public static func readSet(_ path: String) throws(Failure) -> [VerificationKey] {
        let bytes = try WholeFile.read(path, limit: 1 << 20)
        do { return try JWKSet.keys(bytes) } catch { throw .refused(path, "is not a JWK set: \(error)") }
    }

    /// The bytes of a key file, a secret.
    public static func bytes(of key: SigningKey) -> [UInt8] {
        Array((key.keyFile + "\n").utf8)
    }

    /// Writes a key file, mode 0600; refuses to overwrite one.
    public static func write(_ key: SigningKey, to path: String) throws(Failure) {
        try SecretFile.create(bytes(of: key), at: path)
    }

    /// The name of the file that a key is handed out in: its id with `_` for every `/`.
    public static func name(of id: String) -> String {
        id.replacing("/", with: "_") + ".key"
    }
}
