import Signing

/// A JSON Web Token (RFC 7519) with which a merchant reads its own side or the operator the alliance's, checked but
/// for its `jti` having been used before, which `UsedTokens` knows.
///
/// It is signed with one of the reader's own batch keys. Claims: `aud`, the alliance's id; `iat` and `exp`, whole
/// seconds at most 5 minutes apart; `jti`, 1 to 64 characters; where there, `nbf`, and `iss` and `sub`, which are
/// then the merchant's id or `operator`. Other claims mean nothing here.
public struct ReadingToken: Hashable, Sendable {
    /// Whose side a token reads. Nobody reads another's: the operator's key not a merchant's side either.
    public enum Reader: Hashable, Sendable, CustomStringConvertible {
        case merchant(MerchantID)
        case `operator`

        public var description: String {
            switch self {
            case .merchant(let merchant): merchant.text
            case .operator: "operator"
            }
        }
    }

    /// What a route is for.
    public enum Side: Hashable, Sendable { case merchants, operators }

    public let reader: Reader
    public let keyID: String
    /// Names this token among all of its merchant's.
    public let id: String
    public let issued: Instant
    /// From then on, the leeway added, it is refused.
    public let expires: Instant

    /// The longest time between `iat` and `exp`: 5 minutes.
    public static let longestMilliseconds: Int64 = 300_000
    /// How far the merchant's clock may be from ours: 30 seconds.
    public static let leewayMilliseconds: Int64 = 30_000

    /// Checks a token that is to read one `side`. `keys` finds a batch key by its id.
    ///
    /// Throws the codes of `TokenRefusalCode` in their order, `token_missing`, `token_replayed` and
    /// `token_too_many` excepted.
    public init(
        checking text: String, alliance: AllianceID, for side: Side = .merchants, now: Instant,
        keys: (String) -> BatchKey?
    ) throws(TokenRefusal) {
        let jws = try Self.parsed(text)
        let reader = try Self.reader(signing: jws, for: side, now: now, keys: keys)
        let claims = try TokenClaims(jws.payload)
        guard claims.audience == alliance.text else {
            throw TokenRefusal(
                .audience, field: "aud", "the token is for another audience than \(alliance)",
                expected: alliance.text, found: PlainText.excerpt(claims.audience))
        }
        for (name, value) in [("iss", claims.issuer), ("sub", claims.subject)] {
            guard value == nil || value == reader.description else {
                throw TokenRefusal(
                    .subject, field: name, "expected \(reader), whose key signed the token",
                    expected: "\(reader)", found: PlainText.excerpt(value ?? ""))
            }
        }
        try claims.checkTimes(at: now)
        self.reader = reader
        keyID = jws.keyID
        id = claims.id
        issued = claims.issued
        expires = claims.expires
    }

    private static func parsed(_ text: String) throws(TokenRefusal) -> CompactJWS {
        do throws(SignatureRefusal) { return try CompactJWS(parsing: text) } catch {
            throw TokenRefusal(
                .malformed, "the token is no JWT of the expected form: \(error)",
                expected: CompactJWS.expected, found: error.found ?? "another form")
        }
    }

    /// Whose key signed it.
    private static func reader(
        signing jws: CompactJWS, for side: Side, now: Instant, keys: (String) -> BatchKey?
    ) throws(TokenRefusal) -> Reader {
        guard let key = keys(jws.keyID) else {
            throw TokenRefusal(
                .keyUnknown, field: "kid", "no key has the id \(jws.keyID) that the token names",
                expected: "the id of a registered key", found: jws.keyID)
        }
        if let from = key.revokedFrom, now >= from {
            throw TokenRefusal(
                .keyRevoked, field: "kid", "the key \(jws.keyID) is revoked",
                expected: "a key that is active", found: "a revoked key")
        }
        do throws(SignatureRefusal) { try jws.verify(key: key.verification) } catch {
            throw TokenRefusal(
                .invalid, "the token is not signed by the key \(jws.keyID) with its algorithm",
                expected: "a signature of the key \(jws.keyID), with its algorithm",
                found: error == .keyAlgorithmMismatch ? "another algorithm" : "another signature")
        }
        switch (side, key.merchant) {
        case (.merchants, let merchant?): return .merchant(merchant)
        case (.operators, nil): return .operator
        case (.merchants, nil):
            throw TokenRefusal(
                .operatorKey, field: "kid", "an operator's key reads nothing of a merchant's",
                expected: "a key of a merchant", found: jws.keyID)
        case (.operators, _?):
            throw TokenRefusal(
                .merchantKey, field: "kid", "a merchant's key reads nothing of the operator's",
                expected: "a key of the operator", found: jws.keyID)
        }
    }
}

