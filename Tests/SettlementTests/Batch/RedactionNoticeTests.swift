import Settlement
import Signing
import Testing

@Suite("Notices of redactions")
struct RedactionNoticeTests {
    private static let signed = SHA256Digest(of: Array("signed".utf8))
    private static let redacted = SHA256Digest(of: Array("redacted".utf8))

    private static func notice(_ subject: RedactionNotice.Subject) -> RedactionNotice {
        RedactionNotice(
            alliance: AllianceID("sample")!, merchant: MerchantID("M")!, subject: subject, signed: signed,
            redacted: redacted, at: Instant(rfc3339: "2026-11-30T02:00:00.5+01:00")!)
    }

    private static let ofBatch = notice(
        .batch(
            BatchID("b-1")!, signer: .operator, sequence: 17, signature: SHA256Digest(of: Array("a..b".utf8)))
    )
    private static let ofStatement = notice(.statement(number: 3, period: "2026-03"))

    private static func text(of subject: String) -> String {
        #"{"format":"settled-redaction/1","alliance":"sample","merchant":"M","# + subject
            + #","signed":"\#(signed.text)","redacted":"\#(redacted.text)","at":"2026-11-30T01:00:00.500Z"}"#
    }

    private static let batchText = text(
        of: #""batch":{"signer":"operator","batch":"b-1","sequence":17,"signature":"#
            + #""\#(SHA256Digest(of: Array("a..b".utf8)).text)"}"#)
    private static let statementText = text(of: #""statement":{"number":3,"period":"2026-03"}"#)

    @Test("The bytes are canonical, members in this order")
    func bytes() {
        #expect(String(decoding: Self.ofBatch.bytes, as: UTF8.self) == Self.batchText)
        #expect(String(decoding: Self.ofStatement.bytes, as: UTF8.self) == Self.statementText)
    }

    @Test("What is written reads back as it was")
    func roundTrip() {
        for notice in [Self.ofBatch, Self.ofStatement] { #expect(RedactionNotice(notice.bytes) == notice) }
    }

    @Test(
        "Bytes that are not exactly a notice's are none",
        arguments: [
            ("{\"format\"", "{ \"format\""), ("settled-redaction/1", "settled-redaction/2"),
            ("\"sample\"", "\"sam ple\""), ("\"M\"", "\"M/1\""), ("\"M\",", ""), ("\"merchant\":\"M\",", ""),
            ("\"number\":3", "\"number\":3.0"), ("\"number\":3", "\"number\":\"3\""),
            ("\"period\":\"2026-03\"", "\"period\":202603"),
            ("{\"number\":3,\"period\":\"2026-03\"}", "{\"period\":\"2026-03\",\"number\":3}"),
            ("\"number\":3,", "\"number\":3,\"note\":1,"), ("{\"number\":3,\"period\":\"2026-03\"}", "null"),
            ("sha256:", "sha512:"), (".500Z", "Z"), (".500Z", ".500+00:00"), ("\"at\"", "\"until\""),
            ("Z\"}", "Z\"}\n"),
            (
                "\"statement\":{",
                "\"batch\":{\"signer\":\"operator\",\"batch\":\"b-1\",\"sequence\":17},\"statement\":{"
            ),
            ("\"statement\"", "\"batch\""),
        ])
    func damaged(old: String, new: String) throws {
        try #require(Self.statementText.contains(old))
        #expect(RedactionNotice(Array(Self.statementText.replacing(old, with: new).utf8)) == nil)
    }

    @Test(
        "Of a batch the signer, the id, the sequence and the signature's digest have to be such",
        arguments: [
            ("\"operator\"", "\"nobody\""), ("\"b-1\"", "\"b 1\""), ("\"sequence\":17", "\"sequence\":1e1"),
            ("\"signer\":\"operator\",", ""), ("\"signature\":\"sha256:", "\"signature\":\""),
            ("17,\"signature\"", "17,\"key\""),
        ])
    func damagedBatch(old: String, new: String) throws {
        try #require(Self.batchText.contains(old))
        #expect(RedactionNotice(Array(Self.batchText.replacing(old, with: new).utf8)) == nil)
    }

    @Test("No beginning of a notice is one, nor nothing, nor what is no JSON")
    func cut() {
        let bytes = Self.ofBatch.bytes
        for count in 0..<bytes.count { #expect(RedactionNotice(Array(bytes[..<count])) == nil) }
        #expect(RedactionNotice(Array("[]".utf8)) == nil)
    }
}
