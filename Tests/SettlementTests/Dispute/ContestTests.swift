import Signing
import Testing

@testable import Settlement

@Suite("What a merchant contests, as it is read")
struct ContestTests {
    private static let reference = ContestReference(verified: "C-1")
    private static let record = RecordID(verified: "T-17")

    private func refused(_ text: String) -> ContestRefusal? {
        do throws(ContestRefusal) {
            _ = try Contest(parsing: Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test(
        "What is not said as it should be is refused with the member that is wrong",
        arguments: [
            (#"{"record":"T-1","reason":"x"}"#, "reference", "nothing"),
            (#"{"reference":7,"record":"T-1","reason":"x"}"#, "reference", "7"),
            (#"{"reference":"a b","record":"T-1","reason":"x"}"#, "reference", "\"a b\""),
            (#"{"reference":"C","record":"T-1"}"#, "reason", "nothing"),
            (#"{"reference":"C","record":"T-1","reason":""}"#, "reason", "\"\""),
            (#"{"reference":"C","record":"T-1","reason":"a\nb"}"#, "reason", "\"a b\""),
            (#"{"reference":"C","record":"T-1","reason":null}"#, "reason", "null"),
            (#"{"reference":"C","record":"","reason":"x"}"#, "record", "\"\""),
            (#"{"reference":"C","record":["T-1"],"reason":"x"}"#, "record", "an array of 1"),
            (#"{"reference":"C","reason":"x"}"#, "period", "nothing"),
            (#"{"reference":"C","period":"2026-01","reason":"x"}"#, "line", "nothing"),
            (#"{"reference":"C","line":1,"reason":"x"}"#, "period", "nothing"),
            (#"{"reference":"C","period":"","line":1,"reason":"x"}"#, "period", "\"\""),
            (#"{"reference":"C","period":"2026-01","line":0,"reason":"x"}"#, "line", "0"),
            (#"{"reference":"C","period":"2026-01","line":1.0,"reason":"x"}"#, "line", "1.0"),
            (#"{"reference":"C","period":"2026-01","line":"1","reason":"x"}"#, "line", "\"1\""),
            (#"{"reference":"C","period":"2026-01","line":1000001,"reason":"x"}"#, "line", "1000001"),
            (#"{"reference":"C","period":"2026-01","line":1,"record":"T-1","reason":"x"}"#, "period", "both"),
            (#"{"reference":"C","line":1,"record":"T-1","reason":"x"}"#, "line", "both"),
            (#"{"reference":"C","record":"T-1","reason":"x","owner":"ben"}"#, "owner", "another member"),
            (#"{"reference":"C","record":"T-1","reason":"x","reason":"y"}"#, "reason", "it a second time"),
            ("[]", nil, "an array of 0"), ("7", nil, "7"), ("", nil, "nothing"), ("{", nil, "nothing"),
            (#"{"reference":"C","record":"T-1","reason":"x"} x"#, nil, "a letter"),
        ] as [(String, String?, String)])
    func malformed(text: String, field: String?, found: String) throws {
        let refusal = try #require(refused(text), "\(text)")
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
        let contest = Contest(reference: Self.reference, subject: subject, reason: "a \"shop\" in Łódź \\ 本")
        #expect(try Contest(parsing: contest.bytes) == contest)
    }

    @Test("A key of the operator's contests nothing, however well it signs")
    func operatorKey() throws {
        let key = try SigningKey.hs256(
            id: "operator/1", secret: SecretBytes([UInt8](repeating: 1, count: 32)))
        let bytes = Contest(reference: Self.reference, subject: .record(Self.record), reason: "x").bytes
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
