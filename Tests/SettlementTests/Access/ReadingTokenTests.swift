import Settlement
import Signing
import Testing

@Suite("Tokens to read with")
struct ReadingTokenTests {
    private static let now = Instant(milliseconds: seconds * 1000)
    private static let alliance = AllianceID(verified: "test")
    private static let secret = SecretBytes([UInt8](repeating: 7, count: 32))

    private let shared: SigningKey
    private let own: SigningKey
    private let other: SigningKey
    private let `operator`: SigningKey

    init() throws {
        shared = try .hs256(id: "batch/M/1", secret: Self.secret)
        own = try .ed25519(id: "M-own", seed: SecretBytes([UInt8](repeating: 3, count: 32)))
        other = try .hs256(id: "batch/N/1", secret: SecretBytes([UInt8](repeating: 8, count: 32)))
        `operator` = try .hs256(id: "operator/1", secret: SecretBytes([UInt8](repeating: 9, count: 32)))
    }

    private func key(_ id: String) -> BatchKey? {
        let (m, n) = (MerchantID(verified: "M"), MerchantID(verified: "N"))
        return switch id {
        case "batch/M/1": BatchKey(verification: shared.verification, merchant: m)
        case "M-own": BatchKey(verification: own.verification, merchant: m)
        case "batch/N/1": BatchKey(verification: other.verification, merchant: n, revokedFrom: Self.now)
        case "operator/1": BatchKey(verification: `operator`.verification, merchant: nil)
        default: nil
        }
    }

    private func check(_ token: String, at now: Instant = now) throws(TokenRefusal) -> ReadingToken {
        try ReadingToken(checking: token, alliance: Self.alliance, now: now) { key($0) }
    }

    /// The code of a refusal, which says besides what was expected and found: short, and nothing that moves a cursor.
    private func code(_ token: String, at now: Instant = now) -> TokenRefusalCode? {
        do throws(TokenRefusal) { _ = try check(token, at: now) } catch {
            for text in [error.expected, error.found] {
                #expect((1...200).contains(text.utf8.count) && PlainText.of(text) == text, "\(error)")
            }
            #expect(!error.found.contains(token) || token.utf8.count < 4, "a token is not told: \(error)")
            return error.code
        }
        return nil
    }

