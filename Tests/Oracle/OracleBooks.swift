/// The operator's balanced journal, kept over the whole run (rulebook §6). Closing = opening + debit −
/// credit, so a debit adds to an account and a credit takes from it.
struct OracleBooks {
    private(set) var accounts: [String: Int64] = [:]
    /// What of `pool` belongs to the points of an issuer at a price.
    private var pools: [Bucket: Int64] = [:]

    struct Bucket: Hashable {
        let issuer: String
        let price: OracleDecimal
    }

    private mutating func post(_ amount: Int64, debit: String, credit: String) {
        accounts[debit] = fits64(Int128(accounts[debit] ?? 0) + Int128(amount))
        accounts[credit] = fits64(Int128(accounts[credit] ?? 0) - Int128(amount))
    }

    private mutating func post(_ amount: Int64, from bucket: Bucket, to account: String) {
        // Out of the pool is a debit of it: it stands there with a minus.
        post(amount, debit: "pool", credit: account)
        pools[bucket] = fits64(Int128(pools[bucket] ?? 0) + Int128(amount))
    }

    /// "Every statement line and payment posts between `receivable:<merchant>` and its account". What is owed
    /// to the merchant is a credit of its receivable: "`receivable:<merchant>` is minus the merchant's
    /// balance".
    mutating func post(_ statement: OracleStatement) {
        let receivable = "receivable:\(statement.merchant)"
        for line in statement.lines {
            post(line.amount, debit: Self.account(of: line.kind), credit: receivable)
            if line.kind.hasPrefix("issue"), let price = line.price {
                let bucket = Bucket(issuer: statement.merchant, price: price)
                pools[bucket] = fits64(Int128(pools[bucket] ?? 0) + Int128(line.amount))
            }
        }
        post(statement.payments, debit: "bank", credit: receivable)
    }

    private static func account(of kind: String) -> String {
        switch kind {
        case "issue", "issue_reversal": "pool"
        case "expiry_refund": "breakage"
        case "redeem_fee", "period_fee": "fees"
        case "vat": "vat"
        case "adjustment": "adjustments"
        default: "margin"
        }
    }

    /// "Besides, per issuer and issue price of `issue`-funded lots, half to even each, one posting each".
    mutating func releasePool(_ movements: [OracleMovement], open lots: [OracleLot], unit: Int64) {
        let moved = movements.filter { $0.lot.funding == "issue" }
        let held = lots.filter { $0.funding == "issue" }
        let buckets = Set(moved.map { bucket(of: $0.lot) } + held.map { bucket(of: $0) } + pools.keys)
        for bucket in buckets {
            release(bucket, moved.filter { self.bucket(of: $0.lot) == bucket }, unit)
            // "and what then remains between `pool` and half-even(points open × price) goes to `rounding`"
            let open = held.filter { self.bucket(of: $0) == bucket }.reduce(Int64(0)) { $0 + $1.left }
            let remains = -Self.value(open, bucket.price, unit) - (pools[bucket] ?? 0)
            post(remains, from: bucket, to: "rounding")
        }
    }

    private mutating func release(_ bucket: Bucket, _ moved: [OracleMovement], _ unit: Int64) {
        func value(_ kind: OracleMovement.Kind, opening: Bool) -> Int64 {
            Self.value(Self.points(moved, kind, opening: opening), bucket.price, unit)
        }
        // "points consumed less given back (opening lots included) release `pool` to `margin`"
        let consumed = [true, false].reduce(Int64(0)) {
            $0 + Self.points(moved, .consumption, opening: $1) - Self.points(moved, .givingBack, opening: $1)
        }
        post(Self.value(consumed, bucket.price, unit), from: bucket, to: "margin")
        // "points expired release `pool` to `breakage` (of opening lots, to `opening`)"
        post(value(.expiry, opening: false), from: bucket, to: "breakage")
        post(value(.expiry, opening: true), from: bucket, to: "opening")
        // "opening lots created credit `pool` from `opening`, recovered ones go back"
        post(-value(.issue, opening: true), from: bucket, to: "opening")
        post(value(.recovery, opening: true), from: bucket, to: "opening")
    }

    private func bucket(of lot: OracleLot) -> Bucket { Bucket(issuer: lot.issuer, price: lot.issuePrice) }

    private static func points(_ moved: [OracleMovement], _ kind: OracleMovement.Kind, opening: Bool) -> Int64
    {
        moved.filter { $0.kind == kind && $0.lot.isOpening == opening }.reduce(0) { $0 + $1.points }
    }

    /// Half-even(points × price) in minor units.
    static func value(_ points: Int64, _ price: OracleDecimal, _ unit: Int64) -> Int64 {
        halfEven(Int128(points) * Int128(price.millionths) * Int128(unit), over: 1_000_000)
    }
}
