/// Makes the pseudonyms of members who were forgotten: the same one of the same id, for ever. Who lacks the key cannot make
/// one; ids can be guessed all the same wherever a digest of bytes that named them is kept.
public struct PseudonymKey: Sendable {
    /// The version of the master secret that made the key.
    public let secret: Int
    private let hmac: HMACSHA256

    fileprivate init(_ key: SecretBytes, secret: Int) {
        self.secret = secret
        hmac = HMACSHA256(key: key)
    }

    /// `forgotten-` and 32 hex digits: 16 bytes of the tag over the id. It may stand wherever a member's id may.
    public func pseudonym(of member: UnsafeRawBufferPointer) -> String {
        let tag = hmac.tag(over: member)
        return Self.prefix
            + tag.withUnsafeBytes { Hexadecimal.text(UnsafeRawBufferPointer(rebasing: $0[..<16])) }
    }

    /// Whether a text has the form of a pseudonym; whose it is, if anybody's, it does not say.
    public static func isPseudonym(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        return text.hasPrefix(prefix) && digits.count == 32
            && digits.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    /// What every pseudonym begins with.
    public static let prefix = "forgotten-"
}

extension MasterSecret {
    /// The key of one of the versions, 1 to `latest`: derived for `settled/pseudonym/<version>`.
    public func pseudonymKey(secret: Int) -> PseudonymKey {
        PseudonymKey(derive(info: "settled/pseudonym/\(secret)", version: secret), secret: secret)
    }
}
