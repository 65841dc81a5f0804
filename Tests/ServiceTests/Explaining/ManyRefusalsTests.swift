import Settlement
import Signing
import Store
import Testing

@testable import Service

/// An id that very many lines bore without becoming a record.
@Suite("Many lines of one id explained")
struct ManyRefusalsTests {
    private let id = RecordID(verified: "Z")
    private let merchant = MerchantID(verified: "M")

    /// So many equal records under the id in one batch.
    private func send(_ estate: Estate, _ sequence: Int64, lines: Int, at: String) throws {
        let record = Record(
            id: id, type: .earn, member: MemberID(verified: "ana"), points: Points(1), at: instant(at))
        let records = Array(repeating: record, count: lines)
        let header = BatchHeader(
            merchant: merchant, batch: BatchID(verified: "B-\(sequence)"), sequence: sequence, for: records)
        _ = try estate.take(BatchWriter.bytes(header, records, form: .ndjson))
    }

    @Test("The first refusals are told, and then the first copies of a record, with how many there are")
    func bounded() throws {
        let estate = try Estate()
        let store = estate.open.store
        // Before the alliance began.
        try send(estate, 1, lines: 700, at: "2025-12-01T00:00:00Z")
        try send(estate, 2, lines: 800, at: "2025-12-01T00:00:00Z")
        let refusals = try #require(try RecordRefusals(id, of: merchant, in: store))
        #expect(refusals.count == 1_500 && refusals.code == .beforeStart)
        #expect(refusals.refused.map(\.batch.sequence) == places && refusals.refused[999].line == 301)
        #expect(refusals.refused.allSatisfy { $0.code == .beforeStart && $0.record?.id == id })
        let json = try members(Array(refusals.json.utf8))
        #expect(json["refusals_count"] as? Int == 1_500)
        #expect((json["refusals"] as? [Any])?.count == RecordLife.most)
        #expect(ExplanationText(refusals.schedule).lines(refusals).contains("  … and 500 more"))

        try send(estate, 3, lines: 1, at: "2026-01-10T10:00:00Z")
        try send(estate, 4, lines: 1, at: "2026-01-10T10:00:00Z")
        let life = try #require(try RecordLife(id, of: merchant, in: store, for: .operator))
        #expect(life.origin.batch.sequence == 3 && life.copiesCount == 1_501)
        #expect(life.copies.map(\.batch.sequence) == places)
        #expect(try members(life.bytes)["copies_count"] as? Int == 1_501)
        #expect(ExplanationText(life.schedule).lines(life).contains("  … and 501 more"))
        // With room for all, the equal copy is the last.
        let all = try store.copies(of: id, merchant, most: 2_000)
        #expect(all.copies.count == 1_501 && all.count == 1_501 && all.unread.isEmpty)
        #expect(all.copies.last?.batch.sequence == 4 && all.copies.last?.code == nil)
    }

    /// The batches of the first thousand: all of the first, and the rest of the second.
    private let places = Array(repeating: Int64(1), count: 700) + Array(repeating: 2, count: 300)
}
