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
}
