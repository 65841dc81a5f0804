/// Settles one member's period: a pure function of what it is given. Rulebook §5.
///
/// Before each event every lot whose time has come expires; so it does at the period's end. The events go in
/// the order of `ordered`. What the store must keep afterwards stands in the output.
///
/// Precondition: every record was admitted under this schedule, so that its terms can be found.
public func settle(_ input: MemberInput, period: Period, schedule: Schedule) -> MemberOutput {
    var account = MemberAccount(input, schedule: schedule)
    for position in 0..<account.output.settled.events.count {
        account.expire(through: account.output.settled.events[position].effective)
        account.settle(position)
    }
    account.expire(through: period.end)
    return account.finished()
}

/// A member's points while one period is settled. There is one of it, which is never copied.
struct MemberAccount: ~Copyable {
    let schedule: Schedule
    var holdings: Holdings
    var output: MemberOutput
    var debts: Debts
    let originals: [RecordNumber: Original]
    /// The types of this period's events, by name; filled only when there is a reversal to ask for it.
    var types: [RecordName: RecordType] = [:]
    /// Of those settled so far, the position among the output's events.
    var positions: [RecordName: Int] = [:]
    let hasReversals: Bool
    /// By redemption, what reversals may still give back.
    var returnable: [RecordNumber: Returnable] = [:]

    init(_ input: MemberInput, schedule: Schedule) {
        self.schedule = schedule
        holdings = Holdings(input.lots, expecting: input.events.count)
        output = MemberOutput(member: input.member)
        output.settled.events = ordered(input.events, of: input.member)
        output.settled.outcomes.reserveCapacity(input.events.count)
        output.settled.movements.reserveCapacity(input.events.count)
        output.settled.allocations = input.allocations
        output.knownAllocations = input.allocations.count
        debts = Debts(input.debts)
        originals = input.originals
        hasReversals = hasReversal(input.events)
        if hasReversals {
            let events = input.events
            for position in events.indices {
                let name = RecordName(merchant: events[position].merchant, id: events[position].record.id)
                types[name] = events[position].record.type
            }
        }
        if !input.allocations.isEmpty { returnable = Returnable.byRedemption(input.allocations) }
    }

    /// Settles the next event.
    mutating func settle(_ position: Int) {
        let event = output.settled.events[position]
        let outcome: Outcome =
            switch event.record.type {
            case .earn, .opening: issue(event, at: position)
            case .redeem: redeem(event, at: position)
            case .earnReversal: reverseEarn(event, at: position)
            case .redeemReversal: reverseRedemption(event, at: position)
            case .correction: correct(event, at: position)
            }
        output.settled.outcomes.append(outcome)
        if hasReversals {
            positions[RecordName(merchant: event.merchant, id: event.record.id)] = position
        }
    }

    /// The output, with the lots and debts as they stand now.
    consuming func finished() -> MemberOutput {
        output.settled.lots = holdings.lots
        output.openBefore = holdings.openBefore
        output.changed = holdings.changed
        output.knownLots = holdings.known
        output.debts = debts.standing
        return output
    }

    mutating func move(
        _ kind: Movement.Kind, _ points: Points, lot: Int, event: Int?, allocation: Int? = nil
    ) {
        precondition(points > .zero, "a movement moves at least one point")
        output.settled.movements.append(
            Movement(kind: kind, event: event, lot: lot, points: points, allocation: allocation))
    }

    /// Every lot whose `expiresAt` has come expires, in order of expiry.
    mutating func expire(through instant: Instant) {
        while let lot = holdings.firstExpired(by: instant) {
            move(.expiry, holdings.expireOpen(of: lot), lot: lot, event: nil)
        }
    }

    /// A carried record, or refused when it has been carried often enough. Rulebook §5.
    func carried(_ event: Event, _ code: SettlementRefusalCode) -> Outcome {
        event.attempts >= schedule.alliance.carryPeriods ? .refused(code) : .pending(code)
    }
}
