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

    public init(kind: Kind, event: Int?, lot: Int, points: Points, allocation: Int?) {
        self.kind = kind
        self.event = event
        self.lot = lot
        self.points = points
        self.allocation = allocation
    }
}

/// What a close made of a member, as far as it is kept: rows of DETAILS.csv, and what later reversals look up.
public struct SettledMember: Hashable, Sendable {
    public let member: MemberID
    /// In the order of settlement, at the effective times that were used.
    public var events: [Event] = []
    /// In parallel with `events`.
    public var outcomes: [Outcome] = []
    /// In the order in which they happened.
    public var movements: [Movement] = []
    /// As they stand afterwards. All that `movements` name; in the output of `settle` all that the member has.
    public var lots: [Lot] = []
    /// As they stand afterwards, all that `movements` name.
    public var allocations: [Allocation] = []

    public init(member: MemberID) { self.member = member }
}

/// What one period makes of a member.
public struct MemberOutput: Sendable {
    /// Its lots are those of the input in the order in which they came, then the new ones; so are its
    /// allocations.
    public var settled: SettledMember
    /// In parallel with the lots: the open points before; zero for new lots.
    public var openBefore: [Points] = []
    /// Whether a lot was touched or is new, in parallel with the lots.
    public var changed: [Bool] = []
    /// How many of the lots came with the input.
    public var knownLots = 0
    /// How many of the allocations came with the input.
    public var knownAllocations = 0
    /// Oldest first; none of zero points.
    public var debts: [Debt] = []
    /// Whether `debts` differs from the input's.
    public var debtsChanged = false
    /// What became of debts, in the order in which it happened.
    public var debtChanges: [DebtChange] = []

    public init(member: MemberID) { settled = SettledMember(member: member) }

    public var member: MemberID { settled.member }
    public var events: [Event] { settled.events }
    public var outcomes: [Outcome] { settled.outcomes }
    public var movements: [Movement] { settled.movements }
    public var lots: [Lot] { settled.lots }
    public var allocations: [Allocation] { settled.allocations }
}
