import Settlement
import Signing
import Testing

@Suite("The redaction of a batch's bytes")
struct BatchRedactionTests {
    static let pseudonyms = ["8012": "forgotten-1", "m/3": "forgotten-3"]

    /// The text with pseudonyms, and how many records got one; nil: none did.
    static func redacted(_ text: String, form: BatchForm = .ndjson) throws -> (text: String, lines: Int)? {
        let found = try BatchRedaction.redacted(Array(text.utf8), form: form) { member in
            pseudonyms[String(decoding: member, as: UTF8.self)].map { MemberID(verified: $0) }
        }
        return found.map { (String(decoding: $0.bytes, as: UTF8.self), $0.lines) }
    }

    private static func batch(_ records: String...) -> String {
        ([
            #"{"format":"settled-batch/1","merchant":"M","batch":"8012","sequence":17,"records":\#(records.count),"#
                + #""totals":{"earn":\#(records.count)}}"#
        ] + records).joined(separator: "\n")
    }

    @Test("Bytes that are no batch are refused, at the line, before anything is made of them")
    func malformed() throws {
        let text = SampleBatch.ndjson + "{}\n"
        let refusal = #expect(throws: BatchRefusal.self) { try Self.redacted(text) }
        #expect(refusal?.code == .malformed && refusal?.line == 9)
        let empty = #expect(throws: BatchRefusal.self) { try Self.redacted("", form: .csv) }
        #expect(empty?.code == .malformed)
    }

    @Test("Only what stands for members changes, in both forms", arguments: BatchForm.allCases)
    func sample(form: BatchForm) throws {
        let text = form == .csv ? SampleBatch.csv : SampleBatch.ndjson
        let (redacted, lines) = try #require(try Self.redacted(text, form: form))
        let expected = text.replacing(
            form == .csv ? ",8012," : "\"8012\"", with: form == .csv ? ",forgotten-1," : "\"forgotten-1\"")
        #expect(redacted == expected && lines == 2)
        let content = try BatchContent(parsing: Array(redacted.utf8), form: form)
        #expect(content.header == SampleBatch.content.header)
        #expect(
            content.records.map(\.record.member.text).prefix(3) == ["forgotten-1", "8013", "forgotten-1"])
    }

    @Test(
        "However short the ids are, no more room is taken than is needed: growing would take that of three batches"
    )
    func room() throws {
        let records = (0..<2_000).map { number in
            Record(
                id: RecordID(verified: "r\(number)"), type: .earn, member: MemberID(verified: "m"),
                points: Points(1), at: Instant(milliseconds: 1_768_000_000_000))
        }
        let header = BatchHeader(
            merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B"), sequence: 1, for: records)
        let pseudonym = MemberID(verified: "forgotten-" + String(repeating: "0", count: 32))
        let before = BatchWriter.bytes(header, records, form: .ndjson)
        let found = try BatchRedaction.redacted(before, form: .ndjson) { _ in pseudonym }
        let (bytes, lines) = try #require(found)
        #expect(lines == 2_000 && bytes.count == before.count + 2_000 * 41)
        #expect(bytes.capacity < bytes.count * 5 / 4)
    }

    @Test("A batch that names none of them is left as it is", arguments: BatchForm.allCases)
    func nobody(form: BatchForm) throws {
        let text = form == .csv ? SampleBatch.csv : SampleBatch.ndjson
        #expect(try Self.redacted(text.replacing("8012", with: "80121"), form: form) == nil)
        #expect(try Self.redacted(text.replacing("8012", with: "801"), form: form) == nil)
    }

    @Test(
        "A member is found wherever it stands in its line and however it is written",
        arguments: [
            (#"{"member":"8012","id":"a","type":"earn","points":1,"at":"2026-01-10T00:00:00Z"}"#, #"8012"#),
            (#"{"id":"a","type":"earn","points":1,"at":"2026-01-10T00:00:00Z","member":"8012"}"#, #"8012"#),
            (
                #"{"id":"a","member":"\u0038012","type":"earn","points":1,"at":"2026-01-10T00:00:00Z"}"#,
                #"\u0038012"#
            ),
            (
                #"{"\u006dember":"801\u0032","id":"a","type":"earn","points":1,"at":"2026-01-10T00:00:00Z"}"#,
                #"801\u0032"#
            ),
            (
                #" { "points" : 1 , "\u0069d":"\u0061" ,"at":"2026-01-10T00:00:00Z","type":"e\u0061rn","#
                    + #" "member" : "\u0038\u0030\u0031\u0032" } "#,
                #"\u0038\u0030\u0031\u0032"#
            ),
            (
                #"{"amount":5,"id":"a","type":"earn","points":1,"at":"2026-01-10T00:00:00Z","member":"m\/3"}"#,
                #"m\/3"#
            ),
        ])
    func places(record: String, written: String) throws {
        let other = #"{"id":"b","type":"earn","member":"\u0039","points":1,"at":"2026-01-10T00:00:00Z"}"#
        for text in [Self.batch(other, record, other), Self.batch(record + "\r", other) + "\n"] {
            let (redacted, lines) = try #require(try Self.redacted(text))
            let pseudonym = written == #"m\/3"# ? "forgotten-3" : "forgotten-1"
            let expected = record.replacing("\"\(written)\"", with: "\"\(pseudonym)\"")
            #expect(redacted == text.replacing(record, with: expected) && expected != record)
            #expect(lines == 1)
        }
    }

    @Test("The same text as an id, a reference, a store or a batch stays")
    func otherFields() throws {
        let record =
            #"{"store":"8012","id":"8012","type":"earn_reversal","ref":"8012","member":"8012","points":1,"#
            + #""at":"2026-01-10T00:00:00Z"}"#
        let (redacted, _) = try #require(try Self.redacted(Self.batch(record)))
        #expect(
            redacted == Self.batch(record.replacing(#""member":"8012""#, with: #""member":"forgotten-1""#)))
        let mentioned = record.replacing(#""member":"8012""#, with: #""member":"9""#)
        #expect(try Self.redacted(Self.batch(mentioned)) == nil)
    }

    @Test("Quoted cells of CSV keep their quotes, marks and line ends stay")
    func csv() throws {
        let text =
            "\u{FEFF}settled-batch/1,merchant=M,batch=b,sequence=1,records=3,totals.earn=3\r\n"
            + "\"member\",store,id,type,points,at\r\n"
            + "\"8012\",8012,\"8012\",earn,1,2026-01-10T00:00:00Z\n"
            + "m/3,\"\",b,earn,1,2026-01-10T00:00:00Z\r\n"
            + "9,8012,c,earn,1,2026-01-10T00:00:00Z"
        let (redacted, lines) = try #require(try Self.redacted(text, form: .csv))
        #expect(
            redacted
                == text.replacing("\"8012\",8012,", with: "\"forgotten-1\",8012,")
                .replacing("\nm/3,", with: "\nforgotten-3,"))
        #expect(lines == 2)
    }

    @Test("Redacted again, it is the same", arguments: BatchForm.allCases)
    func twice(form: BatchForm) throws {
        let text = form == .csv ? SampleBatch.csv : SampleBatch.ndjson
        let (redacted, _) = try #require(try Self.redacted(text, form: form))
        #expect(try Self.redacted(redacted, form: form) == nil)
    }
}
