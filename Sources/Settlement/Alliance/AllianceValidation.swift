extension Alliance {
    /// All that is wrong with it, in the order of its members; empty if it can be settled by.
    public var problems: [AllianceProblem] {
        var check = AllianceCheck()
        check.head(of: self)
        let known = Set(merchants.map(\.id))
        check.ids(merchants.map(\.id.text), in: "merchants")
        for merchant in merchants { check.merchant(merchant, at: "merchants[\(merchant.id)]") }
        check.mandates(of: merchants)
        check.ids(campaigns.map(\.id.text), in: "campaigns")
        for campaign in campaigns {
            check.campaign(campaign, at: "campaigns[\(campaign.id)]", merchants: known)
        }
        check.ids(items.map(\.id.text), in: "items")
        for item in items { check.item(item, at: "items[\(item.id)]", merchants: known) }
        return check.problems
    }

    /// Whether it looks like the name of an IANA zone: parts of letters, digits, `_`, `+` and `-` between
    /// single slashes. It becomes a path, so nothing else may stand in it.
    public static func isZoneName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return name.utf8.count <= 64
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
                            UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }
}

/// Collects problems; each function checks one kind of thing.
private struct AllianceCheck {
    private(set) var problems: [AllianceProblem] = []

    private mutating func note(_ code: AllianceProblem.Code, _ path: String, _ reason: String) {
        problems.append(AllianceProblem(code, path: path, reason: reason))
    }

    private mutating func bound<Value: Comparable>(
        _ value: Value, in bounds: ClosedRange<Value>, at path: String
    ) {
        guard !bounds.contains(value) else { return }
        note(.outOfBounds, path, "expected \(bounds.lowerBound) … \(bounds.upperBound), found \(value)")
    }

    private mutating func bound<Value: MillionthsDecimal>(_ value: Value?, at path: String) {
        guard let value, !(0...Value.maximumMillionths).contains(value.millionths) else { return }
        note(.outOfBounds, path, "expected 0 … \(Value(millionths: Value.maximumMillionths))")
    }

    private mutating func name(_ name: String, at path: String) {
        guard !PrintableText.accepts(name, bytes: AllianceBounds.nameLength) else { return }
        note(.nameMalformed, path, "expected 1 … 200 bytes of printable text on one line")
    }

    private mutating func address(_ address: PostalAddress, at path: String) {
        if !AllianceBounds.addressLines.contains(address.lines.count) {
            note(.addressMalformed, "\(path).lines", "expected 1 … 6 lines, found \(address.lines.count)")
        }
        for (place, line) in address.lines.enumerated()
        where !PrintableText.accepts(line, bytes: AllianceBounds.addressLineLength) {
            note(
                .addressMalformed, "\(path).lines[\(place)]",
                "expected 1 … 100 bytes of printable text on one line"
            )
        }
        if let country = address.country,
            country.utf8.count != 2 || !country.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        {
            note(
                .addressMalformed, "\(path).country",
                "expected two capital letters of ISO 3166-1, as DE, found \(country)")
        }
    }

    private mutating func payment(_ details: PaymentDetails, at path: String) {
        for fault in details.faults { note(fault.code, "\(path).\(fault.member)", fault.reason) }
    }

    private mutating func delivery(_ destinations: Destinations?, at path: String) {
        guard let webhook = destinations?.webhook else { return }
        bound(webhook.secret, in: Webhook.secrets, at: "\(path).webhook.secret")
    }

    mutating func head(of alliance: Alliance) {
        name(alliance.name, at: "name")
        if Currency(iso4217: alliance.currency.code) != alliance.currency {
            note(
                .currencyUnknown, "currency",
                "expected a currency of ISO 4217 with an exponent of 0 … 3, found \(alliance.currency.code)")
        }
        if !Alliance.isZoneName(alliance.timezone) {
            note(.timezoneMalformed, "timezone", "expected the name of an IANA zone, as Europe/Berlin")
        }
        bound(alliance.graceHours, in: AllianceBounds.graceHours, at: "grace")
        if let expiry = alliance.expiry {
            bound(expiry.months, in: AllianceBounds.expiryMonths, at: "expiry.months")
        }
        bound(alliance.carryPeriods, in: AllianceBounds.carryPeriods, at: "carry_periods")
        bound(alliance.maxAgeDays, in: AllianceBounds.maxAgeDays, at: "max_age_days")
        if let details = alliance.payment {
            payment(details, at: "payment")
            if details.mandate != nil {
                note(.paymentMalformed, "payment.mandate", "a mandate is a merchant's")
            }
        }
        delivery(alliance.delivery, at: "delivery")
        bound(alliance.start, in: AllianceBounds.start, at: "start")
        if !alliance.period.begins(on: alliance.start) {
            let expected = alliance.period == .week ? "a Monday" : "the first day of a month"
            note(.startNotFirstDay, "start", "expected \(expected), found \(alliance.start)")
        }
    }

