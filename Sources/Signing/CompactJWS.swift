/// A JWS that carries its payload, `header.payload.signature` (RFC 7515 §7.1): the form of a JSON Web Token.
///
/// Its protected header has `alg` (`HS256` or `EdDSA`), `kid`, and at most `typ` with the value `JWT` besides. As
/// it has no `b64`, no signature of a batch can stand for one, nor the other way round.
public struct CompactJWS: Hashable, Sendable {
    public let algorithm: SignatureAlgorithm
    public let keyID: String
    /// Nothing is known of it before `verify`.
    public let payload: [UInt8]
    // The encoded header and a dot; the encoded payload.
    private let head: [UInt8]
    private let body: [UInt8]
    private let signature: [UInt8]

    /// The most bytes that are read.
    public static let longest = 4096

    /// The one form, in a few words.
    public static let expected =
        "header.payload.signature in base64url, the header with alg, kid and at most typ JWT"

    /// Throws `SignatureRefusal.malformed` for any other form, header, algorithm or alphabet.
    public init(parsing text: String) throws(SignatureRefusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longest else {
            throw .malformed("it is longer than \(Self.longest) bytes", found: "\(bytes.count) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .malformed("it has not the form header.payload.signature", found: JWSParts.told(parts))
        }
        guard let json = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2])
        else {
            throw .malformed(
                "header, payload or signature is not base64url without padding",
                found: JWSParts.notBase64(parts))
        }
        (algorithm, keyID) = try Self.header(json)
        self.payload = payload
        head = SigningInput.head(parts[0])
        body = Array(parts[1])
        self.signature = signature
    }

    /// Throws `keyAlgorithmMismatch` if the header names another algorithm than the key's, `invalid` if the key
    /// has another id or did not make this signature.
    public func verify(key: VerificationKey) throws(SignatureRefusal) {
        guard key.algorithm == algorithm else { throw .keyAlgorithmMismatch }
        guard key.id == keyID, body.withUnsafeBytes({ key.verifies(signature, over: head, $0) }) else {
            throw .invalid
        }
    }

    private static func header(
        _ json: [UInt8]
    ) throws(SignatureRefusal) -> (SignatureAlgorithm, keyID: String) {
        let header = try JWSHeader(json)
        if let type = header["typ"] {
            guard type.string?.uppercased() == "JWT" else {
                throw .malformed("the header's typ is not JWT", found: type.told)
            }
        }
        try header.requireOnly(["alg", "kid", "typ"])
        return (header.algorithm, header.keyID)
    }
}

extension SigningKey {
    /// The compact JWS of a JSON Web Token's claims, without line end.
    public func token(claims: [UInt8]) -> String {
        let header = "{\"alg\":\"\(algorithm.rawValue)\",\"kid\":\"\(id)\",\"typ\":\"JWT\"}"
        let input = Base64URL.text(Array(header.utf8)) + "." + Base64URL.text(claims)
        return input + "." + Base64URL.text(signature(overWhole: Array(input.utf8)))
    }

    private func signature(overWhole input: [UInt8]) -> [UInt8] {
        switch material {
        case .hs256(let secret): HMACSHA256.tag(key: secret, message: input)
        case .ed25519(let key): key.signature(over: input)
        }
    }
}
