/// Private keys as `openssl genpkey -algorithm ed25519` makes them: PKCS#8 in PEM, not encrypted.
extension Ed25519PrivateKey {
    /// Throws `KeyRefusal.malformed` for any other structure.
    public convenience init(pem: [UInt8]) throws(KeyRefusal) {
        guard var der = PEM.body(pem, label: "PRIVATE KEY") else {
            throw .malformed("it is no PEM of one unencrypted PRIVATE KEY")
        }
        defer { SecretBytes.wipe(&der) }
        guard var seed = Ed25519DER.key(der, after: Ed25519DER.privateHead) else {
            throw .malformed("the PEM holds no Ed25519 private key")
        }
        try self.init(seed: SecretBytes(taking: &seed))
    }

    /// The same form, which `openssl` reads; a secret.
    public var pem: String {
        seed.withBytes { PEM.text(Ed25519DER.privateHead + $0, label: "PRIVATE KEY") }
    }
}
