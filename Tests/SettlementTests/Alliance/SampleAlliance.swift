import Settlement

/// A small alliance that has one of everything.
enum SampleAlliance {
    static func alliance(
        timezone: String = "Europe/Berlin", expiry: Expiry? = nil, start: String = "2026-01-01"
    ) -> Alliance {
        Alliance(
            id: AllianceID("sample")!, name: "Sample", currency: Currency(code: "EUR", exponent: 2),
            timezone: timezone, period: .month, expiry: expiry, start: LocalDate(start)!,
            merchants: [m, n],
            campaigns: [
                Campaign(
                    id: CampaignID("priced")!, sponsor: n.id, from: LocalDate("2026-01-05")!,
                    until: LocalDate("2026-01-31")!, funding: .issue, issuePrice: Price("0.03")!,
                    breakageShare: .zero),
                Campaign(id: CampaignID("plain")!, sponsor: n.id, from: LocalDate("2026-01-01")!),
            ],
            items: [
                Item(
                    id: ItemID("kettle")!, supplier: n.id, points: Points(100), redeemPrice: Price("0.004")!,
                    from: LocalDate("2026-01-01")!, until: LocalDate("2026-07-01")!)
            ])
    }

    /// Two terms.
    static let m = Merchant(
        id: MerchantID("M")!, name: "Merchant M",
        terms: [terms("2026-01-01", "0.01"), terms("2026-04-01", "0.02")])

    /// Suspended, then gone.
    static let n = Merchant(
        id: MerchantID("N")!, name: "Merchant N",
        statuses: [
            StatusChange(from: LocalDate("2026-02-10")!, status: .suspended),
            StatusChange(from: LocalDate("2026-03-10")!, status: .left),
        ],
        terms: [
            Terms(
                from: LocalDate("2026-01-01")!, funding: .redemption, issuePrice: Price("0.05")!,
                redeemPrice: Price("0.008")!, redeemFee: Fraction("0.2")!, periodFee: Money(1500),
                vat: Fraction("0.19")!, breakageShare: Fraction("0.25")!,
                maxPointsPerUnit: PointsPerUnit("1.5")!)
        ])

    static func terms(_ from: String, _ issuePrice: String) -> Terms {
        Terms(
            from: LocalDate(from)!, funding: .issue, issuePrice: Price(issuePrice)!,
            redeemPrice: Price("0.009")!,
            redeemFee: Fraction("0.1")!, breakageShare: Fraction("0.5")!)
    }

    /// The same with other terms of M.
    static func replacing(_ alliance: Alliance, termsFrom dates: [String]) -> Alliance {
        let merchant = Merchant(id: m.id, name: m.name, terms: dates.map { terms($0, "0.01") })
        return alliance.with(merchants: [merchant, n])
    }
}

extension Alliance {
    /// The same with some members replaced.
    func with(
        id: AllianceID? = nil, name: String? = nil, currency: Currency? = nil, timezone: String? = nil,
        period: PeriodLength? = nil, graceHours: Int? = nil, expiry: Expiry?? = nil, carryPeriods: Int? = nil,
        refundShortfall: RefundShortfall? = nil, maxAgeDays: Int? = nil, fourEyes: Bool? = nil,
        start: LocalDate? = nil, merchants: [Merchant]? = nil, campaigns: [Campaign]? = nil,
        items: [Item]? = nil
    ) -> Alliance {
        Alliance(
            id: id ?? self.id, name: name ?? self.name, currency: currency ?? self.currency,
            timezone: timezone ?? self.timezone, period: period ?? self.period,
            graceHours: graceHours ?? self.graceHours, expiry: expiry ?? self.expiry,
            carryPeriods: carryPeriods ?? self.carryPeriods,
            refundShortfall: refundShortfall ?? self.refundShortfall,
            maxAgeDays: maxAgeDays ?? self.maxAgeDays, fourEyes: fourEyes ?? self.fourEyes,
            payment: payment, start: start ?? self.start, merchants: merchants ?? self.merchants,
            campaigns: campaigns ?? self.campaigns, items: items ?? self.items)
    }
}

extension Merchant {
    func with(name: String? = nil, statuses: [StatusChange]? = nil, terms: [Terms]? = nil) -> Merchant {
        Merchant(
            id: id, name: name ?? self.name, statuses: statuses ?? self.statuses, terms: terms ?? self.terms)
    }
}
