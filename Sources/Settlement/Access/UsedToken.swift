import Signing

/// A token that was used, as it is remembered until it has expired.
public struct UsedToken: Hashable, Sendable {
    /// Tokens are told apart by whose they are and by this.
    struct Name: Hashable, Sendable {
        let reader: ReadingToken.Reader
        /// Of the token's id: a digest costs the same whatever a merchant calls its tokens.
        let digest: SHA256Digest
    }

    let name: Name
    /// From then on it is refused as expired anyway.
    public let forgottenAt: Instant

    init(_ token: ReadingToken) {
        name = Name(reader: token.reader, digest: SHA256Digest(of: Array(token.id.utf8)))
        forgottenAt = token.expires.advanced(byMilliseconds: ReadingToken.leewayMilliseconds)
    }

    init(_ name: Name, forgottenAt: Instant) {
        self.name = name
        self.forgottenAt = forgottenAt
    }
}

/// A line of text: when it is forgotten, in milliseconds since 1970, whose it is, and the digest; with LF.
extension UsedToken {
    public var line: String { "\(forgottenAt.milliseconds) \(name.reader) \(name.digest.text)\n" }

    /// Reads such a line, without its LF; nil for any other text.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let milliseconds = Int64(words[0]),
            let digest = SHA256Digest(text: String(words[2]))
        else { return nil }
        let reader: ReadingToken.Reader
        if words[1] == "operator" {
            reader = .operator
        } else if let merchant = MerchantID(String(words[1])) {
            reader = .merchant(merchant)
        } else {
            return nil
        }
        self.init(Name(reader: reader, digest: digest), forgottenAt: Instant(milliseconds: milliseconds))
    }
}
