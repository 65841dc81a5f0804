import Settlement

/// What the store keeps of one member between closes, in memory: enough to settle period after period.
struct MemoryBook {
    let member: MemberID
    let schedule: Schedule
    var lots: [Lot] = []
    var debts: [Debt] = []
    var allocations: [Allocation] = []
    var pending: [Event] = []
    var outcomes: [RecordNumber: Outcome] = [:]
    /// What each close came to.
    private(set) var kept: [(period: Int, settled: SettledMember)] = []

    init(member: MemberID, schedule: Schedule) {
        self.member = member
        self.schedule = schedule
    }

    /// Settles one period and tells of it; `all` is every record stored.
    mutating func close(_ period: Period, _ own: [Event], all: [Event]) -> [String] {
        let carried = pending.map {
            Event(
                number: $0.number, merchant: $0.merchant, record: $0.record, effective: period.start,
                late: $0.late, attempts: $0.attempts + 1)
        }
        let events = own + carried
        let input = MemberInput(
            member: member, events: events, lots: lots, debts: debts, allocations: allocations,
            originals: originals(of: events, all: all))
        let output = settle(input, period: period, schedule: schedule)
        kept.append((period.ordinal, output.settled))
        lots = output.lots
        debts = output.debts
        allocations = output.allocations
        pending = []
        for (event, outcome) in zip(output.events, output.outcomes) {
            outcomes[event.number] = outcome
            if case .pending = outcome { pending.append(event) }
        }
        return tell(output, of: period)
    }

    private func originals(of events: [Event], all: [Event]) -> [RecordNumber: Original] {
        let here = Set(events.map(Name.init))
        let stored = Dictionary(all.map { (Name($0), $0) }) { first, _ in first }
        var originals: [RecordNumber: Original] = [:]
        for event in events {
            guard let type = event.record.type.reverses, let ref = event.record.ref else { continue }
            let name = Name(merchant: event.merchant, id: ref)
            guard !here.contains(name) else { continue }
            originals[event.number] = stored[name].map { original($0, type: type) } ?? .notStored
        }
        return originals
    }

    private struct Name: Hashable {
        let merchant: MerchantID
        let id: RecordID

        init(merchant: MerchantID, id: RecordID) {
            self.merchant = merchant
            self.id = id
        }

        init(_ event: Event) { self.init(merchant: event.merchant, id: event.record.id) }
    }

    private func original(_ event: Event, type: RecordType) -> Original {
        guard event.record.type == type else { return .mismatch }
        switch outcomes[event.number] {
        case nil, .pending: return .later
        case .refused: return .refused
        case .settled, .shortfall: return .settled(event.number)
        }
    }

    private func tell(_ output: MemberOutput, of period: Period) -> [String] {
        var lines = ["\(period.id)"]
        let byEvent = Dictionary(grouping: output.movements.filter { $0.event != nil }) { $0.event ?? 0 }
        for (position, event) in output.events.enumerated() {
            let moves = (byEvent[position] ?? []).map { tell($0, output) }
            lines.append(
                (["\(event.record.id) \(tell(output.outcomes[position]))"] + moves).joined(separator: "; "))
        }
        let byTime = output.movements.filter { $0.event == nil }.map { tell($0, output) }
        if !byTime.isEmpty { lines.append(byTime.joined(separator: "; ")) }
        let left = output.lots.filter { !$0.open.isZero }.map { "\($0.merchant)/\($0.id) \($0.open.count)" }
        lines.append("left: " + (left.isEmpty ? "nothing" : left.joined(separator: ", ")))
        if !output.debts.isEmpty {
            lines.append(
                "owed: " + output.debts.map { "\($0.issuer) \($0.points.count)" }.joined(separator: ", "))
        }
        return lines
    }

    private func tell(_ movement: Movement, _ output: MemberOutput) -> String {
        let lot = output.lots[movement.lot]
        return "\(movement.kind.rawValue) \(movement.points.count) \(lot.merchant)/\(lot.id)"
    }

    private func tell(_ outcome: Outcome) -> String {
        switch outcome {
        case .settled: "settled"
        case .shortfall(let missing): "short of \(missing.count)"
        case .pending(let code): "pending \(code.rawValue)"
        case .refused(let code): "refused \(code.rawValue)"
        }
    }
}
