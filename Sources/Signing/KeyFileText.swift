/// Keys as files: one JWK (RFC 7517) a file, with `kid` and `alg`, so that other tools read it too.
extension SigningKey {
    /// The file's text, a secret: one line of JSON without line end.
    public var keyFile: String {
        switch material {
        case .hs256(let secret):
            let k = secret.withBytes { Base64URL.text($0) }
            return "{\"kty\":\"oct\",\"kid\":\"\(id)\",\"alg\":\"HS256\",\"k\":\"\(k)\"}"
        case .ed25519(let key):
            let d = key.seed.withBytes { Base64URL.text($0) }
            let x = Base64URL.text(key.publicKey.bytes)
            return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"\(id)\",\"alg\":\"EdDSA\","
                + "\"d\":\"\(d)\",\"x\":\"\(x)\"}"
        }
    }

    /// Reads such a file, or a PKCS#8 PEM of an Ed25519 key. `id` is needed where the file has none; if both
    /// give one, they must agree. `kty` and `crv` may be left out. Throws `KeyRefusal`.
    public init(keyFile: [UInt8], id: String? = nil) throws(KeyRefusal) {
        guard PEM.trimmed(keyFile).first == UInt8(ascii: "{") else {
            guard let id else { throw .malformed("a PEM says no key id: one must be given beside it") }
            self = try .ed25519(id: id, privateKey: Ed25519PrivateKey(pem: keyFile))
            return
        }
        guard let jwk = SmallJSON(keyFile) else { throw .malformed("the key file is no JSON object") }
        let id = try JWK.id(jwk, expected: id)
        switch jwk["alg"]?.string.flatMap(SignatureAlgorithm.init) {
        case .hs256?: self = try .hs256(id: id, secret: JWK.secret(jwk, "k", kind: "oct"))
        case .edDSA?: self = try .ed25519(id: id, privateKey: JWK.privateKey(jwk))
        case nil: throw .malformed("the key file's alg is neither HS256 nor EdDSA")
        }
    }
}

extension VerificationKey {
    /// Reads what checks the signatures of key `id`: a key file with its secret, a public key in any of its
    /// forms, or a JWK set that has the key. Throws `KeyRefusal`.
    public init(keyFile: [UInt8], id: String) throws(KeyRefusal) {
        let jwk = PEM.trimmed(keyFile).first == UInt8(ascii: "{") ? SmallJSON(keyFile) : nil
        if jwk?["keys"] != nil {
            guard let key = try JWKSet.keys(keyFile).first(where: { $0.id == id }) else {
                throw .malformed("the key set has no key \(id)")
            }
            self = key
        } else if jwk?["k"] != nil || jwk?["d"] != nil || PEM.isLabelled(keyFile, "PRIVATE KEY") {
            self = try SigningKey(keyFile: keyFile, id: id).verification
        } else {
            if let jwk, jwk["kid"] != nil { _ = try JWK.id(jwk, expected: id) }
            self = try .ed25519(id: id, publicKey: Ed25519PublicKey(text: keyFile))
        }
    }
}

extension VerificationKey {
    /// The key `id` in a file of any of these forms; nil when the file holds other keys.
    ///
    /// A file that names no id answers for ids of the kind that its key can be: an Ed25519 key for seals, a
    /// shared secret for statements. Throws `KeyRefusal` when the file holds no key at all.
    public static func key(_ id: String, inFile file: [UInt8]) throws(KeyRefusal) -> VerificationKey? {
        let jwk = PEM.trimmed(file).first == UInt8(ascii: "{") ? SmallJSON(file) : nil
        if jwk?["keys"] != nil { return try JWKSet.keys(file).first { $0.id == id } }
        if let jwk, jwk["kid"] != nil {
            let key = try VerificationKey(keyFile: file, id: JWK.id(jwk, expected: nil))
            return key.id == id ? key : nil
        }
        let key = try VerificationKey(keyFile: file, id: id)
        let kind = key.algorithm == .edDSA ? "seal/" : "statement/"
        return id.hasPrefix(kind) ? key : nil
    }
}

/// The members of one JWK.
enum JWK {
    static func id(_ jwk: SmallJSON, expected: String?) throws(KeyRefusal) -> String {
        guard let id = jwk["kid"]?.string ?? expected else { throw .malformed("the key has no kid") }
        guard KeyID.isValid(id) else { throw .keyID(id) }
        guard expected == nil || expected == id else {
            throw .malformed("the key file is of the key \(id), not \(expected!)")
        }
        return id
    }

    static func secret(_ jwk: SmallJSON, _ member: String, kind: String) throws(KeyRefusal) -> SecretBytes {
        guard [nil, .string(kind)].contains(jwk["kty"]) else {
            throw .malformed("the key's kty is not \(kind)")
        }
        guard let text = jwk[member]?.string, var bytes = Base64URL.bytes(text.utf8) else {
            throw .malformed("the key's \(member) is missing or not base64url")
        }
        return SecretBytes(taking: &bytes)
    }

    static func privateKey(_ jwk: SmallJSON) throws(KeyRefusal) -> Ed25519PrivateKey {
        guard [nil, .string("Ed25519")].contains(jwk["crv"]) else {
            throw .malformed("the key's crv is not Ed25519")
        }
        let key = try Ed25519PrivateKey(seed: secret(jwk, "d", kind: "OKP"))
        if let x = jwk["x"] {
            guard x == .string(Base64URL.text(key.publicKey.bytes)) else { throw .keysDoNotMatch }
        }
        return key
    }
}
