import Settlement
import Signing
import Testing

@Suite("Tokens that were used")
struct UsedTokensTests {
    private static let start = Instant(milliseconds: 1_768_910_400_000)

    private func token(_ id: String, of merchant: String = "M", issued: Instant = start) throws
        -> ReadingToken
    {
        let key = try SigningKey.hs256(id: "k", secret: SecretBytes([UInt8](repeating: 7, count: 32)))
        let alliance = AllianceID(verified: "test")
        let claims = ReadingToken.claims(alliance: alliance, id: id, now: issued, seconds: 60)
        return try ReadingToken(checking: key.token(claims: claims), alliance: alliance, now: issued) { _ in
            BatchKey(verification: key.verification, merchant: MerchantID(verified: merchant))
        }
    }

    private func code(
        _ used: inout UsedTokens, _ token: ReadingToken, at now: Instant = start
    ) -> TokenRefusalCode? {
        do throws(TokenRefusal) { try used.use(token, at: now) } catch { return error.code }
        return nil
    }

    @Test("A token is used once, and another merchant's of the same name is another one")
    func once() throws {
        var used = UsedTokens(since: Self.start)
        #expect(code(&used, try token("a")) == nil)
        #expect(code(&used, try token("a")) == .replayed)
        #expect(code(&used, try token("b")) == nil)
        #expect(code(&used, try token("a", of: "N")) == nil)
    }

    @Test("It is remembered as long as it would be taken, and forgotten afterwards")
    func forgotten() throws {
        var used = UsedTokens(since: Self.start)
        let first = try token("a")
        #expect(code(&used, first) == nil)
        let last = first.expires.advanced(byMilliseconds: ReadingToken.leewayMilliseconds - 1)
        #expect(code(&used, try token("b"), at: last) == nil)
        #expect(code(&used, first, at: last) == .replayed)
        let after = last.advanced(byMilliseconds: 20_000)
        #expect(code(&used, try token("c", issued: after), at: after) == nil)
        #expect(used.count == 1)
    }

    @Test("What was issued before the memory begins may have been used, and is refused")
    func beforeMemory() throws {
        var used = UsedTokens(since: Self.start.advanced(byMilliseconds: 999))
        #expect(code(&used, try token("a")) == nil)
        #expect(code(&used, try token("b", issued: Self.start.advanced(byMilliseconds: -1))) == .replayed)
    }

    @Test("Memory is bounded: of one merchant, which leaves room for others, and of all")
    func bounded() throws {
        var used = UsedTokens(since: Self.start, most: 3, mostOfOne: 2)
        #expect(code(&used, try token("a")) == nil)
        #expect(code(&used, try token("b")) == nil)
        #expect(code(&used, try token("c")) == .tooMany)
        #expect(code(&used, try token("c", of: "N")) == nil)
        #expect(code(&used, try token("d", of: "O")) == .tooMany)
        #expect(used.count == 3)
        let later = Self.start.advanced(byMilliseconds: 90_000)
        #expect(code(&used, try token("d", of: "O", issued: later), at: later) == nil)
        #expect(used.count == 1)
    }
}
