import Settlement
import Signing
import Store

@testable import Service

/// Points of a campaign of S, which N hands out, are redeemed at M: plainly, and for a gift that S supplies. January is
/// closed, and in February one of the gifts is taken back.
struct CatalogueStory {
    let estate: Estate

    static let alliance =
        Estate.alliance + """
            - id: S
              name: Merchant S
              terms:
              - {from: 2026-01-01, funding: redemption, issue_price: '0.01', redeem_price: '0.01', redeem_fee: '0.1'}
              - {from: 2026-01-16, funding: redemption, issue_price: '0.01', redeem_price: '0.01', redeem_fee: '0.1'}
            campaigns:
            - {id: spring, sponsor: S, from: 2026-01-01, issue_price: '0.006'}
            items:
            - {id: tulips, supplier: S, points: 50, redeem_price: '0.0052', from: 2026-01-01}

            """

    init() throws {
        estate = try Estate(alliance: Self.alliance)
        try send("N", 1, [record("N-1", .earn, 400, day: 2, campaign: "spring")])
        try send(
            "M", 1,
            [
                record("M-1", .redeem, 40, day: 11), record("M-2", .redeem, 50, day: 12, item: "tulips"),
                record("M-3", .redeem, 100, day: 17, item: "tulips"),
            ])
        try send("S", 1, [record("S-1", .redeem, 10, day: 18)])
        try close(0, "2026-01-20T12:00:00Z")
        try send("M", 2, [record("M-4", .redeemReversal, 50, day: 19, ref: "M-2")], "2026-02-02T12:00:00Z")
        try close(1, "2026-02-20T12:00:00Z")
    }

    private func close(_ ordinal: Int, _ at: String) throws {
        try PeriodCloser(store: estate.open.store, signer: estate.open.signer)
            .close(ordinal, at: instant(at), forced: true)
    }

    private func send(
        _ merchant: String, _ sequence: Int64, _ records: [Settlement.Record],
        _ received: String = "2026-01-20T11:00:00Z"
    ) throws {
        let header = BatchHeader(
            merchant: MerchantID(verified: merchant), batch: BatchID(verified: "B-\(sequence)"),
            sequence: sequence, for: records)
        let bytes = BatchWriter.bytes(header, records, form: .ndjson)
        _ = try estate.intake.take(
            bytes, form: .ndjson, signature: estate.key(of: merchant).sign(bytes),
            received: instant(received))
    }

    private func record(
        _ id: String, _ type: RecordType, _ points: Int64, day: Int, ref: String? = nil,
        campaign: String? = nil, item: String? = nil
    ) -> Settlement.Record {
        Record(
            id: RecordID(verified: id), type: type, member: MemberID(verified: "ana"), points: Points(points),
            at: instant("2026-01-\(day < 10 ? "0" : "")\(day)T10:00:00Z"),
            ref: ref.map { RecordID(verified: $0) }, campaign: campaign.map { CampaignID(verified: $0) },
            item: item.map { ItemID(verified: $0) })
    }
}