    /// The ids of one kind, sorted, so that repeated ones are neighbours.
    mutating func ids(_ ids: [String], in list: String) {
        for (id, next) in zip(ids, ids.dropFirst()) where id == next {
            note(.idRepeated, "\(list)[\(id)].id", "expected every id once, found \(id) again")
        }
    }

    mutating func merchant(_ merchant: Merchant, at path: String) {
        name(merchant.name, at: "\(path).name")
        if let address = merchant.address { self.address(address, at: "\(path).address") }
        if let limit = merchant.exposureLimit {
            bound(limit.minorUnits, in: 0...Money.maximum, at: "\(path).exposure_limit")
        }
        delivery(merchant.delivery, at: "\(path).delivery")
        if let details = merchant.payment {
            payment(details, at: "\(path).payment")
            if details.creditorIdentifier != nil {
                note(.paymentMalformed, "\(path).payment.creditor_id", "it is the alliance's")
            }
        }
        ascending(merchant.statuses.map(\.from), at: "\(path).status")
        if merchant.terms.isEmpty {
            note(.termsMissing, "\(path).terms", "expected terms, found none")
        }
        ascending(merchant.terms.map(\.from), at: "\(path).terms")
        for (place, terms) in merchant.terms.enumerated() { self.terms(terms, at: "\(path).terms[\(place)]") }
    }

    /// A creditor tells debtors by their mandates: no two merchants have the same.
    mutating func mandates(of merchants: [Merchant]) {
        var first: [String: MerchantID] = [:]
        for merchant in merchants {
            guard let id = merchant.payment?.mandate?.id else { continue }
            guard let other = first[id] else {
                first[id] = merchant.id
                continue
            }
            note(
                .paymentMalformed, "merchants[\(merchant.id)].payment.mandate.id",
                "expected a mandate of its own, found \(id), which is \(other)'s")
        }
    }

    private mutating func ascending(_ dates: [LocalDate], at path: String) {
        for (place, date) in dates.enumerated() {
            bound(date, in: AllianceBounds.dates, at: "\(path)[\(place)].from")
            guard place > 0, date <= dates[place - 1] else { continue }
            note(
                .notAscending, "\(path)[\(place)].from",
                "expected a date after \(dates[place - 1]), the one before it, found \(date)")
        }
    }

    private mutating func terms(_ terms: Terms, at path: String) {
        bound(terms.issuePrice, at: "\(path).issue_price")
        bound(terms.redeemPrice, at: "\(path).redeem_price")
        bound(terms.redeemFee, at: "\(path).redeem_fee")
        bound(terms.periodFee.minorUnits, in: 0...Money.maximum, at: "\(path).period_fee")
        bound(terms.vat, at: "\(path).vat")
        bound(terms.breakageShare, at: "\(path).breakage_share")
        bound(terms.maxPointsPerUnit, at: "\(path).max_points_per_unit")
    }

    private mutating func days(from: LocalDate, until: LocalDate?, at path: String) {
        bound(from, in: AllianceBounds.dates, at: "\(path).from")
        guard let until else { return }
        bound(until, in: AllianceBounds.dates, at: "\(path).until")
        guard until <= from else { return }
        note(
            .endsBeforeItBegins, "\(path).until",
            "expected the first day after, later than \(from), found \(until)")
    }

    private mutating func partner(_ merchant: MerchantID, of known: Set<MerchantID>, at path: String) {
        guard !known.contains(merchant) else { return }
        note(.merchantUnknown, path, "expected a merchant of this alliance, found \(merchant)")
    }

    mutating func campaign(_ campaign: Campaign, at path: String, merchants: Set<MerchantID>) {
        partner(campaign.sponsor, of: merchants, at: "\(path).sponsor")
        days(from: campaign.from, until: campaign.until, at: path)
        bound(campaign.issuePrice, at: "\(path).issue_price")
        bound(campaign.breakageShare, at: "\(path).breakage_share")
    }

    mutating func item(_ item: Item, at path: String, merchants: Set<MerchantID>) {
        partner(item.supplier, of: merchants, at: "\(path).supplier")
        bound(item.points.count, in: 1...Points.maximum, at: "\(path).points")
        bound(item.redeemPrice, at: "\(path).redeem_price")
        days(from: item.from, until: item.until, at: path)
    }
}
