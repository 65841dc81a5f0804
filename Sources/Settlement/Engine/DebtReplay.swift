/// A member's debt, from the reversal that left it to the points that paid it. Rulebook §5.
public struct DebtCourse: Hashable, Sendable {
    /// Points that lessened it.
    public struct Payment: Hashable, Sendable {
        /// The ordinal of the period that settled it.
        public let period: Int
        public let points: Points
        /// Whether they were taken from a lot. If not, they were given back to the debt's own lot, which had expired.
        public let isTaken: Bool
        /// The lot that they were taken from, or the debt's own.
        public let lot: Lot
        /// The record by which that lot gained points, or the reversal itself.
        public let cause: Event
    }

    /// The ordinal of the period that settled the reversal.
    public let period: Int
    /// The record that left it.
    public let reversal: Event
    /// The lot that the reversal takes back. The debt is to its issuer.
    public let lot: Lot
    /// What it was at first.
    public let points: Points
    /// In the order in which they happened.
    public private(set) var payments: [Payment] = []
    /// What the member still owes of it.
    public private(set) var owed: Points

    fileprivate init(period: Int, reversal: Event, lot: Lot, points: Points) {
        self.period = period
        self.reversal = reversal
        self.lot = lot
        self.points = points
        owed = points
    }

    fileprivate mutating func pay(_ payment: Payment) {
        owed -= payment.points
        payments.append(payment)
    }
}

/// Follows a member's debts through its closes. Of them nothing is kept but what is left to pay, so each close that
/// may have changed any is settled anew, from what was kept of it and of those before.
public struct DebtReplay: Sendable {
    /// All that there ever were, the oldest first.
    public private(set) var debts: [DebtCourse] = []
    /// Positions of those that are not paid.
    private var standing: [Int] = []
    /// What the closes before left: lots by the records that made them, allocations by their redemptions.
    private var lots: [RecordNumber: Lot] = [:]
    private var allocations: [RecordNumber: [Allocation]] = [:]
    private var numbers: [RecordName: RecordNumber] = [:]

    public init() {}

    /// Takes what was kept of the next close that had to do with the member, under the alliance as it was then. False:
    /// its records do not come to what was kept, and what `debts` says is worth nothing.
    public mutating func add(
        _ kept: SettledMember, period ordinal: Int, _ schedule: @autoclosure () throws -> Schedule
    ) rethrows -> Bool {
        defer { keep(kept) }
        let hasReversal = kept.events.contains { $0.record.type == .earnReversal }
        guard hasReversal || !standing.isEmpty else { return true }
        let schedule = try schedule()
        let output = settle(
            input(of: kept), period: schedule.calendar.period(ordinal), schedule: schedule)
        guard output.settled.comesTo(kept) else { return false }
        follow(output, period: ordinal)
        return true
    }

    private mutating func follow(_ output: MemberOutput, period: Int) {
        var places = standing
        for change in output.debtChanges {
            let (cause, lot) = (output.events[change.event], output.lots[change.lot])
            if change.kind == .left {
                precondition(change.debt == places.count, "debts are counted as they come")
                places.append(debts.count)
                debts.append(
                    DebtCourse(period: period, reversal: cause, lot: lot, points: change.points))
            } else {
                debts[places[change.debt]].pay(
                    DebtCourse.Payment(
                        period: period, points: change.points, isTaken: change.kind == .paid, lot: lot,
                        cause: cause))
            }
        }
        standing = places.filter { !debts[$0].owed.isZero }
        precondition(output.debts == owed, "what becomes of debts is told whole")
    }

    private var owed: [Debt] {
        standing.map { Debt(issuer: debts[$0].lot.issuer, lot: debts[$0].lot.number, points: debts[$0].owed) }
    }

    /// What the close was given, as far as it made a difference.
    private func input(of kept: SettledMember) -> MemberInput {
        var input = MemberInput(member: kept.member, events: kept.events, debts: owed)
        var held = Set(lots.values.filter { !$0.open.isZero }.map(\.number))
        var redeemed: Set<RecordNumber> = []
        for (event, outcome) in zip(kept.events, kept.outcomes) where event.record.ref != nil {
            let original = original(of: event, outcome)
            input.originals[event.number] = original
            guard case .settled(let number) = original else { continue }
            if lots[number] != nil { held.insert(number) }
            guard let pieces = allocations[number], redeemed.insert(number).inserted else { continue }
            input.allocations += pieces
            held.formUnion(pieces.map(\.lot))
        }
        input.lots = held.sorted().compactMap { lots[$0] }
        return input
    }

    /// What the store knew of a reversal's original, as its outcome tells. It is not asked for one of the same period.
    private func original(of event: Event, _ outcome: Outcome) -> Original {
        switch outcome {
        case .settled, .shortfall, .refused(.exceedsOriginal):
            event.record.ref.flatMap { numbers[RecordName(merchant: event.merchant, id: $0)] }
                .map { .settled($0) } ?? .notStored
        case .refused(.originalMismatch): .mismatch
        case .refused(.originalRefused): .refused
        case .pending, .refused: .notStored
        }
    }

    private mutating func keep(_ kept: SettledMember) {
        for event in kept.events {
            numbers[RecordName(merchant: event.merchant, id: event.record.id)] = event.number
        }
        for lot in kept.lots { lots[lot.number] = lot }
        for (redemption, pieces) in Dictionary(grouping: kept.allocations, by: \.redemption) {
            allocations[redemption] = pieces
        }
    }
}

extension SettledMember {
    /// Whether another says the same of records and movements; their lots and allocations may stand in other places.
    fileprivate func comesTo(_ other: SettledMember) -> Bool {
        events == other.events && outcomes == other.outcomes
            && movements.elementsEqual(other.movements) { own, others in
                own.kind == others.kind && own.event == others.event && own.points == others.points
                    && lots[own.lot].number == other.lots[others.lot].number
                    && own.allocation.map { allocations[$0].redemption }
                        == others.allocation.map { other.allocations[$0].redemption }
                    && own.allocation.map { allocations[$0].ordinal }
                        == others.allocation.map { other.allocations[$0].ordinal }
            }
    }
}
