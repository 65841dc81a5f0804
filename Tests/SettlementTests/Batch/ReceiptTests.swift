import Settlement
import Signing
import Testing

@Suite("Receipts")
struct ReceiptTests {
    private let receipt = Receipt(
        alliance: AllianceID("sample")!, merchant: MerchantID("M")!, signer: .merchant,
        batch: BatchID("b-1")!,
        sequence: 17, digest: SHA256Digest(of: Array("batch".utf8)),
        received: Instant(rfc3339: "2026-01-15T12:00:00.5+01:00")!,
        counts: Receipt.Counts(records: 9, accepted: 6, duplicates: 1, refused: 2),
        refused: [
            RefusedRecord(line: 12, id: RecordID("T-9")!, code: .inFuture),
            RefusedRecord(line: 3, id: RecordID("T-1/2")!, code: .idReused),
        ],
        warnings: [Receipt.sequenceGap],
        periods: [
            Receipt.PeriodCount(period: "2026-02", records: 1),
            Receipt.PeriodCount(period: "2026-01", records: 5),
        ])

    private let text = """
        {"format":"settled-receipt/1","alliance":"sample","merchant":"M","signer":"merchant","batch":"b-1",\
        "sequence":17,"digest":"sha256:3c5c0a5e7a4e3ab4d3d1a9c9bb5ae2d3b8a2c1e7b8ec2a3bb9c9f2f2f3b6a1d0",\
        "received":"2026-01-15T11:00:00.500Z","counts":{"records":9,"accepted":6,"duplicates":1,"refused":2},\
        "refused":[{"line":3,"id":"T-1/2","code":"id_reused"},{"line":12,"id":"T-9","code":"in_future"}],\
        "warnings":["sequence_gap"],\
        "periods":[{"period":"2026-01","records":5},{"period":"2026-02","records":1}]}
        """

    private var canonical: String {
        text.replacing(/sha256:[0-9a-f]{64}/, with: SHA256Digest(of: Array("batch".utf8)).text)
    }

    @Test("The bytes are canonical, refused records by line, periods in order")
    func bytes() {
        #expect(String(decoding: receipt.bytes, as: UTF8.self) == canonical)
    }

    @Test("How many bytes it has at most is known before, whatever is listed")
    func mostBytes() {
        let line = Int(UInt32.max)
        for (records, periods) in [(0, 0), (0, 400), (1_000, 0), (1_000, 400)] {
            let refused = (0..<records).map { number in
                let code = RecordRefusalCode.allCases[number % RecordRefusalCode.allCases.count]
                let id = String(repeating: "i", count: 1 + number % 64)
                return RefusedRecord(line: line - number, id: RecordID(id)!, code: code)
            }
            let full = Receipt(
                alliance: AllianceID(String(repeating: "a", count: 64))!,
                merchant: MerchantID(String(repeating: "m", count: 40))!, signer: .operator,
                batch: BatchID(String(repeating: "b", count: 64))!, sequence: 1_000_000_000_000_000,
                digest: receipt.digest, received: receipt.received,
                counts: Receipt.Counts(
                    records: 1_000_000_000, accepted: 1_000_000_000, duplicates: 1_000_000_000,
                    refused: 1_000_000_000),
                refused: RefusedRecords(refused), warnings: [Receipt.sequenceGap, Receipt.exposureLimit],
                periods: (0..<periods).map { number in
                    Receipt.PeriodCount(period: "2026-11-24", records: 1_000_000_000 + Int64(number))
                })
            #expect(full.bytes.count <= full.mostBytes)
            #expect(full.mostBytes <= full.bytes.count * 2 + 2_048)
            let idBytes = RefusedRecords(refused).idBytes
            #expect(full.mostBytes <= Receipt.mostBytes(ofBatch: idBytes, records: records + periods))
        }
    }

    @Test("What is written reads back as it was")
    func roundTrip() throws {
        #expect(try Receipt(parsing: receipt.bytes) == receipt)
    }

    @Test(
        "Bytes that are not exactly a receipt's are refused",
        arguments: [
            ("{\"format\"", "{ \"format\""), ("settled-receipt/1", "settled-receipt/2"),
            ("\"sequence\":17", "\"sequence\":17.0"),
            ("\"sequence\":17", "\"sequence\":17,\"note\":1"), ("\"sequence\":17,", ""),
            ("\"M\"", "\"operator\""),
            ("\"signer\":\"merchant\"", "\"signer\":\"bank\""), ("in_future", "in_past"),
            ("\"line\":3", "\"line\":33"),
            ("[\"sequence_gap\"]", "[1]"), ("[\"sequence_gap\"]", "null"),
            ("11:00:00.500Z", "12:00:00.500+01:00"),
            ("sha256:", "SHA256:"), ("\"records\":1}]}", "\"records\":1}]}\n"),
            ("\"records\":1}]}", "\"records\":1}]"),
        ])
    func refused(found: String, put: String) {
        let bytes = Array(canonical.replacing(found, with: put).utf8)
        #expect(bytes != receipt.bytes)
        #expect(throws: ReceiptRefusal.self) { try Receipt(parsing: bytes) }
    }
}
