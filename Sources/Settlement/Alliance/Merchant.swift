/// A partner of the alliance. Rulebook §2.
public struct Merchant: Hashable, Sendable {
    public let id: MerchantID
    public let name: String
    public let address: PostalAddress?
    /// The exposure that is warned of beyond it, minor units, 0 … 10^15; nil: none. It settles nothing.
    public let exposureLimit: Money?
    /// How it is paid and pays; nil: as the alliance says. It settles nothing.
    public let payment: PaymentDetails?
    /// Where its statements, receipts and notices are taken; nil: nowhere. It settles nothing.
    public let delivery: Destinations?
    /// Strictly ascending by `from`; before the first, active.
    public let statuses: [StatusChange]
    /// Strictly ascending by `from`; never empty.
    public let terms: [Terms]

    public init(
        id: MerchantID, name: String, address: PostalAddress? = nil, exposureLimit: Money? = nil,
        payment: PaymentDetails? = nil, delivery: Destinations? = nil, statuses: [StatusChange] = [],
        terms: [Terms]
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.exposureLimit = exposureLimit
        self.payment = payment
        self.delivery = delivery
        self.statuses = statuses
        self.terms = terms
    }
}

public enum MerchantStatus: String, Hashable, Sendable, CaseIterable { case active, suspended, left }

/// A status in force from the local midnight of `from` on.
public struct StatusChange: Hashable, Sendable {
    public let from: LocalDate
    public let status: MerchantStatus

    public init(from: LocalDate, status: MerchantStatus) {
        self.from = from
        self.status = status
    }
}

/// When an issuer pays for its points. Rulebook §2.
public enum Funding: String, Hashable, Sendable, CaseIterable {
    /// When it issues them: a prepaid pool.
    case issue
    /// When they are redeemed, wherever that is.
    case redemption
}

/// What a merchant pays and is paid, in force from the local midnight of `from` on.
public struct Terms: Hashable, Sendable {
    public let from: LocalDate
    public let funding: Funding
    /// What the issuer pays per point.
    public let issuePrice: Price
    /// What a redeemer is paid per point.
    public let redeemPrice: Price
    /// Fraction of payouts the redeemer pays the operator.
    public let redeemFee: Fraction
    /// Minor units a period, 0 … 10^15.
    public let periodFee: Money
    /// Fraction charged on the operator's fees.
    public let vat: Fraction
    /// Fraction of the issue price returned for expired points of `issue`-funded lots.
    public let breakageShare: Fraction
    /// Most points an earn without campaign may give per major unit of its amount.
    public let maxPointsPerUnit: PointsPerUnit?

    public init(
        from: LocalDate, funding: Funding, issuePrice: Price, redeemPrice: Price, redeemFee: Fraction = .zero,
        periodFee: Money = .zero, vat: Fraction = .zero, breakageShare: Fraction = .zero,
        maxPointsPerUnit: PointsPerUnit? = nil
    ) {
        self.from = from
        self.funding = funding
        self.issuePrice = issuePrice
        self.redeemPrice = redeemPrice
        self.redeemFee = redeemFee
        self.periodFee = periodFee
        self.vat = vat
        self.breakageShare = breakageShare
        self.maxPointsPerUnit = maxPointsPerUnit
    }
}

/// An action for which its sponsor issues the points, whoever reports the earn. Rulebook §2.
public struct Campaign: Hashable, Sendable {
    public let id: CampaignID
    public let sponsor: MerchantID
    public let from: LocalDate
    /// The first day after; nil: without end.
    public let until: LocalDate?
    /// Of its own, else the sponsor's.
    public let funding: Funding?
    public let issuePrice: Price?
    public let breakageShare: Fraction?

    public init(
        id: CampaignID, sponsor: MerchantID, from: LocalDate, until: LocalDate? = nil,
        funding: Funding? = nil,
        issuePrice: Price? = nil, breakageShare: Fraction? = nil
    ) {
        self.id = id
        self.sponsor = sponsor
        self.from = from
        self.until = until
        self.funding = funding
        self.issuePrice = issuePrice
        self.breakageShare = breakageShare
    }
}

/// A gift of the catalogue, redeemed at its supplier, whoever reports it. Rulebook §2.
public struct Item: Hashable, Sendable {
    public let id: ItemID
    public let supplier: MerchantID
    /// 1 … 10^9; a redemption's points are a multiple of it.
    public let points: Points
    public let redeemPrice: Price
    public let from: LocalDate
    /// The first day after; nil: without end.
    public let until: LocalDate?

    public init(
        id: ItemID, supplier: MerchantID, points: Points, redeemPrice: Price, from: LocalDate,
        until: LocalDate? = nil
    ) {
        self.id = id
        self.supplier = supplier
        self.points = points
        self.redeemPrice = redeemPrice
        self.from = from
        self.until = until
    }
}
