import Foundation
import Service
import Settlement
import Store
import Testing

/// What a record went through is told from its batch to what is left of it.
@Suite("A record's life")
struct RecordLifeTests {
    private static let story = Result { try LongStory() }

    private func life(
        _ id: String, of merchant: String, for viewer: Explainer.Viewer = .operator
    ) throws -> RecordLife? {
        let store = try Self.story.get().folder.openStore()
        defer { try? store.shut() }
        return try RecordLife(
            RecordID(verified: id), of: MerchantID(verified: merchant), in: store, for: viewer)
    }

    private func text(_ life: RecordLife) throws -> String {
        ExplanationText(zone: life.calendar.zone).lines(life).joined(separator: "\n")
    }

    @Test("An earn: its batch, its lot, who spent it, and the copy that came later")
    func earn() throws {
        let life = try #require(try life("m2", of: "M"))
        #expect(life.origin.line == 3 && life.origin.batch.batch.text == "B-1" && !life.origin.late)
        #expect(life.copies.map(\.batch.batch.text) == ["B-4"] && life.copies[0].code == nil)
        #expect(life.chapters.map(\.period.id) == ["2026-01", "2026-02"])
        #expect(life.chapters[0].movements.map(\.kind) == [.issue])
        #expect(life.chapters[1].movements.map(\.kind) == [.allocation, .restoration])
        #expect(life.chapters[1].movements[1].reversed?.id.text == "p2")
        #expect(life.chapters[1].lot?.open == Points(20))
        let text = try text(life)
        #expect(
            text.contains("came again 2026-01-21T00:00:00+00:00 in batch B-4, line 4: equal, ignored"),
            "\(text)")
        #expect(text.contains("signed by batch/P/1: "), "\(text)")
    }

    @Test("A late record, and one that was carried and then refused")
    func late() throws {
        let late = try #require(try life("n2", of: "N"))
        #expect(late.origin.late && late.standing.late)
        #expect(late.chapters.first?.effective == instant("2026-02-01T00:00:00Z"))
        let carried = try #require(try life("n3", of: "N"))
        #expect(carried.chapters.map(\.period.id) == ["2026-02", "2026-03"])
        #expect(carried.chapters.map(\.outcome) == [.pending(.originalUnknown), .refused(.originalUnknown)])
        #expect(carried.chapters[1].attempts == 1)
        #expect(try text(carried).contains("now: refused, original_unknown"))
        #expect(try life("m6", of: "M")?.standing.state == .open(period: 3))
        #expect(try life("m5", of: "M") == nil)
    }

    @Test("A merchant sees what brought its own records, and of others' no more than DETAILS.csv shows")
    func others() throws {
        let own = try #require(try life("m2", of: "M", for: .merchant(MerchantID(verified: "M"))))
        // P's redemption took from M's lot: M's details name it, but neither its batch nor how large it was.
        let allocation = try #require(own.chapters[1].movements.first)
        #expect(allocation.cause?.id.text == "p2" && allocation.cause?.points == nil)
        #expect(allocation.cause?.number == nil && allocation.terms != nil)
        #expect(Set(own.batches.map(\.merchant.text)) == ["M"])
        // P sees of M's lot its name, and nothing that M agreed on.
        let other = try #require(try life("p2", of: "P", for: .merchant(MerchantID(verified: "P"))))
        let taken = try #require(other.chapters.first?.movements.first)
        #expect(taken.lot.id.text == "m2" && taken.lot.at == nil && taken.lot.points == nil)
        #expect(taken.terms == nil && taken.lot.number == nil)
        #expect(other.chapters.allSatisfy { $0.lot == nil })
        #expect(!other.json.contains("batch/M/") && !other.json.contains("m-own"), "\(other.json)")
        #expect(try life("m2", of: "P", for: .merchant(MerchantID(verified: "P"))) == nil)
    }
}
