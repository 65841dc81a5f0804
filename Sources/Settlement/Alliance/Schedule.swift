/// An alliance with its zone: everything that is dated by local days, turned into instants once. What
/// holds at a moment is asked here, and nowhere else. Rulebook §2, §5.
public struct Schedule: Sendable {
    public var alliance: Alliance { parts.alliance }
    public var zone: ZoneRules { parts.zone }
    public var calendar: PeriodCalendar { parts.calendar }

    /// All of it behind one reference: a schedule goes with every member that is settled.
    private let parts: Parts

    /// Takes an alliance that has no `problems`, and the rules of its `timezone`.
    public init(alliance: Alliance, zone: ZoneRules) { parts = Parts(alliance, zone) }

    private final class Parts: Sendable {
        let alliance: Alliance
        let zone: ZoneRules
        let calendar: PeriodCalendar
        let places: PlaceTable<MerchantID>
        /// By place.
        let entries: [Entry]
        let campaigns: [CampaignID: Dated<Campaign>]
        let items: [ItemID: Dated<Item>]

        init(_ alliance: Alliance, _ zone: ZoneRules) {
            precondition(
                zone.name == alliance.timezone,
                "the alliance is in \(alliance.timezone), the rules are of \(zone.name)")
            self.alliance = alliance
            self.zone = zone
            calendar = PeriodCalendar(length: alliance.period, start: alliance.start, zone: zone)
            places = PlaceTable(alliance.merchants.map(\.id))
            entries = alliance.merchants.map { Entry($0, zone: zone) }
            campaigns = Schedule.indexed(
                alliance.campaigns.map { ($0.id, Dated($0, from: $0.from, until: $0.until, zone: zone)) })
            items = Schedule.indexed(
                alliance.items.map { ($0.id, Dated($0, from: $0.from, until: $0.until, zone: zone)) })
        }
    }

    private static func indexed<Key: Hashable, Value>(_ pairs: [(Key, Value)]) -> [Key: Value] {
        Dictionary(pairs) { _, _ in preconditionFailure("an alliance with one id twice was not validated") }
    }

    /// Something of the alliance, in force from one instant to before another.
    private struct Dated<Value: Sendable>: Sendable {
        let value: Value
        let from: Instant
        let until: Instant?

        init(_ value: Value, from: LocalDate, until: LocalDate?, zone: ZoneRules) {
            self.value = value
            self.from = zone.midnight(of: from)
            self.until = until.map { zone.midnight(of: $0) }
        }

        func isActive(at instant: Instant) -> Bool {
            guard instant >= from, let until else { return instant >= from }
            return instant < until
        }
    }

    /// A merchant, its terms and statuses ascending by the instant from which they hold.
    private struct Entry: Sendable {
        let merchant: Merchant
        let terms: [(from: Instant, terms: Terms, label: TermsName)]
        let statuses: [(from: Instant, status: MerchantStatus)]

        init(_ merchant: Merchant, zone: ZoneRules) {
            self.merchant = merchant
            terms = merchant.terms.map {
                (zone.midnight(of: $0.from), $0, TermsName(verified: $0.from.description))
            }
            statuses = merchant.statuses.map { (zone.midnight(of: $0.from), $0.status) }
        }
    }
}

extension Schedule {
    private func entry(_ id: MerchantID) -> Entry? { parts.places.place(of: id).map { parts.entries[$0] } }

    public func merchant(_ id: MerchantID) -> Merchant? { entry(id)?.merchant }
    public func campaign(_ id: CampaignID) -> Campaign? { parts.campaigns[id]?.value }
    public func item(_ id: ItemID) -> Item? { parts.items[id]?.value }

    /// The terms in force, whatever the merchant's status; nil before the first and of an unknown merchant.
    public func terms(of merchant: MerchantID, at instant: Instant) -> Terms? {
        labelledTerms(of: merchant, at: instant)?.terms
    }

    /// As `terms(of:at:)`, with the name that their `from` gives them.
    @inline(__always)
    func labelledTerms(of merchant: MerchantID, at instant: Instant) -> (terms: Terms, label: TermsName)? {
        guard let place = parts.places.place(of: merchant) else { return nil }
        // Terms are few and the latest are asked for most.
        for index in stride(from: parts.entries[place].terms.count - 1, through: 0, by: -1)
        where parts.entries[place].terms[index].from <= instant {
            return (parts.entries[place].terms[index].terms, parts.entries[place].terms[index].label)
        }
        return nil
    }

    /// When the merchant's first terms begin; nil of an unknown merchant.
    public func termsBegin(of merchant: MerchantID) -> Instant? { entry(merchant)?.terms.first?.from }

    /// What holds of a merchant over a stretch of time.
    struct Standing {
        let terms: Terms
        let status: MerchantStatus
        /// From when on, and until before when.
        let from: Instant
        let until: Instant?
    }

    /// What holds at an instant, and for how long around it nothing of it changes; nil before the first terms
    /// and of an unknown merchant.
    func standing(of merchant: MerchantID, at instant: Instant) -> Standing? {
        guard let entry = entry(merchant), let terms = entry.terms.last(where: { $0.from <= instant })
        else {
            return nil
        }
        let changes = entry.terms.map(\.from) + entry.statuses.map(\.from)
        return Standing(
            terms: terms.terms, status: status(of: merchant, at: instant),
            from: changes.filter { $0 <= instant }.max() ?? terms.from,
            until: changes.filter { $0 > instant }.min())
    }

    /// The status in force; before the first, and of an unknown merchant, active.
    public func status(of merchant: MerchantID, at instant: Instant) -> MerchantStatus {
        guard let entry = entry(merchant) else { return .active }
        return entry.statuses.last { $0.from <= instant }?.status ?? .active
    }

    /// Whether the merchant has left before the period's start and does not come back in it.
    public func hasLeft(_ merchant: MerchantID, throughout period: Period) -> Bool {
        guard let entry = entry(merchant), status(of: merchant, at: period.start) == .left else {
            return false
        }
        return entry.statuses.allSatisfy { !period.contains($0.from) || $0.status == .left }
    }

    /// Whether the instant lies between the campaign's `from` and its `until`.
    public func isActive(_ campaign: Campaign, at instant: Instant) -> Bool {
        parts.campaigns[campaign.id]?.isActive(at: instant) ?? false
    }

    /// Whether the instant lies between the item's `from` and its `until`.
    public func isActive(_ item: Item, at instant: Instant) -> Bool {
        parts.items[item.id]?.isActive(at: instant) ?? false
    }
}