    @Test("A refusal says what was expected and found of the token, its signature apart")
    func words() throws {
        func words(_ token: String) throws -> [String] {
            let refusal = try #require(throws: TokenRefusal.self) { _ = try check(token) }
            return [refusal.field ?? "", refusal.expected, refusal.found]
        }
        func of(_ claims: String) throws -> [String] { try words(shared.token(claims: Array(claims.utf8))) }
        #expect(try of(plainClaims(aud: #""pr\u0007od""#)) == ["aud", "test", "pr od"])
        #expect(try of(plainClaims(more: #","sub":"N""#)) == ["sub", "M", "N"])
        #expect(try of(plainClaims(exp: 301)) == ["exp", "1 to 300 s after iat", "301 s"])
        #expect(
            try of(plainClaims(iat: 31, exp: 60))
                == ["iat", "at most 2026-01-20T12:00:30.000Z", "2026-01-20T12:00:31.000Z"])
        #expect(
            try of(plainClaims(iat: -100, exp: -30))
                == ["exp", "later than 2026-01-20T11:59:30.000Z", "2026-01-20T11:59:30.000Z"])
        #expect(try of(plainClaims(jti: "7")).last == "7")
        let unsigned = forged(header: #"{"alg":"none","kid":"batch/M/1"}"#)
        #expect(try words(unsigned).last == #""none""#)
        #expect(try words("a.b") == ["", CompactJWS.expected, "2 parts between dots, of 1, 1 bytes"])
        let claims = Array(plainClaims().utf8)
        #expect(try words(other.token(claims: claims)).last == "a revoked key")
        #expect(try of(plainClaims(aud: "\"\"")) == ["aud", "test", "nothing"])
        #expect(try words(forged(header: #"{"alg":"HS256","kid":"batch/M/1","":1}"#)).last == "nothing")
        #expect(try words(forged(header: #"{"alg":"","kid":"batch/M/1"}"#)).last == "\"\"")
        let mistaken = try words(forged(header: #"{"alg":"HS256","kid":"M-own"}"#))
        #expect(mistaken == ["", "a signature of the key M-own, with its algorithm", "another algorithm"])
    }

    /// A token with any header, its signature an HMAC under `secret` over what it says.
    private func forged(
        header: String, claims: String = plainClaims(), secret: SecretBytes = secret
    ) -> String {
        let input = Base64URL.text(Array(header.utf8)) + "." + Base64URL.text(Array(claims.utf8))
        return input + "." + Base64URL.text(HMACSHA256.tag(key: secret, message: Array(input.utf8)))
    }

    @Test("A token of either algorithm says whose it is, with what the standard makes optional and without")
    func taken() throws {
        for (key, more) in [
            (shared, ""), (own, ""),
            (shared, ",\"nbf\":\(seconds),\"iss\":\"M\",\"sub\":\"M\",\"scope\":[{\"x\":null}]"),
        ] {
            let token = try check(key.token(claims: Array(plainClaims(more: more).utf8)))
            #expect("\(token.reader)" == "M" && token.keyID == key.id && token.id == "j-1")
            #expect(token.expires == Self.now.advanced(byMilliseconds: 60_000))
        }
        #expect(code(forged(header: #"{"typ":"jwt","kid":"batch/M/1","alg":"HS256"}"#)) == nil)
        #expect(code(forged(header: #"{"kid":"batch/M/1","alg":"HS256"}"#)) == nil)
        #expect(code(shared.token(claims: Array(plainClaims(aud: #"["test"]"#).utf8))) == nil)
    }

    @Test("What our own command makes is taken, for as long as it says and the leeway after")
    func made() {
        let token = shared.token(
            claims: ReadingToken.claims(alliance: Self.alliance, id: "x", now: Self.now, seconds: 300))
        #expect(code(token) == nil)
        #expect(code(token, at: Self.now.advanced(byMilliseconds: 329_999)) == nil)
        #expect(code(token, at: Self.now.advanced(byMilliseconds: 330_000)) == .expired)
        #expect(code(token, at: Self.now.advanced(byMilliseconds: -30_000)) == nil)
        #expect(code(token, at: Self.now.advanced(byMilliseconds: -30_001)) == .early)
    }

    @Test(
        "No header but alg, kid and typ is taken, and no algorithm but the two",
        arguments: [
            #"{"alg":"none","kid":"batch/M/1"}"#, #"{"alg":"None","kid":"batch/M/1"}"#,
            #"{"alg":"HS512","kid":"batch/M/1"}"#, #"{"alg":"hs256","kid":"batch/M/1"}"#,
            #"{"alg":"","kid":"batch/M/1"}"#, #"{"alg":null,"kid":"batch/M/1"}"#, #"{"kid":"batch/M/1"}"#,
            #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":1}"#, #"{"alg":"HS256","kid":""}"#,
            #"{"alg":"HS256","kid":"batch/M/1","crit":["exp"]}"#,
            #"{"alg":"HS256","kid":"batch/M/1","crit":[]}"#,
            #"{"alg":"HS256","kid":"batch/M/1","b64":false,"crit":["b64"]}"#,
            #"{"alg":"HS256","kid":"batch/M/1","b64":true}"#,
            #"{"alg":"HS256","kid":"batch/M/1","zip":"DEF"}"#,
            #"{"alg":"HS256","kid":"batch/M/1","jwk":{"kty":"oct","k":"AA"}}"#,
            #"{"alg":"HS256","kid":"batch/M/1","jku":"http://127.0.0.1/"}"#,
            #"{"alg":"HS256","kid":"batch/M/1","typ":"JWE"}"#, #"{"alg":"HS256","kid":"batch/M/1","typ":1}"#,
            #"{"alg":"none","alg":"HS256","kid":"batch/M/1"}"#,
            #"{"alg":"HS256","kid":"batch/N/1","kid":"batch/M/1"}"#,
            #"["HS256"]"#, "{}", "null", "",
        ])
    func headers(header: String) {
        #expect(code(forged(header: header)) == .malformed)
    }

    @Test(
        "What is not header.payload.signature in base64url without padding is malformed",
        arguments: [
            "", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "e30..AA", ".e30.AA", "e30=.e30.AA", "e30.e 30.AA",
        ])
    func forms(text: String) {
        #expect(code(text) == .malformed)
    }

    @Test("An unsigned token is refused, and one beyond 4 KiB before anything else is looked at")
    func unsigned() {
        let input =
            Base64URL.text(Array(#"{"alg":"none"}"#.utf8)) + "." + Base64URL.text(Array(plainClaims().utf8))
        #expect(code(input + ".") == .malformed)
        let long = plainClaims(more: ",\"x\":\"" + String(repeating: "x", count: 4000) + "\"")
        #expect(code(shared.token(claims: Array(long.utf8))) == .malformed)
    }

    @Test("An HMAC under the bytes of an Ed25519 public key is not that key's signature")
    func confusion() throws {
        let publicKey = SecretBytes(try #require(own.verification.publicKey).bytes)
        #expect(code(forged(header: #"{"alg":"HS256","kid":"M-own"}"#, secret: publicKey)) == .invalid)
        #expect(code(forged(header: #"{"alg":"EdDSA","kid":"M-own"}"#, secret: publicKey)) == .invalid)
        #expect(code(forged(header: #"{"alg":"EdDSA","kid":"batch/M/1"}"#)) == .invalid)
    }

    @Test("Each byte of a token counts")
    func altered() {
        let token = Array(own.token(claims: Array(plainClaims().utf8)).utf8)
        for place in token.indices.dropLast() where token[place] != UInt8(ascii: ".") {
            var changed = token
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(code(String(decoding: changed, as: UTF8.self)) != nil, "byte \(place)")
        }
    }

    @Test("Keys that are unknown, revoked, another merchant's or the operator's do not read for M")
    func keys() throws {
        let claims = Array(plainClaims().utf8)
        let stranger = try SigningKey.hs256(id: "batch/X/1", secret: Self.secret)
        #expect(code(stranger.token(claims: claims)) == .keyUnknown)
        #expect(code(other.token(claims: claims)) == .keyRevoked)
        #expect(code(`operator`.token(claims: claims)) == .operatorKey)
        let before = Self.now.advanced(byMilliseconds: -1)
        #expect(
            try check(other.token(claims: claims), at: before).reader == .merchant(MerchantID(verified: "N")))
        let pretender = try SigningKey.hs256(
            id: "batch/M/1", secret: SecretBytes([UInt8](repeating: 8, count: 32)))
        #expect(code(pretender.token(claims: claims)) == .invalid)
        #expect(code(shared.token(claims: Array(plainClaims(more: #","sub":"N""#).utf8))) == .subject)
        #expect(code(shared.token(claims: Array(plainClaims(more: #","iss":"N""#).utf8))) == .subject)
    }

    @Test("Only the operator's key reads for the operator: no merchant's, and none that names a merchant")
    func operators() throws {
        func code(_ token: String) -> TokenRefusalCode? {
            do throws(TokenRefusal) {
                let read = try ReadingToken(
                    checking: token, alliance: Self.alliance, for: .operators, now: Self.now
                ) { key($0) }
                return read.reader == .operator ? nil : .malformed
            } catch { return error.code }
        }
        let claims = Array(plainClaims().utf8)
        #expect(code(`operator`.token(claims: claims)) == nil)
        #expect(code(`operator`.token(claims: Array(plainClaims(more: #","sub":"operator""#).utf8))) == nil)
        #expect(code(`operator`.token(claims: Array(plainClaims(more: #","sub":"M""#).utf8))) == .subject)
        for key in [shared, own] { #expect(code(key.token(claims: claims)) == .merchantKey) }
        #expect(code(other.token(claims: claims)) == .keyRevoked)
        let pretender = try SigningKey.hs256(id: "operator/1", secret: Self.secret)
        #expect(code(pretender.token(claims: claims)) == .invalid)
    }

    @Test("A detached signature of a batch is no token")
    func batchSignature() {
        let claims = plainClaims()
        let parts = shared.sign(Array(claims.utf8)).split(separator: ".")
        #expect(code("\(parts[0]).\(Base64URL.text(Array(claims.utf8))).\(parts[1])") == .malformed)
    }

    @Test(
        "Claims that are missing, twice there or of another kind are refused",
        arguments: [
            (plainClaims(aud: #""prod""#), TokenRefusalCode.audience),
            (plainClaims(aud: #"["prod"]"#), .audience),
            (plainClaims(aud: #"["test","prod"]"#), .malformed), (plainClaims(aud: "[]"), .malformed),
            (plainClaims(aud: "1"), .malformed), (plainClaims(aud: "null"), .malformed),
            (plainClaims(jti: #""""#), .malformed), (plainClaims(jti: "1"), .malformed),
            (plainClaims(jti: "\"" + String(repeating: "j", count: 65) + "\""), .malformed),
            (plainClaims(jti: #""a b""#), .malformed),
            (plainClaims(more: #","jti":"j-2""#), .malformed),
            (plainClaims(more: #","aud":"test""#), .malformed),
            (plainClaims(more: #","nbf":"0""#), .malformed), (plainClaims(more: #","sub":1"#), .malformed),
            (plainClaims(exp: -31), .expired), (plainClaims(iat: -100, exp: -30), .expired),
            (plainClaims(iat: 31, exp: 60), .early), (plainClaims(more: ",\"nbf\":\(seconds + 31)"), .early),
            (plainClaims(exp: 301), .tooLong), (plainClaims(iat: 10, exp: 10), .tooLong),
            (plainClaims(iat: 10, exp: 5), .tooLong),
            (#"{"aud":"test","jti":"j","iat":\#(seconds)}"#, .malformed),
            (#"{"aud":"test","jti":"j","exp":\#(seconds + 9)}"#, .malformed),
            (#"{"aud":"test","jti":"j","iat":\#(seconds).0,"exp":\#(seconds + 9)}"#, .malformed),
            (#"{"aud":"test","jti":"j","iat":\#(seconds),"exp":9223372036854775807}"#, .malformed),
            (#"{"aud":"test","jti":"j","iat":-1,"exp":1}"#, .malformed),
            ("[]", .malformed), ("{", .malformed), ("null", .malformed),
        ] as [(String, TokenRefusalCode)])
    func refusedClaims(text: String, expected: TokenRefusalCode) {
        #expect(code(shared.token(claims: Array(text.utf8))) == expected, "\(text)")
    }
}

/// 2026-01-20T12:00:00Z.
private let seconds: Int64 = 1_768_910_400

private func plainClaims(
    aud: String = #""test""#, iat: Int64 = 0, exp: Int64 = 60, jti: String = #""j-1""#, more: String = ""
) -> String {
    "{\"aud\":\(aud),\"iat\":\(seconds + iat),\"exp\":\(seconds + exp),\"jti\":\(jti)\(more)}"
}
