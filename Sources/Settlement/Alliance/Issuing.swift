/// On what terms points are issued: who answers for them, and what they cost. Rulebook §2.
public struct Issuing: Hashable, Sendable {
    /// The campaign's sponsor or the reporting merchant.
    public let issuer: MerchantID
    public let funding: Funding
    public let issuePrice: Price
    /// 0 for an opening.
    public let breakageShare: Fraction
    /// What set the price: the `from` of the terms, or the campaign's id.
    public let terms: TermsName

    public init(
        issuer: MerchantID, funding: Funding, issuePrice: Price, breakageShare: Fraction, terms: TermsName
    ) {
        self.issuer = issuer
        self.funding = funding
        self.issuePrice = issuePrice
        self.breakageShare = breakageShare
        self.terms = terms
    }
}

/// On what terms points are redeemed: who is paid, how much, and the fee. Rulebook §2.
public struct Redeeming: Hashable, Sendable {
    /// The item's supplier or the reporting merchant.
    public let redeemer: MerchantID
    public let redeemPrice: Price
    public let feeRate: Fraction
    /// What set the price: the `from` of the terms, or the item's id.
    public let terms: TermsName

    public init(redeemer: MerchantID, redeemPrice: Price, feeRate: Fraction, terms: TermsName) {
        self.redeemer = redeemer
        self.redeemPrice = redeemPrice
        self.feeRate = feeRate
        self.terms = terms
    }
}

extension Schedule {
    /// The terms of an `earn` or `opening` at its own `at`; nil for other types, of an unknown campaign, and
    /// where the issuer has no terms yet. Status and the campaign's days are not looked at.
    public func issuing(_ record: Record, by merchant: MerchantID) -> Issuing? {
        switch record.type {
        case .earn:
            guard let id = record.campaign else {
                return issuing(by: merchant, at: record.at) { $0.breakageShare }
            }
            return campaign(id).flatMap { issuing(under: $0, at: record.at) }
        case .opening: return issuing(by: merchant, at: record.at) { _ in .zero }
        case .redeem, .earnReversal, .redeemReversal, .correction: return nil
        }
    }

    @inline(__always)
    private func issuing(by issuer: MerchantID, at instant: Instant, share: (Terms) -> Fraction) -> Issuing? {
        guard let (terms, label) = labelledTerms(of: issuer, at: instant) else { return nil }
        return Issuing(
            issuer: issuer, funding: terms.funding, issuePrice: terms.issuePrice, breakageShare: share(terms),
            terms: label)
    }

    private func issuing(under campaign: Campaign, at instant: Instant) -> Issuing? {
        guard let (terms, label) = labelledTerms(of: campaign.sponsor, at: instant) else { return nil }
        return Issuing(
            issuer: campaign.sponsor, funding: campaign.funding ?? terms.funding,
            issuePrice: campaign.issuePrice ?? terms.issuePrice,
            breakageShare: campaign.breakageShare ?? terms.breakageShare,
            terms: campaign.issuePrice == nil ? label : TermsName(campaign.id))
    }

    /// The terms of a `redeem` at its own `at`; nil for other types, of an unknown item, and where the
    /// redeemer has no terms yet. Status and the item's days are not looked at.
    public func redeeming(_ record: Record, by merchant: MerchantID) -> Redeeming? {
        guard record.type == .redeem else { return nil }
        guard let id = record.item else {
            guard let (terms, label) = labelledTerms(of: merchant, at: record.at) else { return nil }
            return Redeeming(
                redeemer: merchant, redeemPrice: terms.redeemPrice, feeRate: terms.redeemFee, terms: label)
        }
        guard let item = item(id), let terms = terms(of: item.supplier, at: record.at) else { return nil }
        return Redeeming(
            redeemer: item.supplier, redeemPrice: item.redeemPrice, feeRate: terms.redeemFee,
            terms: TermsName(item.id))
    }

    /// The local midnight after the last valid day of points earned at this instant; nil: they never expire.
    public func expiresAt(earnedAt instant: Instant) -> Instant? {
        guard let expiry = alliance.expiry else { return nil }
        let sameDay = zone.localDate(at: instant).adding(months: expiry.months)
        let lastDay =
            switch expiry.align {
            case .day: sameDay
            case .monthEnd: sameDay.endOfMonth
            }
        return zone.midnight(of: lastDay.adding(days: 1))
    }

    /// The local midnight after an opening's `expires`; nil: they never expire.
    public func expiresAt(openingExpires lastDay: LocalDate?) -> Instant? {
        lastDay.map { zone.midnight(of: $0.adding(days: 1)) }
    }
}
