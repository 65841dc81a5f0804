import Settlement

/// What a group of members came to, packed and ready to be written: made by the threads that settle, so that the
/// one that writes does little else.
struct SettledGroup: Sendable {
    /// How many records it settles.
    private(set) var events = 0
    private(set) var outcomes: [OutcomeRow] = []
    private(set) var holdings: [HeldChange] = []
    /// What they change of the sums of all that is held.
    private(set) var heldChange = HeldSums()
    private(set) var settlements = SettlementParts()
    private(set) var sheets: DetailsSheets
    /// About what it adds to the store.
    private(set) var byteCount = 0

    /// Settles a group's members.
    init(
        _ group: MemberGroup, by share: inout PeriodShare, roster: Roster, period: Int
    ) throws(CloseFailure) {
        var settlements = SettlementParts()
        for position in group.members.indices {
            let (input, held) = group.unpack(position)
            let output = try share.settle(input)
            events += output.events.count
            for position in output.outcomes.indices
            where output.outcomes[position] != .settled || output.events[position].attempts > 0 {
                outcomes.append(OutcomeRow(output.events[position], output.outcomes[position]))
            }
            settlements.add(output, of: input, roster)
            if let change = HeldChange(
                output, before: held, parts: settlements, roster, period: period)
            {
                holdings.append(change)
                heldChange.add(change.sums)
                byteCount += HoldingsSource.rowBytes + (change.bytes?.count ?? 0)
            }
        }
        byteCount += settlements.byteCount
        self.settlements = settlements
        sheets = share.takeSheets()
    }
}

/// What became of a record. One that simply settles in its own period needs no row.
struct OutcomeRow: Sendable {
    let record: RecordNumber
    let state: String
    let code: SettlementRefusalCode?
    let attempts: Int
    let missing: Points?

    init(_ event: Event, _ outcome: Outcome) {
        record = event.number
        attempts = event.attempts + (outcome.isPending ? 1 : 0)
        switch outcome {
        case .settled: (state, code, missing) = ("settled", nil, nil)
        case .shortfall(let points): (state, code, missing) = ("settled", nil, points)
        case .pending(let reason): (state, code, missing) = ("pending", reason, nil)
        case .refused(let reason): (state, code, missing) = ("refused", reason, nil)
        }
    }
}

extension Outcome {
    fileprivate var isPending: Bool { if case .pending = self { true } else { false } }
}
