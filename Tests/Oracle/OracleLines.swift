/// A statement line, its key being all but points and amount (rulebook §6).
public struct OracleLine: Sendable {
    public let kind: String
    public let counterparty: String?
    public let price: OracleDecimal?
    public let rate: OracleDecimal?
    public let reference: String?
    public var points: Int64?
    public var amount: Int64 = 0
    /// Before rounding, in millionths of millionths of a minor unit.
    var exact: Int128 = 0

    init(
        _ kind: String, counterparty: String? = nil, price: OracleDecimal? = nil, rate: OracleDecimal? = nil,
        reference: String? = nil, points: Int64? = nil, amount: Int64 = 0
    ) {
        (self.kind, self.counterparty, self.price) = (kind, counterparty, price)
        (self.rate, self.reference, self.points, self.amount) = (rate, reference, points, amount)
    }

    /// The rows of the table of §6, in its order.
    static let kinds = [
        "issue", "issue_reversal", "redemption_charge", "redemption_charge_reversal", "redemption_payout",
        "redemption_payout_reversal", "expiry_refund", "redeem_fee", "period_fee", "vat", "adjustment",
    ]

    func hasKey(of other: OracleLine) -> Bool {
        kind == other.kind && counterparty == other.counterparty && price == other.price && rate == other.rate
            && reference == other.reference
    }

    /// "Lines are sorted by the order of this table, then counterparty (absent first), price, rate (as
    /// numbers), reference (bytes)."
    func stands(before other: OracleLine) -> Bool {
        firstDifference(
            before(Self.kinds.firstIndex(of: kind) ?? -1, Self.kinds.firstIndex(of: other.kind) ?? -1),
            absentFirst(counterparty, other.counterparty, bytesPrecede), absentFirst(price, other.price, <),
            absentFirst(rate, other.rate, <), absentFirst(reference, other.reference, bytesPrecede))
    }
}

/// Makes the lines of one merchant from what happened to points in a period.
struct OracleLines {
    let merchant: String
    /// Minor units in a major one.
    let unit: Int64
    private(set) var lines: [OracleLine] = []

    init(_ merchant: String, unit: Int64, _ movements: [OracleMovement]) {
        (self.merchant, self.unit) = (merchant, unit)
        for movement in movements {
            if movement.lot.issuer == merchant { addAsIssuer(movement) }
            if movement.allocation?.redeemer == merchant { addAsRedeemer(movement) }
        }
        // "each line is rounded once, half to even"
        for index in lines.indices {
            lines[index].amount = halfEven(lines[index].exact, over: 1_000_000_000_000)
        }
    }

    private mutating func addAsIssuer(_ movement: OracleMovement) {
        let (lot, points) = (movement.lot, movement.points)
        let isPrepaid = lot.funding == "issue"
        switch movement.kind {
        // "Creating, recovering or expiring an `opening` lot makes no line".
        case .issue where isPrepaid && !lot.isOpening:
            add(sponsored("issue", lot), points, -1, lot.issuePrice)
        case .recovery where isPrepaid && !lot.isOpening:
            add(sponsored("issue_reversal", lot), points, 1, lot.issuePrice)
        case .expiry where isPrepaid && !lot.isOpening:
            let line = OracleLine("expiry_refund", price: lot.issuePrice, rate: lot.breakageShare)
            add(line, points, 1, lot.issuePrice, times: lot.breakageShare)
        // "spending it does as usual"
        case .consumption where !isPrepaid:
            add(charge("redemption_charge", movement), points, -1, lot.issuePrice)
        case .givingBack where !isPrepaid:
            add(charge("redemption_charge_reversal", movement), points, 1, lot.issuePrice)
        default:
            break
        }
    }

    private mutating func addAsRedeemer(_ movement: OracleMovement) {
        guard let allocation = movement.allocation else { return }
        let isBack = movement.kind == .givingBack
        let line = OracleLine(
            isBack ? "redemption_payout_reversal" : "redemption_payout", counterparty: movement.lot.issuer,
            price: allocation.redeemPrice, rate: allocation.feeRate)
        add(line, movement.points, isBack ? -1 : 1, allocation.redeemPrice)
    }

    /// "reporting merchant and campaign if sponsored, price"; the counterparty is "of a campaign's, the
    /// reporting merchant, even where that is the sponsor".
    private func sponsored(_ kind: String, _ lot: OracleLot) -> OracleLine {
        let campaign = lot.record.campaign
        let reporter = campaign == nil ? nil : lot.record.merchant
        return OracleLine(kind, counterparty: reporter, price: lot.issuePrice, reference: campaign)
    }

    private func charge(_ kind: String, _ movement: OracleMovement) -> OracleLine {
        OracleLine(kind, counterparty: movement.allocation?.redeemer, price: movement.lot.issuePrice)
    }

    private mutating func add(
        _ key: OracleLine, _ points: Int64, _ sign: Int128, _ price: OracleDecimal,
        times share: OracleDecimal = OracleDecimal(millionths: 1_000_000)
    ) {
        let value = Int128(points) * Int128(price.millionths) * Int128(share.millionths) * Int128(unit)
        let index = lines.firstIndex { $0.hasKey(of: key) } ?? lines.count
        if index == lines.count { lines.append(key) }
        lines[index].points = (lines[index].points ?? 0) + points
        lines[index].exact += sign * value
    }

    /// The fee, VAT and adjustment lines, which stand on the rounded lines of points.
    mutating func addFees(periodFee: Int64, vat: OracleDecimal, adjustments: [OracleBooking]) {
        let payouts = lines.filter { $0.kind.hasPrefix("redemption_payout") }
        // "− (sum of the rounded payout and payout reversal lines of that rate) × rate"
        for rate in Set(payouts.compactMap(\.rate)).sorted() {
            let base = payouts.filter { $0.rate == rate }.reduce(Int128(0)) { $0 + Int128($1.amount) }
            let fee = halfEven(-base * Int128(rate.millionths), over: 1_000_000)
            lines.append(OracleLine("redeem_fee", rate: rate, amount: fee))
        }
        lines.append(OracleLine("period_fee", amount: -periodFee))
        // "(sum of the rounded fee lines) × VAT rate"
        let fees = lines.filter { $0.kind.hasSuffix("_fee") }.reduce(Int128(0)) { $0 + Int128($1.amount) }
        let tax = halfEven(fees * Int128(vat.millionths), over: 1_000_000)
        lines.append(OracleLine("vat", rate: vat, amount: tax))
        for booking in adjustments {
            lines.append(OracleLine("adjustment", reference: booking.reference, amount: booking.amount))
        }
        // "Lines whose points and amount are both zero are left out; a line of points with amount 0 stays."
        lines = lines.filter { ($0.points ?? 0) != 0 || $0.amount != 0 }.sorted { $0.stands(before: $1) }
    }
}
