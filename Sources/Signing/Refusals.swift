/// Why a signature is refused. Rulebook §3.
public enum SignatureRefusal: Error, Hashable, Sendable {
    /// It is not a JWS of the one form that is taken; the sentence says where it departs, `found` what stands there.
    case malformed(String, found: String)
    /// Its header names an algorithm other than the key's.
    case keyAlgorithmMismatch
    /// The key did not make it over these bytes.
    case invalid

    /// What stands there of a malformed one, in a few plain words.
    public var found: String? {
        if case .malformed(_, let found) = self { found } else { nil }
    }

    /// The batch refusal that this is.
    public var code: String {
        switch self {
        case .malformed: "signature_malformed"
        case .keyAlgorithmMismatch, .invalid: "signature_invalid"
        }
    }
}

extension SignatureRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason, _): reason
        case .keyAlgorithmMismatch: "the header names another algorithm than the key's"
        case .invalid: "the signature is not this key's over these bytes"
        }
    }
}

/// Why a key, or a text that should hold one, is refused.
public enum KeyRefusal: Error, Hashable, Sendable {
    /// A shared secret has fewer than 32 bytes; so many it has.
    case secretTooShort(bytes: Int)
    /// More than 8,160 bytes, or none, were to be derived.
    case derivedLength(Int)
    /// Not 1–80 bytes of printable ASCII without space, `"`, `\` and `,`.
    case keyID(String)
    /// An Ed25519 key or seed has not 32 bytes; so many it has.
    case keyLength(bytes: Int)
    /// A public key under which anyone can sign: a point of small order.
    case weakPublicKey
    /// The public half beside a private key is not its own.
    case keysDoNotMatch
    /// The text is none of the forms that are read; the sentence says what is wrong.
    case malformed(String)

    public var code: String {
        switch self {
        case .secretTooShort: "secret_too_short"
        case .derivedLength: "derived_length"
        case .keyID: "key_id_malformed"
        case .keyLength: "key_length"
        case .weakPublicKey: "key_weak"
        case .keysDoNotMatch: "key_halves_differ"
        case .malformed: "key_malformed"
        }
    }
}

extension KeyRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secretTooShort(let bytes): "the secret has \(bytes) bytes, at least 32 are needed"
        case .derivedLength(let length): "\(length) bytes cannot be derived, 1 to 8160 can"
        case .keyID:
            "a key id is 1 to 80 characters of printable ASCII without space, quote, backslash and comma"
        case .keyLength(let bytes): "an Ed25519 key has 32 bytes, this one \(bytes)"
        case .weakPublicKey: "this Ed25519 public key is one under which anybody could sign"
        case .keysDoNotMatch: "the public key is not the one that belongs to the private key"
        case .malformed(let reason): reason
        }
    }
}
