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

    @Test("The record that made them names each payment once, and with none of them the debt's others")
    func paid() throws {
        let estate = try estate()
        let life = try #require(
            try RecordLife(
                RecordID(verified: "rr"), of: MerchantID(verified: "M"), in: estate.open.store,
                for: .merchant(MerchantID(verified: "M"))))
        #expect(life.paid.count == Self.count && life.debts.isEmpty)
        #expect(life.paid.allSatisfy { $0.payment.points == Points(1) && $0.reversal.id.text == "v" })
        #expect(Set(life.paid.map(\.payment.lot.id)).count == Self.count)
        let json = try members(life.bytes)
        let payments = try #require(json["paid"] as? [[String: Any]])
        #expect(payments.count == Self.count && payments.allSatisfy { $0["payments"] == nil })
    }

    @Test("The record that left it tells as many")
    func left() throws {
        let estate = try estate()
        let life = try #require(
            try RecordLife(
                RecordID(verified: "v"), of: MerchantID(verified: "M"), in: estate.open.store,
                for: .operator))
        let debt = try #require(life.debts.first)
        #expect(life.debts.count == 1 && life.paid.isEmpty && debt.owed == .zero)
        #expect(debt.points == Points(Int64(Self.count)) && debt.payments.count == Self.count)
    }
}
