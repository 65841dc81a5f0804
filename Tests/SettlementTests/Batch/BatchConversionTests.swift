import Settlement
import Testing

@Suite("A batch in the other form")
struct BatchConversionTests {
    private func converted(_ bytes: [UInt8], _ from: BatchForm, _ to: BatchForm) throws -> [UInt8] {
        var out: [UInt8] = []
        try BatchConversion(from: from, to: to).run(bytes) { out += $0 }
        return out
    }

    @Test("Both forms of a batch with everything in it become each other")
    func sample() throws {
        let (ndjson, csv) = (Array(SampleBatch.ndjson.utf8), Array(SampleBatch.csv.utf8))
        let asCSV = try converted(ndjson, .ndjson, .csv)
        let asNDJSON = try converted(csv, .csv, .ndjson)
        for (bytes, form) in [(asCSV, BatchForm.csv), (asNDJSON, .ndjson)] {
            let content = try BatchContent(parsing: bytes, form: form)
            #expect(content.header == SampleBatch.content.header)
            #expect(content.records.map(\.record) == SampleBatch.expected)
        }
    }

    @Test(
        "There and back gives the same bytes, of batches in the form that we write",
        arguments: BatchForm.allCases)
    func roundTrip(form: BatchForm) throws {
        let other: BatchForm = form == .csv ? .ndjson : .csv
        // Many pieces of output, a column that only the last record fills, none at all.
        for count in [0, 1, 5_000] {
            let records = (0..<count).map { number in
                Record(
                    id: RecordID(verified: "R-\(number)"), type: .earn,
                    member: MemberID(verified: "m/\(number % 7)"),
                    points: Points(Int64(number)), amount: number % 2 == 0 ? Money(0) : nil,
                    at: Instant(milliseconds: 1_770_000_000_000 + Int64(number)),
                    store: number == count - 1 ? StoreID(verified: "=1+2") : nil)
            }
            let header = BatchHeader(
                merchant: MerchantID(verified: "M"), batch: BatchID(verified: "B"), sequence: 3, for: records,
                strict: count == 1)
            let bytes = BatchWriter.bytes(header, records, form: form)
            let there = try converted(bytes, form, other)
            #expect(there == BatchWriter.bytes(header, records, form: other))
            #expect(try converted(there, other, form) == bytes)
        }
    }

    @Test("A count or total that is wrong stays as it is; what is malformed gives nothing at all")
    func wrong() throws {
        let wrong = SampleBatch.ndjson.replacing("\"records\":7", with: "\"records\":8")
        let csv = try converted(Array(wrong.utf8), .ndjson, .csv)
        #expect(String(decoding: csv, as: UTF8.self).contains("records=8"))
        var out: [UInt8] = []
        let broken = Array((SampleBatch.ndjson + "{}\n").utf8)
        let refusal = #expect(throws: BatchRefusal.self) {
            try BatchConversion(from: .ndjson, to: .csv).run(broken) { out += $0 }
        }
        #expect(refusal?.line == 9 && out.isEmpty)
    }

    /// The same, of bytes that come in pieces of this size.
    private func converted(
        _ bytes: [UInt8], _ from: BatchForm, _ to: BatchForm, pieces size: Int
    ) throws -> [UInt8] {
        let conversion = BatchConversion(from: from, to: to)
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
            Array(bytes[$0..<min($0 + size, bytes.count)])
        }
        var survey = conversion.survey()
        for piece in pieces { try survey.take(piece, isLast: false) }
        try survey.take([], isLast: true)
        var rewriting = conversion.rewriting(survey)
        var out: [UInt8] = []
        for piece in pieces { try rewriting.take(piece, isLast: false) { out += $0 } }
        try rewriting.take([], isLast: true) { out += $0 }
        return out
    }

    /// Batches of every shape: quotes, doubled ones, line ends in cells, marks, CRLF, no last line end.
    static let shapes: [(form: BatchForm, text: String)] = [
        (.ndjson, SampleBatch.ndjson), (.csv, SampleBatch.csv),
        (.ndjson, SampleBatch.ndjson.replacing("\n", with: "\r\n")),
        (.ndjson, String(SampleBatch.ndjson.dropLast())),
        (.csv, "\u{feff}" + SampleBatch.csv.replacing("\n", with: "\r\n")),
        (.csv, String(SampleBatch.csv.dropLast())),
        (.csv, "\u{feff}\"settled-batch/1\",merchant=M,batch=B,sequence=1,records=0\n"),
        // What is wrong is found in the same line, whatever the cuts.
        (.csv, SampleBatch.csv + "\u{feff}x,earn,m,1,2026-01-01T00:00:00Z\n"),
        (.csv, SampleBatch.csv + "\"never closed\nand more\n"),
        (.csv, SampleBatch.csv + "\"a\nb\"\"c\",\"\n\"x\n"),
        (.csv, SampleBatch.csv + "a\"b\nc\n"), (.csv, SampleBatch.csv + "\n"),
        (.ndjson, SampleBatch.ndjson + "\n"), (.ndjson, SampleBatch.ndjson + "{\"id\":\"x\n\"}"),
        (.ndjson, ""), (.csv, ""), (.csv, "settled-batch/1"), (.ndjson, "{"),
    ]

    @Test(
        "Cut anywhere, a batch becomes the same, and what is wrong with it is said of the same line",
        arguments: shapes)
    func pieces(form: BatchForm, text: String) throws {
        let bytes = Array(text.utf8)
        let other: BatchForm = form == .csv ? .ndjson : .csv
        var (expected, refusal): ([UInt8]?, BatchRefusal?)
        do { expected = try converted(bytes, form, other) } catch let error as BatchRefusal {
            refusal = error
        }
        do throws(BatchRefusal) { _ = try BatchContent(parsing: bytes, form: form) } catch {
            #expect(error == refusal)
        }
        for size in [1, 2, 3, 7, 64, 1000, 100_000] {
            do {
                #expect(try converted(bytes, form, other, pieces: size) == expected)
            } catch let error as BatchRefusal {
                #expect(error == refusal, "pieces of \(size)")
            }
        }
    }

    @Test("A row without end is refused before it takes all memory", arguments: BatchForm.allCases)
    func endless(form: BatchForm) throws {
        var survey = BatchConversion(from: form, to: form).survey()
        try survey.take(Array((form == .csv ? SampleBatch.csv : SampleBatch.ndjson).utf8), isLast: false)
        let blanks = [UInt8](repeating: UInt8(ascii: form == .csv ? "," : " "), count: 1 << 20)
        let refusal = #expect(throws: BatchRefusal.self) {
            for _ in 0..<20 { try survey.take(blanks, isLast: false) }
        }
        #expect(refusal?.line != nil)
    }
}
