public import Settlement
public import Signing

/// The client's side of reading: a token for one request.
public enum AccessToken {
    /// A JSON Web Token with a `jti` of its own; `seconds` is 1 … 300.
    public static func make(
        alliance: AllianceID, key: SigningKey, now: Instant, seconds: Int64 = 60
    ) -> String {
        key.token(
            claims: ReadingToken.claims(
                alliance: alliance, id: SecureRandom.hexDigits(32), now: now, seconds: seconds))
    }
}
