import Settlement
import Signing
import Store
import Testing

@testable import Service

/// A debt that was paid in very many parts, by one record.
@Suite("Many payments of one debt explained")
struct ManyPaymentsTests {
    private static let count = 3_000

    /// Ana earns single points and then as many in one lot, spends the single ones by r and the lot by s. The lot is taken
    /// back, which leaves a debt, and r is: each single point that it gives back pays one of the debt.
    private func estate() throws -> Estate {
        let estate = try Estate()
        let merchant = MerchantID(verified: "M")
        func record(
            _ id: String, _ type: RecordType, _ points: Int, _ day: Int, ref: String? = nil
        ) -> Settlement.Record {
            Record(
                id: RecordID(verified: id), type: type, member: MemberID(verified: "ana"),
                points: Points(Int64(points)), at: instant("2026-01-0\(day)T10:00:00Z"),
                ref: ref.map { RecordID(verified: $0) })
        }
        let records =
            (0..<Self.count).map { record("single-\($0)", .earn, 1, 2) } + [
                record("lot", .earn, Self.count, 3), record("r", .redeem, Self.count, 4),
                record("s", .redeem, Self.count, 5),
                record("v", .earnReversal, Self.count, 6, ref: "lot"),
                record("rr", .redeemReversal, Self.count, 7, ref: "r"),
            ]
        let header = BatchHeader(
            merchant: merchant, batch: BatchID(verified: "B-1"), sequence: 1, for: records)
        _ = try estate.take(BatchWriter.bytes(header, records, form: .ndjson))
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(0, at: instant("2026-02-03T00:00:00Z"), forced: true)
        return estate
    }

    private func life(_ id: String, in estate: Estate, for viewer: Explainer.Viewer) throws -> RecordLife {
        try #require(
            try RecordLife(
                RecordID(verified: id), of: MerchantID(verified: "M"), in: estate.open.store, for: viewer))
    }

    @Test("The record that made them names the first ones, each once, without the debt's others")
    func paid() throws {
        let estate = try estate()
        let life = try life("rr", in: estate, for: .merchant(MerchantID(verified: "M")))
        #expect(life.paidCount == Self.count && life.paid.count == RecordLife.most)
        #expect(life.debts.isEmpty && life.debtsCount == 0)
        #expect(life.paid.allSatisfy { $0.payment.points == Points(1) && $0.reversal.id.text == "v" })
        #expect(Set(life.paid.map(\.payment.lot.id)).count == RecordLife.most)
        // Each point was given back, and taken.
        let chapter = try #require(life.chapters.first)
        #expect(chapter.movementsCount == 2 * Self.count && chapter.movements.count == RecordLife.most)
        let json = try members(life.bytes)
        let payments = try #require(json["paid"] as? [[String: Any]])
        #expect(json["paid_count"] as? Int == Self.count && payments.count == RecordLife.most)
        #expect(payments.allSatisfy { $0["payments"] == nil && $0["points"] as? Int == 1 })
        let text = ExplanationText(life.schedule).lines(life)
        #expect(text.contains("  … and 2,000 more") && text.contains("  … and 5,000 more"))
    }

    @Test("The record that left it tells the first ones, and how many there are")
    func left() throws {
        let estate = try estate()
        let life = try life("v", in: estate, for: .operator)
        let debt = try #require(life.debts.first)
        #expect(life.debtsCount == 1 && life.paid.isEmpty && debt.owed == .zero)
        #expect(debt.points == Points(Int64(Self.count)) && debt.paymentsCount == Self.count)
        #expect(debt.payments.count == RecordLife.most)
        let json = try members(life.bytes)
        let written = try #require((json["debts"] as? [[String: Any]])?.first)
        #expect(written["payments_count"] as? Int == Self.count)
        #expect((written["payments"] as? [Any])?.count == RecordLife.most)
        #expect(ExplanationText(life.schedule).lines(life).contains("    … and 2,000 more"))
    }
}
