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
        do throws(TokenRefusal) { _ = try used.use(token, at: now) } catch { return error.code }
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

    @Test("Whether a token may be used is asked without using it")
    func checked() throws {
        var used = UsedTokens(since: Self.start, most: 1)
        for _ in 0..<3 { try used.check(try token("a"), at: Self.start) }
        #expect(used.count == 0)
        #expect(code(&used, try token("a")) == nil)
        for (id, expected) in [("a", TokenRefusalCode.replayed), ("b", .tooMany)] {
            let refusal = #expect(throws: TokenRefusal.self) { try used.check(try token(id), at: Self.start) }
            #expect(refusal?.code == expected)
        }
    }

    @Test("It is remembered as long as it would be taken, and half a minute more, and forgotten afterwards")
    func forgotten() throws {
        var used = UsedTokens(since: Self.start)
        let first = try token("a")
        #expect(code(&used, first) == nil)
        let last = first.expires.advanced(byMilliseconds: ReadingToken.leewayMilliseconds - 1)
        #expect(code(&used, try token("b"), at: last) == nil)
        #expect(code(&used, first, at: last) == .replayed)
        let before = last.advanced(byMilliseconds: 30_000)
        #expect(code(&used, try token("c", issued: before), at: before) == nil)
        #expect(used.count == 3)
        let after = last.advanced(byMilliseconds: 50_000)
        #expect(code(&used, try token("d", issued: after), at: after) == nil)
        #expect(used.count == 2)
    }

    @Test("A clock that is set back: new tokens are good, and none of the old ones comes again")
    func setBack() throws {
        // It was an hour ahead when the memory began.
        var used = UsedTokens(since: Self.start.advanced(byMilliseconds: 3_600_000))
        #expect(code(&used, try token("a")) == nil)
        #expect(code(&used, try token("a")) == .replayed)
        // It runs ahead for a moment, in which all is forgotten.
        let ahead = Self.start.advanced(byMilliseconds: 3_600_000)
        #expect(code(&used, try token("b", issued: ahead), at: ahead) == nil)
        #expect(used.count == 1)
        let back = Self.start.advanced(byMilliseconds: 5_000)
        #expect(code(&used, try token("a"), at: back) == .replayed)
        #expect(code(&used, try token("c", issued: back), at: back) == nil)
        #expect(code(&used, try token("c", issued: back), at: back) == .replayed)
    }

    @Test("A clock that is set back by less than the leeway costs nobody a token, and brings none again")
    func setBackALittle() throws {
        var used = UsedTokens(since: Self.start)
        let first = try token("a")
        #expect(code(&used, first) == nil)
        let expired = first.expires.advanced(byMilliseconds: ReadingToken.leewayMilliseconds)
        #expect(code(&used, try token("b", issued: expired), at: expired) == nil)
        let back = expired.advanced(byMilliseconds: -30_000)
        #expect(code(&used, first, at: back) == .replayed)
        #expect(code(&used, try token("c"), at: back) == nil, "it is older, and was never used")
    }

    @Test("What was issued before the memory begins may have been used, and is refused")
    func beforeMemory() throws {
        var used = UsedTokens(since: Self.start.advanced(byMilliseconds: 999))
        #expect(code(&used, try token("a")) == nil)
        #expect(code(&used, try token("b", issued: Self.start.advanced(byMilliseconds: -1))) == .replayed)
    }

    @Test("What another process remembered is used here too, and what was taken back is not")
    func earlier() throws {
        var first = UsedTokens(since: Self.start)
        let (ahead, other) = (
            try token("a", issued: Self.start.advanced(byMilliseconds: 20_000)), try token("b")
        )
        let used = try first.use(ahead, at: Self.start)
        var second = UsedTokens(
            since: Self.start.advanced(byMilliseconds: 5_000), earlier: [used, used], mostOfOne: 2)
        #expect(second.count == 1 && Array(second.all) == [used])
        #expect(code(&second, ahead) == .replayed)
        #expect(code(&second, other) == .replayed, "it is older than the second memory")
        let late = try token("c", issued: Self.start.advanced(byMilliseconds: 5_000))
        let taken = try second.use(late, at: Self.start)
        #expect(code(&second, try token("d", issued: ahead.issued)) == .tooMany)
        second.takeBack(taken)
        second.takeBack(taken)
        #expect(second.count == 1 && code(&second, late) == nil)
        #expect(code(&second, try token("d", issued: ahead.issued)) == .tooMany)
    }

    @Test("A used token is written as a line and read again; any other line is none")
    func lines() throws {
        var used = UsedTokens(since: Self.start)
        let merchants = try used.use(try token("a"), at: Self.start)
        let line = String(merchants.line.dropLast())
        #expect(merchants.line.hasSuffix("\n") && line.hasPrefix("1768910490000 M sha256:"))
        #expect(!line.contains(" a"))
        #expect(UsedToken(line: line) == merchants)
        let operators = line.replacing(" M ", with: " operator ")
        #expect(UsedToken(line: operators)?.line == operators + "\n")
        for other in [
            "", " ", line + " ", " " + line, line.replacing("M", with: "M N"), String(line.dropLast()),
        ] {
            #expect(UsedToken(line: other) == nil, "\(other)")
        }
        for other in ["x" + line, line.replacing(" M ", with: " .M "), line.uppercased()] {
            #expect(UsedToken(line: other) == nil, "\(other)")
        }
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
        let later = Self.start.advanced(byMilliseconds: 120_000)
        #expect(code(&used, try token("d", of: "O", issued: later), at: later) == nil)
        #expect(used.count == 1)
    }
}
