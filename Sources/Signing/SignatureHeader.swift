/// How a signature is made. Rulebook §3.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// HMAC-SHA256 under a shared secret.
    case hs256 = "HS256"
    /// Ed25519.
    case edDSA = "EdDSA"
}

/// The protected header of a detached signature: algorithm, key id, and nothing else that could vary.
public struct SignatureHeader: Hashable, Sendable {
    public let algorithm: SignatureAlgorithm
    public let keyID: String

    public init(algorithm: SignatureAlgorithm, keyID: String) {
        precondition(KeyID.isValid(keyID), "a key has a valid id before it signs")
        self.algorithm = algorithm
        self.keyID = keyID
    }

    /// Reads the members `alg`, `kid`, `b64` (false) and `crit` (`["b64"]`), in any order and spacing; throws
    /// `SignatureRefusal.malformed` for one that is missing, other, or there twice.
    public init(parsing json: [UInt8]) throws(SignatureRefusal) {
        guard json.count <= Self.longest else {
            throw .malformed("the header is longer than \(Self.longest) bytes", found: "\(json.count) bytes")
        }
        let header = try JWSHeader(json)
        guard header["b64"] == .boolean(false) else {
            throw .malformed("the header's b64 is not false", found: header["b64"]?.told ?? "nothing")
        }
        guard header["crit"] == .array([.string("b64")]) else {
            throw .malformed("the header's crit is not [\"b64\"]", found: header["crit"]?.told ?? "nothing")
        }
        try header.requireOnly(["alg", "kid", "b64", "crit"])
        self.init(algorithm: header.algorithm, keyID: header.keyID)
    }

    /// As we write it. Rulebook §7. No character of a key id needs an escape.
    public var json: String {
        "{\"alg\":\"\(algorithm.rawValue)\",\"kid\":\"\(keyID)\",\"b64\":false,\"crit\":[\"b64\"]}"
    }

    private static let longest = 1024
}

/// What a key's id may be: 1–80 bytes of printable ASCII without space, `"`, `\` and `,`. Rulebook §1.
public enum KeyID {
    public static func isValid(_ id: String) -> Bool {
        (1...80).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
                    && $0 != UInt8(ascii: ",")
            }
    }
}
