/// All that one member's settlement of one period needs.
public struct MemberInput: Sendable {
    public let member: MemberID
    /// This period's events of the member, carried ones included, in any order.
    public var events: [Event]
    /// The open lots, and every lot that a reversal's original or its allocations name; each once, any order.
    public var lots: [Lot]
    /// Oldest first.
    public var debts: [Debt]
    /// All allocations of the redemptions that reversals here name; any order.
    public var allocations: [Allocation]
    /// By the number of the reversal, for each whose original is not among `events`.
    public var originals: [RecordNumber: Original]

    public init(
        member: MemberID, events: [Event] = [], lots: [Lot] = [], debts: [Debt] = [],
        allocations: [Allocation] = [], originals: [RecordNumber: Original] = [:]
    ) {
        self.member = member
        self.events = events
        self.lots = lots
        self.debts = debts
        self.allocations = allocations
        self.originals = originals
    }
}

/// One change of a lot. Rulebook §7, DETAILS.csv.
public struct Movement: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case issue
        case allocation
        /// Points given back by a reversal of a redemption.
        case restoration
        /// Points recovered by a reversal of an earn, or by a correction.
        case recovery
        case debtRecovery = "debt_recovery"
        case expiry
    }

    public let kind: Kind
    /// Position in `MemberOutput.events` of the event that caused it; nil for an expiry that time alone caused.
    public let event: Int?
    /// Position in `MemberOutput.lots`.
    public let lot: Int
    /// At least 1.
    public let points: Points
    /// Position in `MemberOutput.allocations`, of allocations and restorations.
    public let allocation: Int?
}

/// What one period makes of a member.
public struct MemberOutput: Sendable {
    public let member: MemberID
    /// In the order of settlement, at the effective times that were used.
    public var events: [Event] = []
    /// In parallel with `events`.
    public var outcomes: [Outcome] = []
    /// In the order in which they happened.
    public var movements: [Movement] = []
    /// The lots of the input in the order in which they came, then the new ones, as they stand afterwards.
    public var lots: [Lot] = []
    /// In parallel with `lots`: the open points before; zero for new lots.
    public var openBefore: [Points] = []
    /// Whether a lot was touched or is new, in parallel with `lots`.
    public var changed: [Bool] = []
    /// Those of the input, then the new ones, as they stand afterwards.
    public var allocations: [Allocation] = []
    /// How many of `allocations` came with the input.
    public var knownAllocations = 0
    /// Oldest first; none of zero points.
    public var debts: [Debt] = []
    /// Whether `debts` differs from the input's.
    public var debtsChanged = false

    /// How many of `lots` came with the input.
    public var knownLots = 0
}
