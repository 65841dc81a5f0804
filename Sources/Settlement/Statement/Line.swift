/// The kinds of statement lines, in the order of the table in rulebook §6.
public enum LineKind: Int, Hashable, Comparable, Sendable, CaseIterable {
    case issue, issueReversal, redemptionCharge, redemptionChargeReversal, redemptionPayout
    case redemptionPayoutReversal, expiryRefund, redeemFee, periodFee, vat, adjustment

    public static func < (left: LineKind, right: LineKind) -> Bool { left.rawValue < right.rawValue }

    /// The name on statements.
    public var name: String { "\(text)" }

    /// The same, where it costs nothing.
    var text: StaticString {
        switch self {
        case .issue: "issue"
        case .issueReversal: "issue_reversal"
        case .redemptionCharge: "redemption_charge"
        case .redemptionChargeReversal: "redemption_charge_reversal"
        case .redemptionPayout: "redemption_payout"
        case .redemptionPayoutReversal: "redemption_payout_reversal"
        case .expiryRefund: "expiry_refund"
        case .redeemFee: "redeem_fee"
        case .periodFee: "period_fee"
        case .vat: "vat"
        case .adjustment: "adjustment"
        }
    }

    /// The account of the operator's books against which it posts: a debit there where it is owed to the merchant.
    /// Rulebook §6.
    public var account: String {
        switch self {
        case .issue, .issueReversal: Journal.pool
        case .redemptionCharge, .redemptionChargeReversal, .redemptionPayout, .redemptionPayoutReversal:
            Journal.margin
        case .expiryRefund: Journal.breakage
        case .redeemFee, .periodFee: Journal.fees
        case .vat: Journal.vat
        case .adjustment: Journal.adjustments
        }
    }
}

/// What makes one line of many movements: each distinct key is one line. Rulebook §6.
public struct LineKey: Hashable, Comparable, Sendable {
    public let kind: LineKind
    public var counterparty: MerchantID?
    public var price: Price?
    public var rate: Fraction?
    public var reference: String?

    /// The order of statement lines: kind, counterparty (absent first), price, rate, reference.
    public static func < (left: LineKey, right: LineKey) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        if left.counterparty != right.counterparty {
            return absentFirst(left.counterparty, right.counterparty)
        }
        if left.price != right.price { return absentFirst(left.price, right.price) }
        if left.rate != right.rate { return absentFirst(left.rate, right.rate) }
        return absentFirst(left.reference, right.reference)
    }
}

extension LineKey: CustomStringConvertible {
    /// As a person names the line: kind, counterparty, price, rate, reference, those that it has.
    public var description: String {
        [
            kind.name, counterparty?.text, price.map { "price \($0)" }, rate.map { "rate \($0)" }, reference,
        ].compactMap(\.self).joined(separator: " ")
    }
}

/// One line of a statement.
public struct Line: Hashable, Sendable {
    public let key: LineKey
    /// Not negative; nil on fees, VAT and adjustments.
    public let points: Points?
    /// Positive is owed to the merchant.
    public let amount: Money
}

private func absentFirst<Value: Comparable>(_ left: Value?, _ right: Value?) -> Bool {
    guard let right else { return false }
    guard let left else { return true }
    return left < right
}
