import Signing
import Testing

@testable import Settlement

@Suite("What a merchant contests, as it is read")
struct ContestTests {
    private static let alliance = AllianceID(verified: "A")
    private static let signed = Instant(milliseconds: 1_768_906_800_000)
    private static let reference = ContestReference(verified: "C-1")
    private static let record = RecordID(verified: "T-17")

    /// What stands in the place of `@`: whose it is and when it was signed.
    private static let head = #""alliance":"A","at":"2026-01-20T12:00:00+01:00""#

    private static func contest(
        _ subject: Contest.Subject = .record(record), reason: String = "x", at instant: Instant = signed
    ) -> Contest {
        Contest(
            alliance: alliance, at: instant, reference: reference, subject: subject, reason: reason)
    }

    private func refused(_ text: String) -> ContestRefusal? {
        do throws(ContestRefusal) {
            _ = try Contest(parsing: Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test(
        "What is not said as it should be is refused with the member that is wrong",
        arguments: [
            (#"{@,"record":"T-1","reason":"x"}"#, "reference", "nothing"),
            (#"{@,"reference":7,"record":"T-1","reason":"x"}"#, "reference", "7"),
            (#"{@,"reference":"a b","record":"T-1","reason":"x"}"#, "reference", "\"a b\""),
            (#"{@,"reference":"C","record":"T-1"}"#, "reason", "nothing"),
            (#"{@,"reference":"C","record":"T-1","reason":""}"#, "reason", "\"\""),
            (#"{@,"reference":"C","record":"T-1","reason":"a\nb"}"#, "reason", "\"a b\""),
            (#"{@,"reference":"C","record":"T-1","reason":null}"#, "reason", "null"),
            (#"{@,"reference":"C","record":"","reason":"x"}"#, "record", "\"\""),
            (#"{@,"reference":"C","record":["T-1"],"reason":"x"}"#, "record", "an array of 1"),
            (#"{@,"reference":"C","reason":"x"}"#, "period", "nothing"),
            (#"{@,"reference":"C","period":"2026-01","reason":"x"}"#, "line", "nothing"),
            (#"{@,"reference":"C","line":1,"reason":"x"}"#, "period", "nothing"),
            (#"{@,"reference":"C","period":"","line":1,"reason":"x"}"#, "period", "\"\""),
            (#"{@,"reference":"C","period":"2026-01","line":0,"reason":"x"}"#, "line", "0"),
            (#"{@,"reference":"C","period":"2026-01","line":1.0,"reason":"x"}"#, "line", "1.0"),
            (#"{@,"reference":"C","period":"2026-01","line":"1","reason":"x"}"#, "line", "\"1\""),
            (#"{@,"reference":"C","period":"2026-01","line":1000001,"reason":"x"}"#, "line", "1000001"),
            (
                #"{@,"reference":"C","period":"2026-01","line":1,"record":"T-1","reason":"x"}"#, "period",
                "both"
            ),
            (#"{@,"reference":"C","line":1,"record":"T-1","reason":"x"}"#, "line", "both"),
            (#"{@,"reference":"C","record":"T-1","reason":"x","owner":"ben"}"#, "owner", "another member"),
            (#"{@,"reference":"C","record":"T-1","reason":"x","reason":"y"}"#, "reason", "it a second time"),
            (
                #"{"at":"2026-01-20T12:00:00Z","reference":"C","record":"T-1","reason":"x"}"#, "alliance",
                "nothing"
            ),
            (#"{"alliance":"a b","at":"2026-01-20T12:00:00Z"}"#, "alliance", "\"a b\""),
            (#"{"alliance":"A","reference":"C","record":"T-1","reason":"x"}"#, "at", "nothing"),
            (#"{"alliance":"A","at":1768906800}"#, "at", "1768906800"),
            (#"{"alliance":"A","at":"2026-01-20T12:00:00"}"#, "at", "\"2026-01-20T12:00:00\""),
            (#"{"alliance":"A","at":"1999-12-31T23:59:59Z"}"#, "at", "\"1999-12-31T23:59:59Z\""),
            ("[]", nil, "an array of 0"), ("7", nil, "7"), ("", nil, "nothing"), ("{", nil, "nothing"),
            (#"{@,"reference":"C","record":"T-1","reason":"x"} x"#, nil, "a letter"),
        ] as [(String, String?, String)])
    func malformed(text: String, field: String?, found: String) throws {
        let refusal = try #require(refused(text.replacing("@", with: Self.head)), "\(text)")
        #expect(refusal.code == .malformed && refusal.field == field, "\(text): \(refusal)")
        #expect(refusal.found == found, "\(text): \(refusal.found)")
        #expect(!refusal.expected.isEmpty && PlainText.of(refusal.reason) == refusal.reason)
    }

    @Test("One of too many bytes is refused before it is looked at")
    func large() {
        let text = String(repeating: " ", count: Contest.mostBytes)
        #expect(refused(text)?.code == .malformed)
        #expect(refused(text + " ")?.code == .tooLarge)
    }

    @Test(
        "What is written is read again",
        arguments: [.line(3, period: "2026-11"), .record(record)] as [Contest.Subject])
    func written(subject: Contest.Subject) throws {
        let contest = Self.contest(subject, reason: "a \"shop\" in Łódź \\ 本")
        #expect(try Contest(parsing: contest.bytes) == contest)
    }

    @Test("It opens nothing of another alliance, nor when it was signed later or much earlier than it is now")
    func bounds() throws {
        func code(_ alliance: AllianceID, after milliseconds: Int64) -> ContestRefusalCode? {
            do throws(ContestRefusal) {
                try Self.contest().check(
                    for: alliance, received: Self.signed.advanced(byMilliseconds: milliseconds))
                return nil
            } catch { return error.code }
        }
        let other = AllianceID(verified: "B")
        #expect(code(other, after: 0) == .alliance && code(other, after: 86_400_000) == .alliance)
        #expect(code(Self.alliance, after: -30_000) == nil && code(Self.alliance, after: 330_000) == nil)
        #expect(code(Self.alliance, after: -30_001) == .early)
        #expect(code(Self.alliance, after: 330_001) == .expired)
    }

    @Test("It says the same whenever it was signed, and something else of something else")
    func same() {
        let contest = Self.contest()
        #expect(contest.saysTheSame(as: Self.contest(at: Self.signed.advanced(byMilliseconds: 1))))
        #expect(!contest.saysTheSame(as: Self.contest(reason: "y")))
        #expect(!contest.saysTheSame(as: Self.contest(.line(1, period: "2026-01"))))
    }

    @Test("A key of the operator's contests nothing, however well it signs")
    func operatorKey() throws {
        let key = try SigningKey.hs256(
            id: "operator/1", secret: SecretBytes([UInt8](repeating: 1, count: 32)))
        let bytes = Self.contest().bytes
        let refusal = #expect(throws: ContestRefusal.self) {
            _ = try AuthenticContest(
                bytes: bytes, signature: key.sign(bytes), received: Instant(milliseconds: 0)
            ) { _ in BatchKey(verification: key.verification, merchant: nil) }
        }
        #expect(refusal?.code == .operatorKey)
        let own = try AuthenticContest(
            bytes: bytes, signature: key.sign(bytes), received: Instant(milliseconds: 0)
        ) { _ in BatchKey(verification: key.verification, merchant: MerchantID(verified: "M")) }
        #expect(own.merchant.text == "M" && own.contest.reference == Self.reference)
        let invalid = #expect(throws: BatchRefusal.self) {
            _ = try AuthenticContest(
                bytes: bytes + [0x20], signature: key.sign(bytes), received: Instant(milliseconds: 0)
            ) { _ in BatchKey(verification: key.verification, merchant: MerchantID(verified: "M")) }
        }
        #expect(invalid?.code == .signatureInvalid)
    }
}
