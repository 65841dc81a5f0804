/// Points of one member that were issued together. Rulebook §5.
public struct Lot: Hashable, Sendable {
    /// The record that made it.
    public let number: RecordNumber
    /// The merchant that reported that record.
    public let merchant: MerchantID
    public let id: RecordID
    /// Who answers for the points: the campaign's sponsor or the reporting merchant.
    public let issuer: MerchantID
    public let at: Instant
    /// The local midnight after the last valid day; nil: never.
    public let expiresAt: Instant?
    public let funding: Funding
    public let issuePrice: Price
    public let breakageShare: Fraction
    /// Brought in from an earlier programme: creating, recovering, expiring it makes no line.
    public let isOpening: Bool
    /// The campaign it was earned under, if any.
    public let campaign: CampaignID?
    /// What set the price: the `from` of the terms, or the campaign's id.
    public let terms: TermsName
    /// As issued, at least 1.
    public let points: Points

    /// What the member still holds of it.
    public var open: Points
    /// What expired, points given back after the expiry included.
    public var expired = Points.zero
    /// The part of `expired` that reversals have met: neither recovered nor owed.
    public var expiredMet = Points.zero
    /// What reversals of its earn asked for so far.
    public var reversed = Points.zero

    public init(
        number: RecordNumber, merchant: MerchantID, id: RecordID, issuer: MerchantID, at: Instant,
        expiresAt: Instant?, funding: Funding, issuePrice: Price, breakageShare: Fraction, isOpening: Bool,
        campaign: CampaignID?, terms: TermsName, points: Points
    ) {
        self.number = number
        self.merchant = merchant
        self.id = id
        self.issuer = issuer
        self.at = at
        self.expiresAt = expiresAt
        self.funding = funding
        self.issuePrice = issuePrice
        self.breakageShare = breakageShare
        self.isOpening = isOpening
        self.campaign = campaign
        self.terms = terms
        self.points = points
        open = points
    }
}

/// A piece that a redemption took from a lot. Rulebook §5.
public struct Allocation: Hashable, Sendable {
    public let redemption: RecordNumber
    /// 0, 1, 2 … within its redemption, in order of consumption.
    public let ordinal: Int
    public let lot: RecordNumber
    public let points: Points
    /// The item's supplier or the reporting merchant.
    public let redeemer: MerchantID
    public let redeemPrice: Price
    public let feeRate: Fraction
    /// What set the redeem price: the `from` of the terms, or the item's id.
    public let terms: TermsName
    /// What reversals gave back of it so far.
    public var givenBack = Points.zero

    public init(
        redemption: RecordNumber, ordinal: Int, lot: RecordNumber, points: Points, redeemer: MerchantID,
        redeemPrice: Price, feeRate: Fraction, terms: TermsName
    ) {
        self.redemption = redemption
        self.ordinal = ordinal
        self.lot = lot
        self.points = points
        self.redeemer = redeemer
        self.redeemPrice = redeemPrice
        self.feeRate = feeRate
        self.terms = terms
    }
}

/// Points a member owes an issuer, left by a reversal of an earn that was spent. Rulebook §5.
public struct Debt: Hashable, Sendable {
    public let issuer: MerchantID
    /// The lot whose reversal left it.
    public let lot: RecordNumber
    public var points: Points

    public init(issuer: MerchantID, lot: RecordNumber, points: Points) {
        self.issuer = issuer
        self.lot = lot
        self.points = points
    }
}

/// One change of what a member owes. Rulebook §5.
public struct DebtChange: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A reversal left the debt.
        case left
        /// Points were taken from a lot for it.
        case paid
        /// Points given back to the debt's own lot, which had expired, lessened it.
        case lessened
    }

    public let kind: Kind
    /// Which: those of the input are counted first, then those that this period left, each from its oldest on.
    public let debt: Int
    /// Position in `MemberOutput.events` of what caused it.
    public let event: Int
    /// Position in `MemberOutput.lots`: of what was paid, the lot that the points were taken from, else the debt's own.
    public let lot: Int
    /// At least 1.
    public let points: Points
}
