import Foundation
import Settlement
import Signing

/// The alliance, the keys and the moment that the tests of batches stand in.
///
/// In euros, by Berlin's months from January 2026, nothing older than 20 days. M and N issue and redeem, at
/// most 1.5 points a euro; S is suspended from February on; L leaves on 10 January; W's terms begin in March.
enum BatchSetting {
    static let received = Instant(rfc3339: "2026-01-15T12:00:00+01:00")!
    static let inFebruary = Instant(rfc3339: "2026-02-02T12:00:00+01:00")!

    static let schedule = Schedule(
        alliance: alliance,
        zone: try! ZoneRules(
            name: "Europe/Berlin",
            tzif: [UInt8](Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))))

    static let alliance = Alliance(
        id: AllianceID("sample")!, name: "Sample", currency: Currency(code: "EUR", exponent: 2),
        timezone: "Europe/Berlin", period: .month, maxAgeDays: 20, start: LocalDate("2026-01-01")!,
        merchants: [
            merchant("M"), merchant("N"),
            merchant("S", StatusChange(from: LocalDate("2026-02-01")!, status: .suspended)),
            merchant("L", StatusChange(from: LocalDate("2026-01-10")!, status: .left)),
            merchant("W", terms: "2026-03-01"),
        ],
        campaigns: [
            campaign("spring", by: "N"), campaign("gone", by: "L"), campaign("early", by: "W"),
        ],
        items: [item("mug", of: "N"), item("cup", of: "L"), item("jug", of: "W")])

    private static func merchant(_ id: String, terms: String = "2025-12-01", _ status: StatusChange...)
        -> Merchant
    {
        let price = Price("0.01")!
        return Merchant(
            id: MerchantID(id)!, name: "Merchant \(id)", statuses: status,
            terms: [
                Terms(
                    from: LocalDate(terms)!, funding: .issue, issuePrice: price, redeemPrice: price,
                    maxPointsPerUnit: PointsPerUnit("1.5")!)
            ])
    }

    private static func campaign(_ id: String, by sponsor: String) -> Campaign {
        Campaign(
            id: CampaignID(id)!, sponsor: MerchantID(sponsor)!, from: LocalDate("2026-01-05")!,
            until: LocalDate("2026-01-12")!)
    }

    private static func item(_ id: String, of supplier: String) -> Item {
        Item(
            id: ItemID(id)!, supplier: MerchantID(supplier)!, points: Points(100),
            redeemPrice: Price("0.02")!,
            from: LocalDate("2026-01-05")!, until: LocalDate("2026-01-12")!)
    }

    // MARK: Keys

    static let master = try! MasterSecret([UInt8](repeating: 7, count: 32))

    /// The first key of a merchant, or of the operator.
    static func key(of merchant: String?) -> SigningKey {
        merchant.map { master.batchKey(merchant: $0, version: 1) } ?? master.operatorKey(version: 1)
    }

    /// Finds every such key.
    static func find(_ id: String, revokedFrom: Instant? = nil) -> BatchKey? {
        for merchant in ["M", "N", "S", "L", "W", nil] where key(of: merchant).id == id {
            return BatchKey(
                verification: key(of: merchant).verification, merchant: merchant.flatMap { MerchantID($0) },
                revokedFrom: revokedFrom)
        }
        return nil
    }

    /// The bytes, signed by the first key of a merchant, or of the operator, and verified.
    static func verified(
        _ bytes: [UInt8], form: BatchForm = .ndjson, by merchant: String? = "M",
        at received: Instant = received
    ) throws(BatchRefusal) -> VerifiedBatch {
        let authentic = try AuthenticBatch(
            bytes: bytes, form: form, signature: key(of: merchant).sign(bytes), limit: 1_000_000,
            received: received, keys: { find($0) })
        return try VerifiedBatch(authentic, schedule: schedule, received: received)
    }
}

/// The refusal that `body` throws; nil if it throws none.
func refusal(_ body: () throws(BatchRefusal) -> Void) -> BatchRefusal? {
    do throws(BatchRefusal) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// The refusal of a text as the content of a batch; nil if it is none.
func malformation(of text: String, form: BatchForm = .ndjson) -> BatchRefusal? {
    refusal { () throws(BatchRefusal) in _ = try BatchContent(parsing: Array(text.utf8), form: form) }
}
