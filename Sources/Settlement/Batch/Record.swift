/// What a record does, in the rank of the order of settlement. Rulebook §3, §5.
@frozen
public enum RecordType: UInt8, Hashable, Sendable, CaseIterable {
    case redeemReversal = 0
    case redeem = 1
    case opening = 2
    case earn = 3
    case earnReversal = 4
    case correction = 5

    /// The name in batches and statements.
    public var name: String { "\(text)" }

    /// The same, where it costs nothing.
    var text: StaticString {
        switch self {
        case .redeemReversal: "redeem_reversal"
        case .redeem: "redeem"
        case .opening: "opening"
        case .earn: "earn"
        case .earnReversal: "earn_reversal"
        case .correction: "correction"
        }
    }

    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// The type a reversal takes back; nil for every other type.
    public var reverses: RecordType? {
        switch self {
        case .earnReversal: .earn
        case .redeemReversal: .redeem
        case .redeem, .opening, .earn, .correction: nil
        }
    }

    /// Whether only an operator key may sign it.
    public var operatorOnly: Bool { self == .opening || self == .correction }
}

/// One event of a merchant's batch, valid in itself. Rulebook §3.
public struct Record: Hashable, Sendable {
    public let id: RecordID
    public let type: RecordType
    public let member: MemberID
    /// 0 … 10^9 for an earn, 1 … 10^9 otherwise.
    public let points: Points
    /// Purchase amount of an earn, discount of a redeem; 0 … 10^15.
    public let amount: Money?
    public let at: Instant
    /// The id reversed; on reversals, and only there.
    public let ref: RecordID?
    public let store: StoreID?
    /// The last valid day; only on `opening`.
    public let expires: LocalDate?
    /// Only on `earn`.
    public let campaign: CampaignID?
    /// Only on `redeem`.
    public let item: ItemID?

    public init(
        id: RecordID, type: RecordType, member: MemberID, points: Points, amount: Money? = nil, at: Instant,
        ref: RecordID? = nil, store: StoreID? = nil, expires: LocalDate? = nil, campaign: CampaignID? = nil,
        item: ItemID? = nil
    ) {
        self.id = id
        self.type = type
        self.member = member
        self.points = points
        self.amount = amount
        self.at = at
        self.ref = ref
        self.store = store
        self.expires = expires
        self.campaign = campaign
        self.item = item
    }
}
