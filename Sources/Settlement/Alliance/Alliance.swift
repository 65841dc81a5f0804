/// One points programme of several merchants, with the operator as central counterparty. Rulebook §2.
public struct Alliance: Hashable, Sendable {
    public let id: AllianceID
    public let name: String
    public let currency: Currency
    /// IANA name of the zone whose midnights begin periods, terms and days.
    public let timezone: String
    public let period: PeriodLength
    /// Hours after a period's end before it may close unforced.
    public let graceHours: Int
    /// How long points stay good; nil: they never expire.
    public let expiry: Expiry?
    /// Further closes at which a carried record is tried before it is refused.
    public let carryPeriods: Int
    public let refundShortfall: RefundShortfall
    /// Days of 24 hours before receipt beyond which a record is too old; 0: no limit.
    public let maxAgeDays: Int
    /// Whether an act of money needs a second person: one drafts it, another approves it.
    public let fourEyes: Bool
    /// How the alliance itself is paid and pays, and what holds for merchants that say nothing else. It settles nothing.
    public let payment: PaymentDetails?
    /// Where the operator's closings and notices are taken; nil: nowhere. It settles nothing.
    public let delivery: Destinations?
    /// The first period's first day.
    public let start: LocalDate
    /// By id, ascending.
    public let merchants: [Merchant]
    /// By id, ascending.
    public let campaigns: [Campaign]
    /// By id, ascending.
    public let items: [Item]

    public init(
        id: AllianceID, name: String, currency: Currency, timezone: String, period: PeriodLength,
        graceHours: Int = 24, expiry: Expiry? = nil, carryPeriods: Int = 1,
        refundShortfall: RefundShortfall = .debt, maxAgeDays: Int = 400, fourEyes: Bool = false,
        payment: PaymentDetails? = nil, delivery: Destinations? = nil, start: LocalDate,
        merchants: [Merchant],
        campaigns: [Campaign] = [], items: [Item] = []
    ) {
        self.id = id
        self.name = name
        self.currency = currency
        self.timezone = timezone
        self.period = period
        self.graceHours = graceHours
        self.expiry = expiry
        self.carryPeriods = carryPeriods
        self.refundShortfall = refundShortfall
        self.maxAgeDays = maxAgeDays
        self.fourEyes = fourEyes
        self.payment = payment
        self.delivery = delivery
        self.start = start
        self.merchants = merchants.sorted { $0.id < $1.id }
        self.campaigns = campaigns.sorted { $0.id < $1.id }
        self.items = items.sorted { $0.id < $1.id }
    }
}

/// How long a period lasts: a local day, an ISO week, a calendar month.
public enum PeriodLength: String, Hashable, Sendable, CaseIterable { case day, week, month }

/// Points are good for `months` months, to the day or to that month's end.
public struct Expiry: Hashable, Sendable {
    public enum Align: String, Hashable, Sendable, CaseIterable {
        case monthEnd = "month_end"
        case day
    }

    public let months: Int
    public let align: Align

    public init(months: Int, align: Align = .day) {
        self.months = months
        self.align = align
    }
}

/// Who bears points that were spent before their earn was taken back: the member (a debt) or the issuer.
public enum RefundShortfall: String, Hashable, Sendable, CaseIterable { case debt, absorb }
