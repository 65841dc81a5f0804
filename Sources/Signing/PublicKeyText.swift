/// Public keys as merchants have them: a PEM (`openssl pkey -pubout`), a JWK, an OpenSSH line.
extension Ed25519PublicKey {
    /// Reads any of the three forms; throws `KeyRefusal`, also for a text that holds a private key, which is
    /// nobody's business but its owner's.
    public convenience init(text: some Collection<UInt8>) throws(KeyRefusal) {
        let text = PEM.trimmed(text)
        guard !PEM.isLabelled(text, "PRIVATE KEY") else { throw Self.isPrivate }
        switch text.first {
        case UInt8(ascii: "{"): try self.init(Self.jwk(text))
        case UInt8(ascii: "-"): try self.init(Self.pem(text))
        default: try self.init(Self.openSSH(text))
        }
    }

    /// SubjectPublicKeyInfo, as OpenSSL writes it.
    public var pem: String { PEM.text(Ed25519DER.publicHead + bytes, label: "PUBLIC KEY") }

    /// SHA-256 of the key's canonical JWK, in base64url. RFC 7638, RFC 8037 A.3.
    public var thumbprint: String {
        let jwk = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\(Base64URL.text(bytes))\"}"
        return Base64URL.text(SHA256Digest(of: Array(jwk.utf8)).bytes)
    }

    private static func pem(_ text: [UInt8]) throws(KeyRefusal) -> [UInt8] {
        guard let der = PEM.body(text, label: "PUBLIC KEY") else {
            throw .malformed("it is no PEM of one PUBLIC KEY")
        }
        guard let key = Ed25519DER.key(der, after: Ed25519DER.publicHead) else {
            throw .malformed("the PEM holds no Ed25519 public key")
        }
        return key
    }

    private static func jwk(_ text: [UInt8]) throws(KeyRefusal) -> [UInt8] {
        guard let jwk = SmallJSON(text) else { throw .malformed("it is no JSON object") }
        guard jwk["d"] == nil else { throw isPrivate }
        return try publicBytes(ofJWK: jwk)
    }

    /// The `x` of a JWK that is an Ed25519 key for signatures.
    static func publicBytes(ofJWK jwk: SmallJSON) throws(KeyRefusal) -> [UInt8] {
        guard jwk["kty"]?.string == "OKP", jwk["crv"]?.string == "Ed25519" else {
            throw .malformed("the JWK is no Ed25519 key (kty OKP, crv Ed25519)")
        }
        guard [nil, .string("sig")].contains(jwk["use"]),
            [nil, .string("EdDSA"), .string("Ed25519")].contains(jwk["alg"])
        else { throw .malformed("the JWK is not for EdDSA signatures") }
        guard let x = jwk["x"]?.string, let bytes = Base64URL.bytes(x.utf8) else {
            throw .malformed("the JWK's x is missing or not base64url")
        }
        return bytes
    }

    /// `ssh-ed25519 AAAA… comment`; the comment may be missing.
    private static func openSSH(_ text: [UInt8]) throws(KeyRefusal) -> [UInt8] {
        let words = text.split(separator: 0x20, maxSplits: 2)
        guard !text.contains(0x0a), words.count >= 2, words[0].elementsEqual("ssh-ed25519".utf8) else {
            throw .malformed("it is none of PEM, JWK and an ssh-ed25519 line")
        }
        guard let blob = Base64.bytes(words[1]), blob.starts(with: openSSHHead),
            blob.count == openSSHHead.count + 32
        else { throw .malformed("the ssh-ed25519 line holds no Ed25519 key") }
        return Array(blob.dropFirst(openSSHHead.count))
    }

    // The name of the kind and the length of the key, each length in four bytes.
    private static let openSSHHead: [UInt8] = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]

    private static let isPrivate = KeyRefusal.malformed(
        "it holds a private key: keep that, and give only the public one")
}
