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
            guard let lot = holdings.next() else {
                preconditionFailure("the open lots hold what they sum to")
            }
            let points = min(rest, holdings.lots[lot].open)
            holdings.take(points, from: lot)
            let allocation = output.allocations.count
            let piece = Allocation(
                redemption: event.number, ordinal: ordinal, lot: holdings.lots[lot].number, points: points,
                redeemer: redeeming.redeemer, redeemPrice: redeeming.redeemPrice, feeRate: redeeming.feeRate,
                terms: redeeming.terms)
            output.settled.allocations.append(piece)
            if hasReversals { returnable[event.number, default: Returnable()].add(allocation, piece) }
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
        guard event.record.points <= returnable[original]?.left ?? .zero else {
            return .refused(.exceedsOriginal)
        }
        var rest = event.record.points
        while !rest.isZero, let allocation = returnable[original]?.last(of: output.allocations) {
            let piece = output.allocations[allocation]
            let points = min(rest, piece.points - piece.givenBack)
            returnable[original]?.left -= points
            giveBack(points, of: allocation, event: event, at: position)
            rest -= points
        }
        return .settled
    }

    private mutating func giveBack(_ points: Points, of allocation: Int, event: Event, at position: Int) {
        guard let lot = holdings.position(of: output.allocations[allocation].lot) else {
            preconditionFailure("the lot of an allocation comes with it")
        }
        output.settled.allocations[allocation].givenBack += points
        holdings.giveBack(points, to: lot)
        move(.restoration, points, lot: lot, event: position, allocation: allocation)
        gained(lot, at: event.effective, event: position)
        if isExpired(lot, at: event.effective) { lessenDebts(leftBy: lot, by: points, event: position) }
    }

    /// Points that expire on being given back lessen debts that reversals of that same lot left, oldest
    /// first, without a line; what they lessen counts as met, as if it had expired before. Rulebook §5.
    private mutating func lessenDebts(leftBy lot: Int, by points: Points, event: Int) {
        let number = holdings.lots[lot].number
        var rest = points
        while !rest.isZero, let debt = debts.oldest(leftBy: number) {
            let less = min(rest, debts[debt])
            debts.lessen(debt, by: less)
            note(.lessened, debt, less, lot: lot, event: event)
            let met = holdings.meetExpired(less, at: lot)
            precondition(met == less, "points that just expired have met no reversal yet")
            rest -= less
        }
    }
}

/// What reversals may still give back of one redemption.
struct Returnable {
    /// Positions of its allocations, in order of consumption; those at the end that are given back wholly are
    /// dropped as they are met.
    private var positions: [Int] = []
    /// Sum of the points not given back.
    var left = Points.zero

    /// What is left of each redemption of which these are the allocations.
    static func byRedemption(_ allocations: [Allocation]) -> [RecordNumber: Returnable] {
        var returnable: [RecordNumber: Returnable] = [:]
        for position in allocations.indices.sorted(by: { allocations[$0].ordinal < allocations[$1].ordinal })
        {
            returnable[allocations[position].redemption, default: Returnable()]
                .add(position, allocations[position])
        }
        return returnable
    }

    /// Takes the allocations in order of consumption.
    mutating func add(_ position: Int, _ allocation: Allocation) {
        positions.append(position)
        left += allocation.points - allocation.givenBack
    }

    /// The last taken that has points to give back.
    mutating func last(of allocations: [Allocation]) -> Int? {
        while let position = positions.last {
            if allocations[position].givenBack < allocations[position].points { return position }
            positions.removeLast()
        }
        return nil
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
