/// The rules of rulebook §2 on what may still change. Dates are local, and a period begins at the
/// midnight of its first day, so days are compared and no zone is needed.
struct ChangeRules {
    let old: Alliance
    let new: Alliance
    let hasRecords: Bool
    /// The first day that no closed period holds; nil as long as none has closed, when no day is closed.
    let firstOpenDay: LocalDate?
    private(set) var refusals: [AllianceProblem] = []

    init(old: Alliance, new: Alliance, standing: AllianceChange.Standing) {
        self.old = old
        self.new = new
        hasRecords = standing.hasRecords
        firstOpenDay =
            standing.earliestOpen > 0
            ? old.period.firstDay(ofOrdinal: standing.earliestOpen, since: old.start) : nil
    }

    mutating func apply() {
        head()
        for merchant in old.merchants { keep(merchant) }
        let known = Dictionary(old.merchants.map { ($0.id, $0) }) { first, _ in first }
        for merchant in new.merchants { compare(known[merchant.id], merchant) }
        let campaigns = old.campaigns.map(Offer.init)
        let items = old.items.map(Offer.init)
        compare(campaigns, new.campaigns.map(Offer.init))
        compare(items, new.items.map(Offer.init))
    }

    private mutating func refuse(_ code: AllianceProblem.Code, _ path: String, _ reason: String) {
        refusals.append(AllianceProblem(code, path: path, reason: reason))
    }

    /// All but name and grace are fixed after the first close; what records were read by, as soon as
    /// there are any.
    private mutating func head() {
        func differs<Value: Equatable>(_ member: KeyPath<Alliance, Value>) -> Bool {
            old[keyPath: member] != new[keyPath: member]
        }
        let readBy = [
            ("id", differs(\.id)), ("currency", differs(\.currency)), ("timezone", differs(\.timezone)),
            ("period", differs(\.period)), ("start", differs(\.start)),
        ]
        let settledBy = [
            ("expiry", differs(\.expiry)), ("carry_periods", differs(\.carryPeriods)),
            ("refund_shortfall", differs(\.refundShortfall)), ("max_age_days", differs(\.maxAgeDays)),
        ]
        for (member, differs) in readBy + settledBy where differs && firstOpenDay != nil {
            refuse(
                .fixedAfterFirstClose, member,
                "is fixed after the first close; only name, grace, four_eyes, payment and delivery may change"
            )
        }
        for (member, differs) in readBy where differs && firstOpenDay == nil && hasRecords {
            refuse(.recordsStandOnIt, member, "records are stored that were read by it")
        }
    }

    private mutating func keep(_ merchant: Merchant) {
        guard !new.merchants.contains(where: { $0.id == merchant.id }), firstOpenDay != nil || hasRecords
        else {
            return
        }
        refuse(
            .recordsStandOnIt, "merchants[\(merchant.id)]",
            "a merchant stays in the alliance; give it the status left instead")
    }

    private mutating func compare(_ before: Merchant?, _ after: Merchant) {
        let path = "merchants[\(after.id)]"
        if let open = firstOpenDay {
            let closedTerms = before?.terms.filter { $0.from < open } ?? []
            if closedTerms != after.terms.filter({ $0.from < open }) {
                refuse(
                    .touchesClosedPeriod, "\(path).terms",
                    "terms from before \(open), the first open day, stay as they are; new ones begin "
                        + "on it or later"
                )
            }
            let closedStatuses = before?.effectiveStatuses.filter { $0.from < open } ?? []
            if closedStatuses != after.effectiveStatuses.filter({ $0.from < open }) {
                refuse(
                    .touchesClosedPeriod, "\(path).status",
                    "the status before \(open), the first open day, stays as it was; write a list, the new "
                        + "status with a `from` on that day or later")
            }
        }
        if hasRecords, let first = before?.terms.first, let newFirst = after.terms.first,
            newFirst.from > first.from
        {
            refuse(
                .recordsStandOnIt, "\(path).terms[0].from",
                "records may stand on the terms from \(first.from); the first terms cannot begin later")
        }
    }

    private mutating func compare(_ before: [Offer], _ after: [Offer]) {
        let known = Dictionary(before.map { ($0.path, $0) }) { first, _ in first }
        let kept = Set(after.map(\.path))
        for offer in before
        where !kept.contains(offer.path) && (hasRecords || firstOpenDay.map { offer.from < $0 } ?? false) {
            refuse(.recordsStandOnIt, offer.path, "records may stand on it; give it an `until` instead")
        }
        for offer in after {
            let old = known[offer.path]
            if let open = firstOpenDay, old?.closedPart(before: open) != offer.closedPart(before: open) {
                refuse(
                    .touchesClosedPeriod, offer.path,
                    "what it was before \(open), the first open day, stays as it was")
            }
            if hasRecords, let old, old.partner != offer.partner {
                refuse(
                    .recordsStandOnIt, "\(offer.path).\(offer.partnerRole)",
                    "records may stand on \(old.partner); end it and begin one of another id")
            }
        }
    }
}

/// A campaign or an item, as far as both are alike.
private struct Offer {
    let path: String
    let partnerRole: String
    let partner: MerchantID
    let from: LocalDate
    let until: LocalDate?
    /// What it is worth.
    let terms: [String]

    init(_ campaign: Campaign) {
        path = "campaigns[\(campaign.id)]"
        partnerRole = "sponsor"
        partner = campaign.sponsor
        from = campaign.from
        until = campaign.until
        terms = [
            campaign.funding?.rawValue, campaign.issuePrice?.description, campaign.breakageShare?.description,
        ].map { $0 ?? "" }
    }

    init(_ item: Item) {
        path = "items[\(item.id)]"
        partnerRole = "supplier"
        partner = item.supplier
        from = item.from
        until = item.until
        terms = ["\(item.points.count)", item.redeemPrice.description]
    }

    /// What closed days saw of it; nil if it begins later.
    func closedPart(before open: LocalDate) -> ClosedPart? {
        guard from < open else { return nil }
        return ClosedPart(partner: partner, from: from, until: min(until ?? open, open), terms: terms)
    }

    struct ClosedPart: Equatable {
        let partner: MerchantID
        let from: LocalDate
        let until: LocalDate
        let terms: [String]
    }
}

extension Merchant {
    /// The statuses that change anything: before the first a merchant is active.
    fileprivate var effectiveStatuses: [StatusChange] {
        var current = MerchantStatus.active
        return statuses.filter { change in
            defer { current = change.status }
            return change.status != current
        }
    }
}
