import Foundation
import Settlement
import Store
import Testing

@testable import Service

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
        ExplanationText(life.schedule).lines(life).joined(separator: "\n")
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

    @Test(
        "A redemption is told by the lines that it makes: what it is paid, by whose terms, and what is charged"
    )
    func lines() throws {
        let story = try CatalogueStory()
        let store = story.estate.open.store
        func life(_ id: String, _ merchant: String, for viewer: Explainer.Viewer) throws -> RecordLife {
            try #require(
                try RecordLife(
                    RecordID(verified: id), of: MerchantID(verified: merchant), in: store, for: viewer))
        }
        let item = try life("M-2", "M", for: .operator)
        let taken = try #require(item.chapters.first?.movements.first)
        #expect(taken.priced == nil && taken.exact == nil)
        #expect(
            taken.lines.map { "\($0.merchant) \($0.key.kind.name) \($0.exact) \($0.priced)" } == [
                "S redemption_charge -30 campaign spring", "S redemption_payout 26 item tulips",
            ])
        let text = try text(item).components(separatedBy: "\n")
        #expect(
            text.contains(
                "    Payout for redemptions (redemption_payout) of S: 0.26 EUR, price 0.0052, rate 10%, by item tulips"
            ), "\(text)")
        let own = Explainer.Viewer.merchant(MerchantID(verified: "M"))
        #expect(try life("M-2", "M", for: own).chapters[0].movements.map(\.lines.count) == [0])
        let plain = try #require(try life("M-1", "M", for: own).chapters.first?.movements.first)
        #expect(
            plain.lines.map { "\($0.merchant) \($0.key) \($0.exact) \($0.priced)" } == [
                "M redemption_payout S price 0.01 rate 0 40 terms of M from 2026-01-01"
            ])
        // The earn is of S's campaign; what it is charged with is no matter of who reported it.
        let reporter = Explainer.Viewer.merchant(MerchantID(verified: "N"))
        #expect(try life("N-1", "N", for: reporter).chapters[0].movements.allSatisfy { $0.priced == nil })
        withExtendedLifetime(story) {}
    }

    @Test("A record that was refused alone is told with code, batch, line and time, and what it said")
    func refused() throws {
        let store = try Self.story.get().folder.openStore()
        defer { try? store.shut() }
        let id = RecordID(verified: "m5")
        let refusals = try #require(try RecordRefusals(id, of: MerchantID(verified: "M"), in: store))
        #expect(refusals.refused.map(\.code) == [.pointsExceedTerms])
        #expect(refusals.refused[0].line == 3 && refusals.refused[0].batch.batch.text == "B-4")
        #expect(refusals.refused[0].record?.points == Points(100))
        let text = ExplanationText(refusals.schedule).lines(refusals)
        #expect(
            text.prefix(5) == [
                "M/m5: refused alone, when its batch came", "",
                "earn M/m5: 100 points of dan at 2026-01-20T10:00:00+00:00", "  amount 1.00 EUR",
                "  received 2026-01-21T00:00:00+00:00 in batch B-4, line 3",
            ], "\(text)")
        #expect(
            text[5]
                == "  refused, points_exceed_terms: It gives more points for its amount than the terms allow."
        )
        #expect(text.contains { $0.hasPrefix("    signed by batch/M/1: ") })
        let json = try members(Array(refusals.json.utf8))
        #expect(json["state"] as? String == "refused" && json["code"] as? String == "points_exceed_terms")
        let first = try #require((json["refusals"] as? [[String: Any]])?.first)
        #expect(first["batch"] as? String == "B-4" && first["line"] as? Int == 3)
        #expect((first["record"] as? [String: Any])?["member"] as? String == "dan")
        // Neither what nobody sent nor what another merchant sent, nor a record that stands.
        #expect(try RecordRefusals(id, of: MerchantID(verified: "N"), in: store) == nil)
        #expect(try RecordRefusals(RecordID(verified: "m9"), of: MerchantID(verified: "M"), in: store) == nil)
        #expect(try RecordRefusals(RecordID(verified: "m1"), of: MerchantID(verified: "M"), in: store) == nil)
    }

    @Test(
        "A refusal is told in the life of a record that took its id later; a refusal that does not fit is damage"
    )
    func later() throws {
        let estate = try Estate()
        func send(
            _ batch: String, _ sequence: Int64, _ received: String, at: String = "2026-01-10T10:00:00Z"
        ) throws {
            let bytes = Estate.batch(batch, sequence: sequence, records: 1, at: at)
            let same = String(decoding: bytes, as: UTF8.self).replacing("\(batch)-0", with: "X")
            _ = try estate.take(Array(same.utf8), received: instant(received))
        }
        // Received before it happened, it is in the future.
        try send("B-1", 1, "2026-01-10T09:00:00Z")
        let (store, id, merchant) = (estate.open.store, RecordID(verified: "X"), MerchantID(verified: "M"))
        #expect(try RecordLife(id, of: merchant, in: store, for: .operator) == nil)
        #expect(
            try RecordRefusals(id, of: merchant, in: store)?.refused.map(\.code) == [.inFuture])
        try send("B-2", 2, "2026-01-10T11:00:00Z")
        let life = try #require(try RecordLife(id, of: merchant, in: store, for: .operator))
        #expect(life.origin.batch.batch.text == "B-2" && life.copies.map(\.code) == [.inFuture])
        try send("B-3", 3, "2026-01-10T12:00:00Z", at: "2026-01-10T10:30:00Z")
        let more = try #require(try RecordLife(id, of: merchant, in: store, for: .operator))
        let said = ExplanationText(more.schedule).lines(more)
        #expect(
            said[2...5] == [
                "  came before, 2026-01-10T09:00:00+00:00 in batch B-1, line 2: refused, in_future",
                "  came again 2026-01-10T12:00:00+00:00 in batch B-3, line 2: refused, id_reused",
                "    earn M/X: 100 points of member-0 at 2026-01-10T10:30:00+00:00", "",
            ], "\(said)")
        #expect(
            ExplanationText(more.schedule, .chinese).lines(more)[2]
                == "  此前收到：2026-01-10T09:00:00+00:00，批次B-1第2行：已拒绝，in_future")
        let copies = try #require(try members(more.bytes)["copies"] as? [[String: Any]])
        #expect(copies[0]["record"] == nil && copies[1]["code"] as? String == "id_reused")
        #expect((copies[1]["record"] as? [String: Any])?["at"] as? String == "2026-01-10T10:30:00.000Z")
        try tamper(
            with: estate.open.folder.databasePath, "UPDATE record_refusals SET id = 'Y'")
        let trouble = #expect(throws: StoreTrouble.self) {
            try RecordRefusals(RecordID(verified: "Y"), of: merchant, in: store)
        }
        #expect(trouble?.isDamage == true && trouble?.attempt == "read record_refusals, batch 1")
    }
}
