extension MemberAccount {
    /// `redeem` consumes lots in order; with too few points nothing is consumed and it is carried. Rulebook §5.
    mutating func redeem(_ event: Event, at position: Int) -> Outcome {
        guard holdings.open >= event.record.points else { return carried(event, .insufficientPoints) }
        guard let redeeming = schedule.redeeming(event.record, by: event.merchant) else {
            preconditionFailure("an admitted record has terms; record \(event.number.value) has none")
        }
        var rest = event.record.points
        var ordinal = 0
        while !rest.isZero {
            guard let lot = holdings.next else { preconditionFailure("the open lots hold what they sum to") }
            let points = min(rest, holdings.lots[lot].open)
            holdings.take(points, from: lot)
            let allocation = output.allocations.count
            output.allocations.append(
                Allocation(
                    redemption: event.number, ordinal: ordinal, lot: holdings.lots[lot].number,
                    points: points,
                    redeemer: redeeming.redeemer, redeemPrice: redeeming.redeemPrice,
                    feeRate: redeeming.feeRate, terms: redeeming.terms))
            if hasReversals { allocationsOf[event.number, default: []].append(allocation) }
            move(.allocation, points, lot: lot, event: position, allocation: allocation)
            rest -= points
            ordinal += 1
        }
        return .settled
    }

    /// `redeem_reversal` gives back its redemption's allocations, last taken first and one by one, to the lots
    /// they came from; a debt takes from each before the next. Rulebook §5.
    mutating func reverseRedemption(_ event: Event, at position: Int) -> Outcome {
        let original: RecordNumber
        switch standing(ofOriginalOf: event) {
        case .outcome(let outcome): return outcome
        case .settled(let number): original = number
        }
        let taken = allocationsOf[original] ?? []
        let left = taken.reduce(Points.zero) { $0 + leftToGiveBack(of: $1) }
        guard event.record.points <= left else { return .refused(.exceedsOriginal) }
        var rest = event.record.points
        for allocation in taken.reversed() where !rest.isZero {
            let points = min(rest, leftToGiveBack(of: allocation))
            guard !points.isZero else { continue }
            giveBack(points, of: allocation, event: event, at: position)
            rest -= points
        }
        return .settled
    }

    private func leftToGiveBack(of allocation: Int) -> Points {
        output.allocations[allocation].points - output.allocations[allocation].givenBack
    }

    private mutating func giveBack(_ points: Points, of allocation: Int, event: Event, at position: Int) {
        guard let lot = holdings.position(of: output.allocations[allocation].lot) else {
            preconditionFailure("the lot of an allocation comes with it")
        }
        output.allocations[allocation].givenBack += points
        holdings.giveBack(points, to: lot)
        move(.restoration, points, lot: lot, event: position, allocation: allocation)
        gained(lot, at: event.effective, event: position)
        if isExpired(lot, at: event.effective) { lessenDebts(leftBy: lot, by: points) }
    }

    /// Points that expire on being given back lessen debts that reversals of that same lot left, oldest
    /// first, without a line; what they lessen counts as met, as if it had expired before. Rulebook §5.
    private mutating func lessenDebts(leftBy lot: Int, by points: Points) {
        let number = holdings.lots[lot].number
        var rest = points
        for debt in debts.indices where debts[debt].lot == number && !debts[debt].points.isZero {
            let less = min(rest, debts[debt].points)
            guard !less.isZero else { return }
            debts[debt].points -= less
            output.debtsChanged = true
            let met = holdings.meetExpired(less, at: lot)
            precondition(met == less, "points that just expired have met no reversal yet")
            rest -= less
        }
    }
}

extension MemberAccount {
    /// Where the original of a reversal stands, or what that makes of the reversal.
    enum Standing {
        case settled(RecordNumber)
        case outcome(Outcome)
    }

    /// Looked up in this order: not stored → carried; another type or member → `original_mismatch`; refused →
    /// `original_refused`; carried, or of a later period → carried. Rulebook §5.
    func standing(ofOriginalOf event: Event) -> Standing {
        guard let ref = event.record.ref, let type = event.record.type.reverses else {
            preconditionFailure("a reversal names the record that it reverses")
        }
        let name = RecordName(merchant: event.merchant, id: ref)
        if let found = types[name] {
            guard found == type else { return .outcome(.refused(.originalMismatch)) }
            guard let position = positions[name] else {
                preconditionFailure("an original of the same period is settled before its reversal")
            }
            switch output.outcomes[position] {
            case .settled, .shortfall: return .settled(output.events[position].number)
            case .pending: return .outcome(carried(event, .originalUnknown))
            case .refused: return .outcome(.refused(.originalRefused))
            }
        }
        switch originals[event.number] ?? .notStored {
        case .notStored, .later: return .outcome(carried(event, .originalUnknown))
        case .mismatch: return .outcome(.refused(.originalMismatch))
        case .refused: return .outcome(.refused(.originalRefused))
        case .settled(let number): return .settled(number)
        }
    }
}
