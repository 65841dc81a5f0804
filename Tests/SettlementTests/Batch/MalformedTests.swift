import Foundation
import Settlement
import Signing
import Testing

/// A departure from the form, put into a good batch: what is replaced by what, and where it is found.
struct Departure: CustomTestStringConvertible, Sendable {
    let found: String
    let put: String
    let line: Int
    let field: String?

    init(_ found: String, _ put: String, line: Int, _ field: String? = nil) {
        self.found = found
        self.put = put
        self.line = line
        self.field = field
    }

    var testDescription: String { "\(found) → \(put)" }
}

@Suite("Malformed batches")
struct MalformedTests {
    private func check(_ departure: Departure, in batch: String, _ form: BatchForm) throws {
        let range = try #require(batch.range(of: departure.found), "the batch holds \(departure.found)")
        let refusal = try #require(
            malformation(of: batch.replacingCharacters(in: range, with: departure.put), form: form))
        #expect(refusal.code == .malformed)
        #expect(refusal.line == departure.line)
        #expect(refusal.field == departure.field, "\(refusal.reason)")
        #expect(refusal.expected != nil)
        for text in [refusal.reason, refusal.expected, refusal.found].compactMap(\.self) {
            #expect(!text.contains("8012"), "nothing that is told holds a member's id")
            #expect((1...300).contains(text.utf8.count) && PlainText.of(text) == text, "\(text)")
        }
    }

    @Test("What was found is told as a kind of thing, where only the text itself would tell not at all")
    func found() {
        let cases: [(put: String, expected: String, found: String?)] = [
            (#""points":"120""#, "an integer, without quotes, point and exponent", "a quote"),
            (#""points":null"#, "an integer, without quotes, point and exponent", "a letter"),
            (#""points":[120]"#, "an integer, without quotes, point and exponent", "an array"),
            (#""points" 120"#, "a colon", "a number"),
            (#""points":120;"#, "a comma or the closing bracket", ";"),
            (#"points":120"#, "the quoted name of a member", "a letter"),
            (#""points":120,"points":120"#, "each name once", "it a second time"),
            (#""points":1000000001"#, "0 to 1000000000", nil),
        ]
        for (put, expected, found) in cases {
            let refusal = malformation(of: SampleBatch.ndjson.replacing(#""points":120"#, with: put))
            #expect(
                refusal?.expected == expected && refusal?.found == found,
                "\(put): \(String(describing: refusal))")
        }
        let cut = malformation(of: String(SampleBatch.ndjson.dropLast(3)))
        #expect(cut?.expected == "more" && cut?.found == "nothing")
        let wide = malformation(of: SampleBatch.csv.replacing("T-1,earn", with: "T-1,earn,"), form: .csv)
        #expect(wide?.expected == "11 cells" && wide?.found == "12 cells")
        let marked = malformation(of: "\u{FEFF}" + SampleBatch.ndjson)
        #expect(marked?.expected == "a JSON object" && marked?.found == "the byte 0xEF")
    }

    @Test(
        "A header of JSON is refused on line 1",
        arguments: [
            Departure("settled-batch/1", "settled-batch/2", line: 1, "format"),
            Departure("\"settled-batch/1\"", "1", line: 1, "format"),
            Departure("\"format\":\"settled-batch/1\",", "", line: 1, "format"),
            Departure("\"merchant\":\"M\",", "", line: 1, "merchant"),
            Departure("\"merchant\":\"M\"", "\"merchant\":\"operator\"", line: 1, "merchant"),
            Departure("\"merchant\":\"M\"", "\"merchant\":\".M\"", line: 1, "merchant"),
            Departure("\"merchant\":\"M\"", "\"merchant\":\"M M\"", line: 1, "merchant"),
            Departure("\"merchant\":\"M\"", "\"merchant\":null", line: 1, "merchant"),
            Departure("\"b-1\"", "\"\"", line: 1, "batch"),
            Departure("\"b-1\"", "\"b,1\"", line: 1, "batch"),
            Departure("\"sequence\":17", "\"sequence\":0", line: 1, "sequence"),
            Departure("\"sequence\":17", "\"sequence\":1000000000000001", line: 1, "sequence"),
            Departure("\"sequence\":17", "\"sequence\":\"17\"", line: 1, "sequence"),
            Departure("\"records\":7", "\"records\":7.0", line: 1, "records"),
            Departure("\"records\":7", "\"records\":-7", line: 1, "records"),
            Departure("\"records\":7", "\"records\":7,\"records\":7", line: 1, "records"),
            Departure("\"records\":7,", "", line: 1, "records"),
            Departure("\"totals\":{", "\"totals\":[", line: 1, "totals"),
            Departure("\"earn\":120", "\"earned\":120", line: 1, "totals"),
            Departure("\"earn\":120", "\"earn\":1e2", line: 1, "totals.earn"),
            Departure("\"earn\":120", "\"earn\":120,\"earn\":120", line: 1, "totals.earn"),
            Departure("\"earn\":120", "\"earn\":null", line: 1, "totals.earn"),
            Departure("\"records\"", "\"strict\":\"true\",\"records\"", line: 1, "strict"),
            Departure("\"records\"", "\"strict\":1,\"records\"", line: 1, "strict"),
            Departure("\"records\"", "\"note\":\"x\",\"records\"", line: 1, "note"),
            Departure("\"records\"", "\"8012\":\"x\",\"records\"", line: 1),
            Departure("{\"format\"", "\u{FEFF}{\"format\"", line: 1),
            Departure("{\"format\"", "\n{\"format\"", line: 1),
            Departure("\"correction\":4}}", "\"correction\":4}},", line: 1),
            Departure("\"correction\":4}}", "\"correction\":4}", line: 1),
        ])
    func header(_ departure: Departure) throws { try check(departure, in: SampleBatch.ndjson, .ndjson) }

    @Test(
        "A record of JSON is refused on its line",
        arguments: [
            Departure("\"points\":120", "\"points\":120.0", line: 2, "points"),
            Departure("\"points\":120", "\"points\":1e2", line: 2, "points"),
            Departure("\"points\":120", "\"points\":\"120\"", line: 2, "points"),
            Departure("\"points\":120", "\"points\":0120", line: 2, "points"),
            Departure("\"points\":120", "\"points\":+120", line: 2, "points"),
            Departure("\"points\":120", "\"points\":-0", line: 2, "points"),
            Departure("\"points\":120", "\"points\":-1", line: 2, "points"),
            Departure("\"points\":120", "\"points\":1000000001", line: 2, "points"),
            Departure("\"points\":120", "\"points\":10000000000000000999", line: 2, "points"),
            Departure("\"points\":120", "\"points\":null", line: 2, "points"),
            Departure("\"points\":120", "\"points\":", line: 2, "points"),
            Departure("\"points\":120", "\"points\":12 0", line: 2),
            Departure("\"points\":120", "\"points\":120,\"points\":120", line: 2, "points"),
            Departure("\"points\":120", "\"points\":120,\"point\\u0073\":120", line: 2, "points"),
            Departure("\"points\":120,", "", line: 2, "points"),
            Departure("\"points\":120", "\"Points\":120", line: 2, "Points"),
            Departure("\"points\":120", "\"points\":[120]", line: 2, "points"),
            Departure("\"points\":150", "\"points\":0", line: 3, "points"),
            Departure("\"amount\":12000", "\"amount\":1000000000000001", line: 2, "amount"),
            Departure("\"amount\":12000", "\"amount\":null", line: 2, "amount"),
            Departure("\"amount\":12000", "\"amuont\":12000", line: 2, "amuont"),
            Departure("\"id\":\"T-1\"", "\"id\":\"\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"T 1\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"T\\u00201\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"T\\\\1\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"T\\n\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"é\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"\\ud800\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":\"\u{7F}\"", line: 2, "id"),
            Departure("\"id\":\"T-1\"", "\"id\":1", line: 2, "id"),
            Departure(
                "\"id\":\"T-1\"", "\"id\":\"" + String(repeating: "x", count: 65) + "\"", line: 2, "id"),
            Departure("\"id\":\"T-1\",", "", line: 2, "id"),
            Departure("\"8012\"", "8012", line: 2, "member"),
            Departure("\"member\":\"8012\",", "", line: 2, "member"),
            Departure("\"earn\",\"member\"", "\"Earn\",\"member\"", line: 2, "type"),
            Departure("\"earn\",\"member\"", "\"reversal\",\"member\"", line: 2, "type"),
            Departure("\"type\":\"earn\",", "", line: 2, "type"),
            Departure("2026-01-10T10:22:33+08:00", "2026-01-10T10:22:33", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2026-01-10", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2026-01-10 10:22:33+08:00", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "1999-12-31T23:59:59.999Z", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2100-01-01T00:00:00Z", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2000-01-01T00:00:00+00:01", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2016-12-31T23:59:60Z", line: 2, "at"),
            Departure("2026-01-10T10:22:33+08:00", "2026-02-30T10:22:33Z", line: 2, "at"),
            Departure("\"ref\":\"T-1\"", "\"store\":\"T-1\"", line: 4, "ref"),
            Departure(",\"ref\":\"T-2\"", "", line: 5, "ref"),
            Departure("\"amount\":0", "\"ref\":\"T-1\"", line: 3, "ref"),
            Departure("\"ref\":\"T-1\"", "\"ref\":\"T-1\",\"amount\":1", line: 4, "amount"),
            Departure("\"amount\":0", "\"campaign\":\"c\"", line: 3, "campaign"),
            Departure("\"amount\":12000", "\"item\":\"i\"", line: 2, "item"),
            Departure("\"amount\":12000", "\"expires\":\"2026-12-31\"", line: 2, "expires"),
            Departure("2026-12-31", "2026-13-31", line: 6, "expires"),
            Departure("2026-12-31", "2026-12-31T00:00:00Z", line: 6, "expires"),
            Departure("{\"id\":\"T-6\"", "{\"id\":\"T-6\",\"amount\":1", line: 7, "amount"),
            Departure("\n{\"id\":\"T-3\"", "\n\n{\"id\":\"T-3\"", line: 4),
            Departure("\n{\"id\":\"T-3\"", "\n  \r\n{\"id\":\"T-3\"", line: 4),
            Departure("\n{\"id\":\"T-3\"", "\n[]\n{\"id\":\"T-3\"", line: 4),
            Departure("\n{\"id\":\"T-3\"", " {\"id\":\"T-3\"", line: 3),
            Departure("{\"id\":\"T-3\"", "{id:\"T-3\"", line: 4),
            Departure("{\"id\":\"T-3\"", "{,\"id\":\"T-3\"", line: 4),
            Departure("{\"id\":\"T-3\"", "{\"id\" \"T-3\"", line: 4),
            Departure("{\"id\":\"T-3\"", "{\"id\":'T-3'", line: 4, "id"),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1\",}", line: 4),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1\"", line: 4),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1\"}}", line: 4),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1\"}\0", line: 4),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1", line: 4, "ref"),
            Departure("\"ref\":\"T-1\"}", "\"ref\":\"T-1\"} // a note", line: 4),
            Departure("\"campaign\":\"spring\"}\n", "\"campaign\":\"spring\"}\n\n", line: 9),
        ])
    func record(_ departure: Departure) throws { try check(departure, in: SampleBatch.ndjson, .ndjson) }

    @Test(
        "CSV is refused on the line of its row",
        arguments: [
            Departure("settled-batch/1,", "settled-batch/1 ,", line: 1, "format"),
            Departure("settled-batch/1,", "format=settled-batch/1,", line: 1, "format"),
            Departure(",merchant=M", ",format=settled-batch/1,merchant=M", line: 1, "format"),
            Departure(",merchant=M", "", line: 1, "merchant"),
            Departure(",merchant=M", ",merchant=", line: 1, "merchant"),
            Departure(",merchant=M", ",merchant = M", line: 1),
            Departure(",merchant=M", ",merchant", line: 1),
            Departure(",merchant=M", ",merchant=M,merchant=M", line: 1, "merchant"),
            Departure("sequence=17", "sequence=017", line: 1, "sequence"),
            Departure("sequence=17", "sequence= 17", line: 1, "sequence"),
            Departure("sequence=17", "sequence=17 ", line: 1, "sequence"),
            Departure("sequence=17", "sequence=", line: 1, "sequence"),
            Departure("records=7", "records=7,totals=7", line: 1, "totals"),
            Departure("records=7", "records=7,strict=yes", line: 1, "strict"),
            Departure("records=7", "records=7,strict=TRUE", line: 1, "strict"),
            Departure("totals.earn=120", "totals.earned=120", line: 1, "totals.earned"),
            Departure("totals.earn=120", "totals.earn=120,totals.earn=120", line: 1, "totals.earn"),
            Departure("totals.earn=120", "totals.earn=1.2e2", line: 1, "totals.earn"),
            Departure("id,type,member", "id,Type,member", line: 2, "Type"),
            Departure("id,type,member", "id,type,type", line: 2, "type"),
            Departure("id,type,member,", "id,type,,", line: 2),
            Departure("id,type,member,", "id,type,", line: 2, "member"),
            Departure("id,type,member,", "id ,type,member,", line: 2),
            Departure("T-1,earn", "T-1,earn,", line: 3),
            Departure("T-1,earn", "T-1", line: 3),
            Departure("T-1,earn", ",earn", line: 3, "id"),
            Departure("T-1,earn", "T 1,earn", line: 3, "id"),
            Departure("T-1,earn", "\"T\"\"1\",earn", line: 3, "id"),
            Departure("T-1,earn", "\"T-1\"x,earn", line: 3),
            Departure("T-1,earn", "T\"-1,earn", line: 3),
            Departure("T-1,earn", "\"T-1,earn", line: 3),
            Departure("T-1,earn", "\"T\n1\",earn", line: 3, "id"),
            Departure("T-1,earn", "T\r1,earn", line: 3),
            Departure("T-1,earn", "T\t1,earn", line: 3),
            Departure("T-1,earn", "T\01,earn", line: 3),
            Departure("T-1,earn", "é,earn", line: 3, "id"),
            Departure("8012,120,", "8012,\"1,20\",", line: 3, "points"),
            Departure("8012,120,", "8012,+120,", line: 3, "points"),
            Departure("8012,120,", "8012,120.0,", line: 3, "points"),
            Departure("8012,120,", "8012,120x,", line: 3, "points"),
            Departure("8012,120,", "8012,0120,", line: 3, "points"),
            Departure("8012,120,", "8012,,", line: 3, "points"),
            Departure(",12000,", ",-1,", line: 3, "amount"),
            Departure(",T-1,,", ",,,", line: 5, "ref"),
            Departure("2026-12-31", "31.12.2026", line: 7, "expires"),
            Departure("spring,", "spring,mug", line: 9, "item"),
            Departure("spring,\n", "spring,\n\n", line: 10),
        ])
    func csv(_ departure: Departure) throws { try check(departure, in: SampleBatch.csv, .csv) }

    @Test(
        "Nothing, or nothing but white space, is malformed",
        arguments: ["", "\n", " ", "\r\n", "\u{FEFF}", "\0"])
    func nothing(text: String) {
        for form in BatchForm.allCases {
            #expect(malformation(of: text, form: form)?.code == .malformed)
            #expect(malformation(of: text, form: form)?.line == 1)
        }
    }

    @Test("The first malformed line decides, whatever is wrong on later ones")
    func firstLine() {
        let lines = SampleBatch.ndjson.replacing("\"T-2\"", with: "2").replacing("\"T-5\"", with: "\"\"")
        #expect(malformation(of: lines)?.line == 3)
        #expect(malformation(of: lines.replacing("\"sequence\"", with: "\"sequenz\""))?.line == 1)
    }

    @Test("A byte that is not UTF-8 is refused wherever it stands", arguments: BatchForm.allCases)
    func encoding(form: BatchForm) throws {
        let good = Array((form == .csv ? SampleBatch.csv : SampleBatch.ndjson).utf8)
        for position in stride(from: 0, to: good.count, by: 7) {
            var bytes = good
            bytes.insert(0xFF, at: position)
            #expect(throws: BatchRefusal.self) { try BatchContent(parsing: bytes, form: form) }
        }
    }

    @Test("A value nested 100,000 deep is refused, not descended into")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(malformation(of: SampleBatch.header + "\n{\"id\":" + deep)?.field == "id")
        #expect(malformation(of: "{\"totals\":" + deep)?.field == "totals")
    }
}
