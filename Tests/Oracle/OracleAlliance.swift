/// The alliance of rulebook §2, by the names of its members there.
public struct OracleAlliance: Sendable {
    public struct Terms: Sendable {
        public let from: OracleDate
        let funding: String
        let issuePrice: OracleDecimal
        let redeemPrice: OracleDecimal
        let redeemFee: OracleDecimal
        let periodFee: Int64
        let vat: OracleDecimal
        let breakageShare: OracleDecimal
        let maxPointsPerUnit: OracleDecimal?
    }

    public struct Merchant: Sendable {
        public let id: String
        let status: [(from: OracleDate, status: String)]
        let terms: [Terms]
    }

    public struct Campaign: Sendable {
        public let id: String
        let sponsor: String
        let from: OracleDate
        let until: OracleDate?
        let funding: String?
        let issuePrice: OracleDecimal?
        let breakageShare: OracleDecimal?
    }

    public struct Item: Sendable {
        public let id: String
        let supplier: String
        let points: Int64
        let redeemPrice: OracleDecimal
        let from: OracleDate
        let until: OracleDate?
    }

    public let id: String
    public let currency: String
    public let timezone: String
    public let period: String
    let graceHours: Int64
    /// §2: "`expiry` (none, or `months` N with `align` `month_end` or `day`, default `day`)".
    let expiry: (months: Int, align: String)?
    let carryPeriods: Int
    let refundShortfall: String
    let maxAgeDays: Int64
    public let start: OracleDate
    public let merchants: [Merchant]
    let campaigns: [Campaign]
    let items: [Item]

    /// ISO 4217: most currencies have two digits; these have none, these three.
    public var exponent: Int {
        if ["BIF", "CLP", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"].contains(currency) {
            return 0
        }
        return ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].contains(currency) ? 3 : 2
    }

    func merchant(_ id: String) -> Merchant? { merchants.first { $0.id == id } }
    func campaign(_ id: String) -> Campaign? { campaigns.first { $0.id == id } }
    func item(_ id: String) -> Item? { items.first { $0.id == id } }
}

extension OracleAlliance.Merchant {
    /// The terms in force at an instant, whatever the status; nil before they begin. §2: "in force from that
    /// local midnight".
    func terms(at instant: Int64, in zone: OracleZone) -> OracleAlliance.Terms? {
        terms.last { zone.midnight(of: $0.from) <= instant }
    }

    /// §2: "before the first, active".
    func status(at instant: Int64, in zone: OracleZone) -> String {
        status.last { zone.midnight(of: $0.from) <= instant }?.status ?? "active"
    }

    /// §2: "A period throughout which it has left".
    func hasLeft(throughout span: OracleSpan, in zone: OracleZone) -> Bool {
        let changes = status.filter { (span.start..<span.end).contains(zone.midnight(of: $0.from)) }
        return status(at: span.start, in: zone) == "left" && changes.allSatisfy { $0.status == "left" }
    }
}
