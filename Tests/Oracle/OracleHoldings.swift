/// §5: "`earn`, `opening` create a lot: member, issuer, points, `at`, `expires_at`, funding, issue price,
/// breakage share".
final class OracleLot {
    let record: OracleRecord
    let issuer: String
    let funding: String
    let issuePrice: OracleDecimal
    let breakageShare: OracleDecimal
    /// The last day on which it is good; nil is for ever.
    let lastDay: OracleDate?
    let expiresAt: Int64?
    /// What it holds.
    var left: Int64
    /// What expired of it and has not yet been set against a reversal, or a reversal's debt.
    var expiredUnclaimed: Int64 = 0

    var isOpening: Bool { record.type == "opening" }

    init(
        _ record: OracleRecord, issuer: String, funding: String, issuePrice: OracleDecimal,
        breakageShare: OracleDecimal, lastDay: OracleDate?, expiresAt: Int64?
    ) {
        self.record = record
        self.issuer = issuer
        self.funding = funding
        self.issuePrice = issuePrice
        self.breakageShare = breakageShare
        self.lastDay = lastDay
        self.expiresAt = expiresAt
        self.left = record.points
    }

    func hasExpired(by instant: Int64) -> Bool { expiresAt.map { $0 <= instant } ?? false }

    /// §5: "in order of (`expires_at`, never last; `at`; issuer; reporting merchant; id)".
    func isConsumed(before other: OracleLot) -> Bool {
        firstDifference(
            before(expiresAt ?? .max, other.expiresAt ?? .max), before(record.at, other.record.at),
            before(bytes: issuer, other.issuer), before(bytes: record.merchant, other.record.merchant),
            before(bytes: record.id, other.record.id))
    }
}

/// §5: "Each piece taken from a lot is an allocation: redemption, lot, points, issue price, redeem price, fee
/// rate."
final class OracleAllocation {
    let redemption: OracleRecord
    let lot: OracleLot
    let redeemer: String
    let redeemPrice: OracleDecimal
    let feeRate: OracleDecimal
    /// What has not been given back.
    var points: Int64

    init(
        _ redemption: OracleRecord, of lot: OracleLot, points: Int64, redeemer: String,
        redeemPrice: OracleDecimal, feeRate: OracleDecimal
    ) {
        self.redemption = redemption
        self.lot = lot
        self.points = points
        self.redeemer = redeemer
        self.redeemPrice = redeemPrice
        self.feeRate = feeRate
    }
}

/// §5: "A debt is points only", owed by the member to an issuer; it remembers the lot whose reversal left it.
final class OracleDebt {
    let lot: OracleLot
    var points: Int64

    init(_ lot: OracleLot, _ points: Int64) { (self.lot, self.points) = (lot, points) }

    var issuer: String { lot.issuer }
}

/// What happened to points of a lot, from which every line, flow and posting follows.
struct OracleMovement {
    enum Kind {
        case issue, recovery, consumption, givingBack, expiry
    }

    let kind: Kind
    let lot: OracleLot
    let points: Int64
    /// Of a consumption and of a giving back.
    let allocation: OracleAllocation?
}
