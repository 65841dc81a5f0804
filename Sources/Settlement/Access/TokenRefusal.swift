/// Why a request to read is refused, in the order of the checks. Codes are never reused.
public enum TokenRefusalCode: String, Hashable, Sendable, CaseIterable {
    case missing = "token_missing"
    case malformed = "token_malformed"
    case keyUnknown = "token_key_unknown"
    case keyRevoked = "token_key_revoked"
    case invalid = "token_invalid"
    case operatorKey = "token_operator_key"
    case merchantKey = "token_merchant_key"
    case audience = "token_audience"
    case subject = "token_subject"
    case early = "token_early"
    case expired = "token_expired"
    case tooLong = "token_too_long"
    case replayed = "token_replayed"
    case tooMany = "token_too_many"
}

/// A request to read that is refused for its token.
public struct TokenRefusal: Error, Hashable, Sendable {
    public let code: TokenRefusalCode
    /// The claim, where one can be named.
    public let field: String?
    /// One sentence: what is wrong, what was expected.
    public let reason: String
    /// What should have stood there, and what did, in a few plain words.
    public let expected: String
    public let found: String

    init(_ code: TokenRefusalCode, field: String? = nil, _ reason: String, expected: String, found: String) {
        self.code = code
        self.field = field
        self.reason = reason
        self.expected = expected
        self.found = found
    }
}

extension TokenRefusal {
    /// Nothing of another `Authorization` is told: it may be a password.
    public static func missing(hasOther: Bool) -> TokenRefusal {
        TokenRefusal(
            .missing,
            "expected the header Authorization: Bearer TOKEN, with a token that the reader's own key signed",
            expected: "Authorization: Bearer TOKEN", found: hasOther ? "another Authorization" : "nothing")
    }
}
