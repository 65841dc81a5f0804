import Settlement
import Yams

/// Makes an alliance of a YAML tree. What cannot be read becomes a finding; whatever is then missing
/// makes nil.
struct AllianceReader {
    let findings: Findings

    func alliance(_ root: Node) -> Alliance? {
        guard let members = Members(root, path: "", known: Self.allianceMembers, findings: findings) else {
            return nil
        }
        let id = members.required("id", Form.identifier, AllianceID.init)
        let name = members.required("name", "a name") { $0 }
        let currency = members.required("currency", "a currency of ISO 4217 with exponent 0 … 3, as EUR") {
            Currency(iso4217: $0)
        }
        let timezone = members.required("timezone", "the name of an IANA zone, as Europe/Berlin") { $0 }
        let period = members.required("period", Form.words(PeriodLength.self), PeriodLength.init(rawValue:))
        let start = members.required("start", Form.date, LocalDate.init)
        let grace = members.optional("grace", Form.hours, Form.integer)
        let expiry = expiry(members)
        let carryPeriods = members.optional("carry_periods", Form.count, Form.integer)
        let refundShortfall = members.optional(
            "refund_shortfall", Form.words(RefundShortfall.self), RefundShortfall.init(rawValue:))
        let maxAgeDays = members.optional("max_age_days", Form.count, Form.integer)
        let fourEyes = members.optional("four_eyes", Form.truth, Form.boolean)
        let payment = PaymentReader(isAlliance: true).details(members)
        let delivery = DestinationsReader.destinations(members)
        let merchants = merchants(members, start: start)
        let campaigns = campaigns(members)
        let items = items(members)
        // Only when all is read, so that everything that is wrong is found at once.
        guard let id, let name, let currency, let timezone, let period, let start else { return nil }
        return Alliance(
            id: id, name: name, currency: currency, timezone: timezone, period: period,
            graceHours: grace ?? 24, expiry: expiry, carryPeriods: carryPeriods ?? 1,
            refundShortfall: refundShortfall ?? .debt,
            maxAgeDays: maxAgeDays ?? 400, fourEyes: fourEyes ?? false, payment: payment,
            delivery: delivery, start: start, merchants: merchants, campaigns: campaigns, items: items)
    }

    private static let allianceMembers = [
        "id", "name", "currency", "timezone", "period", "grace", "expiry", "carry_periods",
        "refund_shortfall", "max_age_days", "four_eyes", "payment", "delivery", "start", "merchants",
        "campaigns", "items",
    ]

    /// None, or months and how they are counted.
    private func expiry(_ alliance: Members) -> Expiry? {
        guard let node = alliance.node("expiry") else { return nil }
        if case .scalar(let scalar) = node, scalar.string == "none" { return nil }
        guard let members = Members(node, path: "expiry", known: ["months", "align"], findings: findings),
            let months = members.required("months", "a number of months", Form.integer)
        else { return nil }
        let align = members.optional("align", Form.words(Expiry.Align.self), Expiry.Align.init(rawValue:))
        return Expiry(months: months, align: align ?? .day)
    }

    /// The elements of a list as members, their path by `id` where they have one.
    private func elements(_ list: String, of parent: Members, known: [String], isRequired: Bool = false)
        -> [Members]
    {
        parent.list(list, isRequired: isRequired).enumerated().compactMap { place, node in
            var label = "\(place)"
            if known.first == "id", let id = node.mapping?["id"]?.scalar?.string, !id.isEmpty {
                label = String(id.prefix(64))
            }
            let path = "\(parent.path(of: list))[\(label)]"
            findings.place(path, at: node.mark)
            return Members(node, path: path, known: known, findings: findings)
        }
    }

    private func merchants(_ alliance: Members, start: LocalDate?) -> [Merchant] {
        elements(
            "merchants", of: alliance,
            known: ["id", "name", "address", "exposure_limit", "payment", "delivery", "status", "terms"],
            isRequired: true
        )
        .compactMap { members in
            let id = members.required("id", Form.merchantID, MerchantID.init)
            let name = members.required("name", "a name") { $0 }
            let address = address(members)
            let limit = members.unlessNone("exposure_limit", Form.money, Form.integer)
            let payment = PaymentReader(isAlliance: false).details(members)
            let delivery = DestinationsReader.destinations(members)
            let statuses = statuses(members, start: start)
            let terms = elements("terms", of: members, known: Self.termsMembers, isRequired: true)
                .compactMap(self.terms)
            guard let id, let name else { return nil }
            return Merchant(
                id: id, name: name, address: address, exposureLimit: limit.map { Money(Int64($0)) },
                payment: payment, delivery: delivery, statuses: statuses, terms: terms)
        }
    }

    private func address(_ merchant: Members) -> PostalAddress? {
        guard let node = merchant.node("address"),
            let members = Members(
                node, path: merchant.path(of: "address"), known: ["lines", "country"], findings: findings)
        else { return nil }
        let lines = members.list("lines", isRequired: true).enumerated().compactMap { place, node in
            members.text(of: node, at: "\(members.path(of: "lines"))[\(place)]", "a line of text")
        }
        let country = members.optional("country", "two capital letters of ISO 3166-1, as DE") { $0 }
        return PostalAddress(lines: lines, country: country)
    }

