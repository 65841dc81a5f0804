/// A signature that travels apart from what it signs: `header..signature`. Rulebook §3, RFC 7515 F, RFC 7797.
public struct DetachedJWS: Hashable, Sendable {
    public let header: SignatureHeader
    /// As it came, or as it is to be written.
    public let text: String
    // The encoded header, as it came, and a dot.
    private let head: [UInt8]
    private let signature: [UInt8]

    public var algorithm: SignatureAlgorithm { header.algorithm }
    public var keyID: String { header.keyID }

    /// Throws `SignatureRefusal.malformed` for any other form, header, algorithm or alphabet. The size of the
    /// signature is not its form: a cut one is well formed, and invalid.
    public init(parsing text: String) throws(SignatureRefusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longest else {
            throw .malformed("it is longer than \(Self.longest) bytes", found: "\(bytes.count) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1].isEmpty, !parts[2].isEmpty else {
            throw .malformed("it has not the form header..signature", found: JWSParts.told(parts))
        }
        guard let json = Base64URL.bytes(parts[0]), let signature = Base64URL.bytes(parts[2]) else {
            throw .malformed(
                "header or signature is not base64url without padding", found: JWSParts.notBase64(parts))
        }
        header = try SignatureHeader(parsing: json)
        head = SigningInput.head(parts[0])
        self.signature = signature
        self.text = text
    }

    /// Throws `keyAlgorithmMismatch` if the header names another algorithm than the key's, `invalid` if the
    /// key has another id or did not make this signature over these bytes.
    public func verify(payload: [UInt8], key: VerificationKey) throws(SignatureRefusal) {
        guard payload.withUnsafeBytes({ isValid(payload: $0, key: key) }) else { throw refusal(of: key) }
    }

    public func verify(payload: UnsafeRawBufferPointer, key: VerificationKey) throws(SignatureRefusal) {
        guard isValid(payload: payload, key: key) else { throw refusal(of: key) }
    }

    private func isValid(payload: UnsafeRawBufferPointer, key: VerificationKey) -> Bool {
        key.id == keyID && key.algorithm == algorithm && key.verifies(signature, over: head, payload)
    }

    private func refusal(of key: VerificationKey) -> SignatureRefusal {
        key.algorithm == algorithm ? .invalid : .keyAlgorithmMismatch
    }

    private static let longest = 2048

    /// The one form, in a few words.
    public static let expected =
        "header..signature in base64url, the header with alg, kid, b64 false and crit [\"b64\"]"
}

/// What stands between the dots of a JWS, in words and numbers, none of it itself.
enum JWSParts {
    static func told(_ parts: [ArraySlice<UInt8>]) -> String {
        let sizes = parts.prefix(8).map { "\($0.count)" }.joined(separator: ", ")
        return "\(parts.count) parts between dots, of \(sizes)\(parts.count > 8 ? " …" : "") bytes"
    }

    /// Which part is no base64url.
    static func notBase64(_ parts: [ArraySlice<UInt8>]) -> String {
        let index = parts.firstIndex { Base64URL.bytes($0) == nil } ?? 0
        let name = index == 0 ? "header" : index == parts.count - 1 ? "signature" : "payload"
        return "a \(name) of \(parts[index].count) bytes that is none"
    }
}