/// The claims that count, each of its kind.
struct TokenClaims {
    let audience: String
    let id: String
    let issued: Instant
    let expires: Instant
    let notBefore: Instant?
    let issuer: String?
    let subject: String?

    /// Throws `token_malformed`.
    init(_ payload: [UInt8]) throws(TokenRefusal) {
        guard let json = try? JSONValue(parsing: payload), json.names != nil else {
            throw TokenRefusal(
                .malformed, "the token's claims are no JSON object of distinct members",
                expected: "a JSON object of distinct members", found: "\(payload.count) bytes that are none")
        }
        audience = try Self.audience(json["aud"])
        guard let id = json["jti"]?.string, (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy(isIdentifierByte)
        else {
            throw Self.malformed(
                "jti", json["jti"], expected: "1 to 64 printable characters without space and quotes")
        }
        self.id = id
        guard let issued = try Self.instant("iat", json), let expires = try Self.instant("exp", json) else {
            throw TokenRefusal(
                .malformed, field: "exp", "both iat and exp are needed", expected: "iat and exp",
                found: json["iat"] == nil ? json["exp"] == nil ? "neither" : "exp only" : "iat only")
        }
        self.issued = issued
        self.expires = expires
        notBefore = try Self.instant("nbf", json)
        issuer = try Self.text("iss", json)
        subject = try Self.text("sub", json)
    }

    /// Throws `token_early`, `token_expired`, `token_too_long`.
    func checkTimes(at now: Instant) throws(TokenRefusal) {
        let leeway = ReadingToken.leewayMilliseconds
        for (name, instant) in [("iat", issued), ("nbf", notBefore ?? issued)]
        where instant > now.advanced(byMilliseconds: leeway) {
            throw TokenRefusal(
                .early, field: name, "the token is not valid yet: is the clock right?",
                expected: "at most \(now.advanced(byMilliseconds: leeway))", found: "\(instant)")
        }
        guard now < expires.advanced(byMilliseconds: leeway) else {
            throw TokenRefusal(
                .expired, field: "exp", "the token has expired",
                expected: "later than \(now.advanced(byMilliseconds: -leeway))", found: "\(expires)")
        }
        guard expires > issued, expires <= issued.advanced(byMilliseconds: ReadingToken.longestMilliseconds)
        else {
            throw TokenRefusal(
                .tooLong, field: "exp", "expected exp after iat, by 5 minutes at most",
                expected: "1 to \(ReadingToken.longestMilliseconds / 1000) s after iat",
                found: "\((expires.milliseconds - issued.milliseconds) / 1000) s")
        }
    }

    /// One audience: a token for several could be used again by each of them.
    private static func audience(_ value: JSONValue?) throws(TokenRefusal) -> String {
        if let text = value?.string { return text }
        if let array = value?.array, array.count == 1, let text = array[0].string { return text }
        throw malformed("aud", value, expected: "the alliance's id, and no other audience")
    }

    private static func malformed(_ name: String, _ value: JSONValue?, expected: String) -> TokenRefusal {
        TokenRefusal(
            .malformed, field: name, "expected \(expected)", expected: expected,
            found: value?.told ?? "nothing")
    }

    private static func text(_ name: String, _ json: JSONValue) throws(TokenRefusal) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.string else {
            throw malformed(name, value, expected: "a string")
        }
        return text
    }

    private static func instant(_ name: String, _ json: JSONValue) throws(TokenRefusal) -> Instant? {
        guard let value = json[name] else { return nil }
        guard let seconds = value.integer, (0...253_402_300_799).contains(seconds) else {
            throw malformed(name, value, expected: "whole seconds since 1970")
        }
        return Instant(milliseconds: seconds * 1000)
    }
}

extension ReadingToken {
    /// The claims of a new token, as canonical JSON. `seconds` is its life, 1 … 300; `id` must never have been
    /// another one's.
    public static func claims(alliance: AllianceID, id: String, now: Instant, seconds: Int64) -> [UInt8] {
        precondition((1...300).contains(seconds), "a token lives for 1 to 300 seconds")
        let issued = now.milliseconds / 1000
        var json = CanonicalJSON()
        json.object { json in
            json.member("aud", alliance.text)
            json.member("iat", issued)
            json.member("exp", issued + seconds)
            json.member("jti", id)
        }
        return json.bytes
    }
}
