/// The public keys of the seal, retired ones too, as a JWK set (RFC 7517 §5, RFC 8037). Rulebook §7.
public enum JWKSet {
    /// One line of JSON without line end, the keys in the order given. A shared secret is never published:
    /// passing one is a bug.
    public static func text(_ keys: [VerificationKey]) -> String {
        let members = keys.map { key in
            guard let publicKey = key.publicKey else {
                preconditionFailure("only public keys are published, never a shared secret")
            }
            let x = Base64URL.text(publicKey.bytes)
            return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\(x)\",\"kid\":\"\(key.id)\","
                + "\"use\":\"sig\",\"alg\":\"EdDSA\"}"
        }
        return "{\"keys\":[" + members.joined(separator: ",") + "]}"
    }

    /// The Ed25519 keys with a `kid`; keys of other kinds are passed over, as RFC 7517 wants. Throws
    /// `malformed` when it is no JWK set or names a key twice, and what an Ed25519 key of it is refused for.
    public static func keys(_ text: [UInt8]) throws(KeyRefusal) -> [VerificationKey] {
        guard case .array(let members)? = SmallJSON(text)?["keys"] else {
            throw .malformed("it is no JWK set: no array of keys")
        }
        var keys: [VerificationKey] = []
        for member in members where member["crv"]?.string == "Ed25519" && member["kid"] != nil {
            let id = try JWK.id(member, expected: nil)
            guard !keys.contains(where: { $0.id == id }) else {
                throw .malformed("the key \(id) stands there twice")
            }
            keys.append(try .ed25519(id: id, publicKey: Ed25519PublicKey.publicBytes(ofJWK: member)))
        }
        return keys
    }
}
