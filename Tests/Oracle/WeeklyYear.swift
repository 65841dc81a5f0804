/// A year of weekly periods of four merchants, made from a seed, in the acceptance formats: most records are received
/// within the days after, some months late, in the spring nothing at all for three weeks; purchases are taken back long
/// after their period has closed, points expire, redemptions find nothing.
public struct WeeklyYear: Sendable {
    public let alliance: String
    public private(set) var records = ""
    public private(set) var bookings = ""
    public let through = "2026-W53"

    static let merchants = ["apo", "bus", "cafe", "deli"]
    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    /// Monday 2025-12-29, midnight in Berlin, and the 53 weeks from there on.
    private static let start: Int64 = 1_766_962_800_000
    private static let end = start + 53 * 7 * day
    /// Nobody reports in these weeks.
    private static let silence = start + 16 * 7 * day..<start + 19 * 7 * day

    private var numbers: RandomNumbers
    private var drafts: [RandomDraft] = []

    public init(seed: UInt64) {
        numbers = RandomNumbers(seed: seed)
        alliance = Self.allianceText
        for number in 0..<900 { drafts.append(record(number)) }
        let rows = drafts.enumerated().sorted {
            ($0.element.received, $0.offset) < ($1.element.received, $1.offset)
        }
        records = ([RandomDraft.columns] + rows.map(\.element.row)).joined(separator: "\n") + "\n"
        bookings = bookingsText()
    }

    /// Settles it by the oracle's lights.
    public func settled() throws -> [OraclePeriod] {
        try Oracle.run(alliance: alliance, records: records, bookings: bookings, through: through)
    }

    private mutating func record(_ number: Int) -> RandomDraft {
        let merchant = numbers.pick(Self.merchants)
        var draft = RandomDraft(
            merchant: merchant, id: "r\(number)", member: "m\(numbers.number(1...40))")
        draft.at = numbers.number(Self.start...Self.end - 1) / 1000 * 1000
        draft.points = numbers.number(1...200)
        switch numbers.number(1...20) {
        case 1...9: earn(&draft)
        case 10...14: draft.type = "redeem"
        case 15...18: reversal(&draft)
        case 19: (draft.type, draft.expires) = ("opening", numbers.happens(50) ? "2026-09-30" : "")
        default: draft.type = "correction"
        }
        draft.atText = RandomDraft.text(of: draft.at, &numbers, exact: true)
        draft.received = receipt(of: draft)
        return draft
    }

    private mutating func earn(_ draft: inout RandomDraft) {
        draft.type = "earn"
        if numbers.happens(30) { draft.amount = String(draft.points * 100) }
        if numbers.happens(20) { draft.campaign = "bonus" }
    }

    /// Of anything before it, mostly of long ago.
    private mutating func reversal(_ draft: inout RandomDraft) {
        let originals = drafts.filter { $0.type == "earn" || $0.type == "redeem" }
        guard !originals.isEmpty else { return draft.type = "redeem" }
        let original = numbers.pick(originals)
        draft = RandomDraft(merchant: original.merchant, id: draft.id, member: original.member)
        draft.type = original.type + "_reversal"
        draft.points = numbers.number(1...original.points)
        draft.at = min(original.at + numbers.number(0...12 * 7) * Self.day, Self.end - 1000)
        draft.ref = original.id
    }

    /// As text in UTC, which sorts as time does.
    private mutating func receipt(of draft: RandomDraft) -> String {
        let wait = numbers.happens(12) ? numbers.number(8...70) * Self.day : 0
        // All report at the same hours: the records of one merchant share their batches.
        let slot = 42 * Self.hour
        var received = (draft.at + wait) / slot * slot + slot
        if Self.silence.contains(received) { received = Self.silence.upperBound + slot }
        // Nobody reports once the year is over.
        received = min(received, Self.end)
        return RandomDraft.text(of: received, offset: 0)
    }

    private mutating func bookingsText() -> String {
        var rows = ["merchant,kind,reference,amount,date,reason"]
        for number in 1...60 {
            let kind = numbers.pick(["payment", "payment", "adjustment"])
            let date = OracleDate(year: 2025, month: 12, day: 29).adding(days: numbers.number(0...370)).text
            rows.append(
                "\(numbers.pick(Self.merchants)),\(kind),B\(number),\(numbers.number(1...5_000) - 2_501),\(date),because"
            )
        }
        return rows.joined(separator: "\n") + "\n"
    }

    private static let allianceText = """
        id: weekly
        name: Weekly
        currency: EUR
        timezone: Europe/Berlin
        period: week
        start: 2025-12-29
        grace: 30
        expiry:
          months: 3
          align: day
        carry_periods: 2
        refund_shortfall: debt
        max_age_days: 400
        merchants:
        - id: apo
          name: Merchant apo
          terms:
          - from: 2025-12-29
            funding: issue
            issue_price: '0.01'
            redeem_price: '0.0095'
            redeem_fee: '0.02'
            vat: '0.19'
            breakage_share: '0.5'
          - from: 2026-06-03
            funding: redemption
            issue_price: '0.0105'
            redeem_price: '0.01'
            redeem_fee: '0.025'
            vat: '0.19'
        - id: bus
          name: Merchant bus
          terms:
          - from: 2025-12-29
            funding: redemption
            issue_price: '0.012'
            redeem_price: '0.011'
            redeem_fee: '0.015'
            period_fee: 150
            vat: '0.19'
        - id: cafe
          name: Merchant cafe
          terms:
          - from: 2025-12-29
            funding: issue
            issue_price: '0.0075'
            redeem_price: '0.0066'
            vat: '0.07'
            breakage_share: '0.333333'
        - id: deli
          name: Merchant deli
          status:
          - from: 2025-12-29
            status: active
          - from: 2026-11-16
            status: left
          terms:
          - from: 2025-12-29
            funding: redemption
            issue_price: '0.009'
            redeem_price: '0.009'
            redeem_fee: '0.01'
        campaigns:
        - id: bonus
          sponsor: cafe
          from: 2026-02-01
          until: 2026-11-01
          issue_price: '0.0081'

        """
}