    /// A plain word, which means since `start`, or a list of changes.
    private func statuses(_ merchant: Members, start: LocalDate?) -> [StatusChange] {
        let words = Form.words(MerchantStatus.self)
        if case .scalar? = merchant.node("status") {
            let status = merchant.optional("status", words, MerchantStatus.init(rawValue:))
            guard let start, let status else { return [] }
            return [StatusChange(from: start, status: status)]
        }
        return elements("status", of: merchant, known: ["from", "status"]).compactMap { members in
            let from = members.required("from", Form.date, LocalDate.init)
            let status = members.required("status", words, MerchantStatus.init(rawValue:))
            guard let from, let status else { return nil }
            return StatusChange(from: from, status: status)
        }
    }

    private static let termsMembers = [
        "from", "funding", "issue_price", "redeem_price", "redeem_fee", "period_fee", "vat", "breakage_share",
        "max_points_per_unit",
    ]

    private func terms(_ members: Members) -> Terms? {
        let from = members.required("from", Form.date, LocalDate.init)
        let funding = members.required("funding", Form.words(Funding.self), Funding.init(rawValue:))
        let issuePrice = members.required("issue_price", Form.price, Price.init)
        let redeemPrice = members.required("redeem_price", Form.price, Price.init)
        let redeemFee = members.optional("redeem_fee", Form.fraction, Fraction.init)
        let periodFee = members.optional("period_fee", Form.money, Form.integer)
        let vat = members.optional("vat", Form.fraction, Fraction.init)
        let share = members.optional("breakage_share", Form.fraction, Fraction.init)
        let limit = members.unlessNone("max_points_per_unit", Form.price, PointsPerUnit.init)
        guard let from, let funding, let issuePrice, let redeemPrice else { return nil }
        return Terms(
            from: from, funding: funding, issuePrice: issuePrice, redeemPrice: redeemPrice,
            redeemFee: redeemFee ?? .zero, periodFee: periodFee.map { Money(Int64($0)) } ?? .zero,
            vat: vat ?? .zero,
            breakageShare: share ?? .zero, maxPointsPerUnit: limit)
    }

    private func campaigns(_ alliance: Members) -> [Campaign] {
        let known = ["id", "sponsor", "from", "until", "funding", "issue_price", "breakage_share"]
        return elements("campaigns", of: alliance, known: known).compactMap { members in
            let id = members.required("id", Form.identifier, CampaignID.init)
            let sponsor = members.required("sponsor", Form.merchantID, MerchantID.init)
            let from = members.required("from", Form.date, LocalDate.init)
            let until = members.unlessNone("until", Form.date, LocalDate.init)
            let funding = members.optional("funding", Form.words(Funding.self), Funding.init(rawValue:))
            let price = members.optional("issue_price", Form.price, Price.init)
            let share = members.optional("breakage_share", Form.fraction, Fraction.init)
            guard let id, let sponsor, let from else { return nil }
            return Campaign(
                id: id, sponsor: sponsor, from: from, until: until, funding: funding, issuePrice: price,
                breakageShare: share)
        }
    }

    private func items(_ alliance: Members) -> [Item] {
        let known = ["id", "supplier", "points", "redeem_price", "from", "until"]
        return elements("items", of: alliance, known: known).compactMap { members in
            let id = members.required("id", Form.identifier, ItemID.init)
            let supplier = members.required("supplier", Form.merchantID, MerchantID.init)
            let points = members.required("points", "points, 1 … 1000000000", Form.integer)
            let price = members.required("redeem_price", Form.price, Price.init)
            let from = members.required("from", Form.date, LocalDate.init)
            let until = members.unlessNone("until", Form.date, LocalDate.init)
            guard let id, let supplier, let points, let price, let from else { return nil }
            return Item(
                id: id, supplier: supplier, points: Points(Int64(points)), redeemPrice: price, from: from,
                until: until)
        }
    }
}

/// The forms of values, as a refusal names them.
enum Form {
    static let identifier = "1–64 characters of printable ASCII without space, quote, backslash and comma"
    static let merchantID = "a merchant's id: 1–40 of A–Z a–z 0–9 . _ -, not `operator`, no point first"
    static let date = "a date as 2026-11-01"
    static let price = "a decimal from 0 to 1000000 with at most 6 fractional digits, as '0.01'"
    static let fraction = "a decimal from 0 to 1 with at most 6 fractional digits, as '0.19'"
    static let money = "a whole number of minor units"
    static let hours = "a whole number of hours"
    static let count = "a whole number"
    static let truth = "true or false"

    static func words<Words: CaseIterable & RawRepresentable<String>>(_ words: Words.Type) -> String {
        words.allCases.map(\.rawValue).joined(separator: ", ")
    }

    static func boolean(_ text: String) -> Bool? { ["true": true, "false": false][text] }

    /// Digits without a sign or an idle zero.
    static func integer(_ text: String) -> Int? {
        guard let value = Int(text), value >= 0, "\(value)" == text else { return nil }
        return value
    }
}
