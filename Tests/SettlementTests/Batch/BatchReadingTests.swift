import Settlement
import Testing

@Suite("Reading batches")
struct BatchReadingTests {
    private func read(_ text: String, _ form: BatchForm) throws -> BatchContent {
        try BatchContent(parsing: Array(text.utf8), form: form)
    }

    @Test("Both forms of the same batch mean the same")
    func forms() throws {
        let json = try read(SampleBatch.ndjson, .ndjson)
        let csv = try read(SampleBatch.csv, .csv)
        #expect(json.header == SampleBatch.content.header)
        #expect(csv.header == json.header)
        #expect(json.records.map(\.record) == SampleBatch.expected)
        #expect(csv.records.map(\.record) == SampleBatch.expected)
        #expect(json.records.map(\.line) == Array(2...8))
        #expect(csv.records.map(\.line) == Array(3...9))
    }

    @Test("What is written reads back as it was", arguments: BatchForm.allCases, [false, true])
    func roundTrip(form: BatchForm, strict: Bool) throws {
        let merchant = try #require(MerchantID("M"))
        let batch = try #require(BatchID("b-1"))
        let header = BatchHeader(
            merchant: merchant, batch: batch, sequence: 17, for: SampleBatch.expected, strict: strict)
        #expect(header.totals == SampleBatch.content.header.totals)
        let bytes = BatchWriter.bytes(header, SampleBatch.expected, form: form)
        let content = try BatchContent(parsing: bytes, form: form)
        #expect(content.header == header)
        #expect(content.records.map(\.record) == SampleBatch.expected)
        #expect(BatchWriter.bytes(content.header, content.records.map(\.record), form: form) == bytes)
    }

    @Test("A batch of no records is written and read", arguments: BatchForm.allCases)
    func nothingToReport(form: BatchForm) throws {
        let header = BatchHeader(
            merchant: try #require(MerchantID("M")), batch: try #require(BatchID("b")), sequence: 1, for: [])
        let content = try BatchContent(parsing: BatchWriter.bytes(header, [], form: form), form: form)
        #expect(content.header == header)
        #expect(content.records.isEmpty)
    }

    @Test("Names and texts written with escapes mean the same")
    func escapes() throws {
        let text = SampleBatch.ndjson
            .replacing("\"member\"", with: #""\u006d\u0065mber""#)
            .replacing("\"8012\"", with: #""\u00380\u00312""#)
            .replacing("\"format\"", with: #""form\u0061t""#)
            .replacing("\"T-4\"", with: #""\u0054\u002D4""#)
            .replacing("\"earn\":", with: #""\u0065arn":"#)
            .replacing("2026-12-31", with: #"2026\u002d12-31"#)
            .replacing("10:22:33", with: #"10\u003a22:33"#)
        #expect(text.contains(#"form\u0061t"#) && text.contains(#"\u0054\u002D4"#))
        let content = try read(text, .ndjson)
        #expect(content.header == SampleBatch.content.header)
        #expect(content.records.map(\.record) == SampleBatch.expected)
    }

    @Test("White space and the order of members do not matter")
    func space() throws {
        let text = SampleBatch.ndjson
            .replacing(",\"", with: " \t,\t \"").replacing(":{", with: " : { ").replacing(
                "}\n", with: " } \t\r\n")
        #expect(try read(text, .ndjson).records.map(\.record) == SampleBatch.expected)
        let turned =
            SampleBatch.header
            + "\n" + #"{"at":"2026-01-10T10:00:00Z","points":1,"member":"x","type":"earn","id":"a"}"#
        #expect(
            try read(turned, .ndjson).records.map(\.record) == [
                SampleBatch.record("a", .earn, "x", 1, "2026-01-10T10:00:00Z")
            ])
    }

    @Test("LF, CRLF and no end of the last line are one", arguments: BatchForm.allCases)
    func lineEnds(form: BatchForm) throws {
        let text = form == .csv ? SampleBatch.csv : SampleBatch.ndjson
        let whole = try read(text, form)
        #expect(try read(text.replacing("\n", with: "\r\n"), form) == whole)
        #expect(try read(String(text.dropLast()), form) == whole)
        let mixed = text.split(separator: "\n").enumerated().map {
            $1 + ($0.isMultiple(of: 2) ? "\r\n" : "\n")
        }
        #expect(try read(mixed.joined(), form) == whole)
    }

    @Test("In CSV a mark, quotes, another order and padding change nothing")
    func csvFreedom() throws {
        let whole = try read(SampleBatch.csv, .csv)
        #expect(try read("\u{FEFF}" + SampleBatch.csv, .csv) == whole)
        let quoted = SampleBatch.csv.split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }.joined(
                separator: ",")
        }
        #expect(try read(quoted.joined(separator: "\n"), .csv) == whole)
        let padded = SampleBatch.csv.replacing(",sequence=17,records=7,", with: ",,records=7,,sequence=17,")
        #expect(padded != SampleBatch.csv)
        #expect(try read(padded, .csv) == whole)
    }

    @Test("The bounds of quantities can be reached, and a date of far away")
    func bounds() throws {
        let lines = [
            #"{"id":"a","type":"earn","member":"x","points":1000000000,"amount":1000000000000000,"#
                + #""at":"2099-12-31T23:59:59.999Z"}"#,
            #"{"id":"b","type":"redeem","member":"x","points":1,"amount":0,"at":"2000-01-01T00:00:00Z"}"#,
            #"{"id":"c","type":"opening","member":"x","points":1,"at":"2000-01-01T01:00:00+01:00","#
                + #""expires":"9999-12-31"}"#,
        ]
        let content = try read(([SampleBatch.header] + lines).joined(separator: "\n"), .ndjson)
        let records = content.records.map(\.record)
        #expect(records.map(\.points.count) == [1_000_000_000, 1, 1])
        #expect(records.map { $0.amount?.minorUnits } == [1_000_000_000_000_000, 0, nil])
        #expect(records.map(\.at) == [.latest, .earliest, .earliest])
        let expiry = try #require(BatchSetting.schedule.expiresAt(openingExpires: records[2].expires))
        #expect(expiry > .latest)
    }

    @Test("An identifier may have 64 bytes of any printable kind, a merchant's 40")
    func identifiers() throws {
        let id = String(repeating: "!~#'[]{}", count: 8)
        let merchant = String(repeating: "Az09._-x", count: 5)
        let text = SampleBatch.ndjson.replacing("T-6", with: id).replacing("\"M\"", with: "\"\(merchant)\"")
        let content = try read(text, .ndjson)
        #expect(content.records[5].record.id.text == id)
        #expect(content.header.merchant.text == merchant)
    }
}
