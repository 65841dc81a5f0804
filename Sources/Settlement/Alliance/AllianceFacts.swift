extension Alliance {
    /// One member's value as a person reads it.
    struct Fact: Hashable {
        /// As `merchants[M001].terms[2026-01-01].issue_price`.
        let path: String
        let value: String
    }

    /// Everything that it says, in the order of its members, defaults written out.
    var facts: [Fact] {
        var facts = [
            Fact(path: "id", value: id.text),
            Fact(path: "name", value: name),
            Fact(path: "currency", value: currency.code),
            Fact(path: "timezone", value: timezone),
            Fact(path: "period", value: period.rawValue),
            Fact(path: "grace", value: "\(graceHours)"),
            Fact(path: "expiry", value: expiry.map { "\($0.months) months, \($0.align.rawValue)" } ?? "none"),
            Fact(path: "carry_periods", value: "\(carryPeriods)"),
            Fact(path: "refund_shortfall", value: refundShortfall.rawValue),
            Fact(path: "max_age_days", value: "\(maxAgeDays)"),
            Fact(path: "start", value: start.description),
        ]
        if fourEyes { facts.append(Fact(path: "four_eyes", value: "true")) }
        if let payment { facts += payment.facts(at: "payment") }
        if let delivery { facts += delivery.facts(at: "delivery") }
        for merchant in merchants { facts += merchant.facts }
        for campaign in campaigns { facts += campaign.facts }
        for item in items { facts += item.facts }
        return facts
    }
}

private func facts(at path: String, _ members: KeyValuePairs<String, String?>) -> [Alliance.Fact] {
    members.compactMap { name, value in value.map { Alliance.Fact(path: "\(path).\(name)", value: $0) } }
}

extension Merchant {
    fileprivate var facts: [Alliance.Fact] {
        let path = "merchants[\(id)]"
        var facts = [Alliance.Fact(path: "\(path).name", value: name)]
        if let address {
            let text = (address.lines + [address.country].compactMap(\.self)).joined(separator: ", ")
            facts.append(Alliance.Fact(path: "\(path).address", value: text))
        }
        if let exposureLimit {
            facts.append(Alliance.Fact(path: "\(path).exposure_limit", value: "\(exposureLimit.minorUnits)"))
        }
        if let payment { facts += payment.facts(at: "\(path).payment") }
        if let delivery { facts += delivery.facts(at: "\(path).delivery") }
        for change in statuses {
            facts.append(Alliance.Fact(path: "\(path).status[\(change.from)]", value: change.status.rawValue))
        }
        for terms in terms { facts += terms.facts(at: "\(path).terms[\(terms.from)]") }
        return facts
    }
}

extension PaymentDetails {
    fileprivate func facts(at path: String) -> [Alliance.Fact] {
        Settlement.facts(
            at: path,
            [
                "minimum": minimum.map { "\($0.minorUnits)" },
                "due_days": dueDays.map { "\($0)" },
                "account.iban": account?.iban?.text,
                "account.bic": account?.bic?.text,
                "account.national": account?.national,
                "name": name,
                "address.street": address?.street,
                "address.building": address?.building,
                "address.postal_code": address?.postalCode,
                "address.town": address?.town,
                "address.country": address?.country,
                "mandate": mandate.map { "\($0.id), \($0.scheme.rawValue), signed \($0.signed)" },
                "creditor_id": creditorIdentifier?.text,
            ])
    }
}

extension Destinations {
    fileprivate func facts(at path: String) -> [Alliance.Fact] {
        Settlement.facts(
            at: path,
            [
                "folder": "\(folder)",
                "webhook.url": webhook?.url.text,
                "webhook.secret": webhook.map { "\($0.secret)" },
            ])
    }
}

extension Terms {
    fileprivate func facts(at path: String) -> [Alliance.Fact] {
        Settlement.facts(
            at: path,
            [
                "funding": funding.rawValue,
                "issue_price": issuePrice.description,
                "redeem_price": redeemPrice.description,
                "redeem_fee": redeemFee.description,
                "period_fee": "\(periodFee.minorUnits)",
                "vat": vat.description,
                "breakage_share": breakageShare.description,
                "max_points_per_unit": maxPointsPerUnit?.description,
            ])
    }
}

extension Campaign {
    fileprivate var facts: [Alliance.Fact] {
        Settlement.facts(
            at: "campaigns[\(id)]",
            [
                "sponsor": sponsor.text,
                "from": from.description,
                "until": until?.description,
                "funding": funding?.rawValue,
                "issue_price": issuePrice?.description,
                "breakage_share": breakageShare?.description,
            ])
    }
}

extension Item {
    fileprivate var facts: [Alliance.Fact] {
        Settlement.facts(
            at: "items[\(id)]",
            [
                "supplier": supplier.text,
                "points": "\(points.count)",
                "redeem_price": redeemPrice.description,
                "from": from.description,
                "until": until?.description,
            ])
    }
}
