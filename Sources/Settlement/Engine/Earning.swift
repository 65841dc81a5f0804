extension MemberAccount {
    /// `earn` and `opening` create a lot; an earn of 0 points creates none. Rulebook §5.
    mutating func issue(_ event: Event, at position: Int) -> Outcome {
        guard !event.record.points.isZero else { return .settled }
        let lot = holdings.add(lotMade(by: event))
        move(.issue, event.record.points, lot: lot, event: position)
        gained(lot, at: event.effective, event: position)
        return .settled
    }

    @inline(__always)
    private func lotMade(by event: Event) -> Lot {
        let record = event.record
        guard let issuing = schedule.issuing(record, by: event.merchant) else {
            preconditionFailure("an admitted record has terms; record \(event.number.value) has none")
        }
        let opening = record.type == .opening
        return Lot(
            number: event.number, merchant: event.merchant, id: record.id, issuer: issuing.issuer,
            at: record.at,
            expiresAt: opening
                ? schedule.expiresAt(openingExpires: record.expires)
                : schedule.expiresAt(earnedAt: record.at),
            funding: issuing.funding, issuePrice: issuing.issuePrice,
            breakageShare: opening ? .zero : issuing.breakageShare, isOpening: opening,
            campaign: record.campaign, terms: issuing.terms, points: record.points)
    }

    /// A lot gained points: what has expired already expires at once, then debts to its issuer take.
    func isExpired(_ lot: Int, at instant: Instant) -> Bool {
        holdings.lots[lot].expiresAt.map { $0 <= instant } ?? false
    }

    mutating func gained(_ lot: Int, at instant: Instant, event: Int) {
        if isExpired(lot, at: instant) {
            move(.expiry, holdings.expireOpen(of: lot), lot: lot, event: event)
        } else {
            collectDebts(from: lot, event: event)
        }
    }

    /// Debts to the lot's issuer take what it holds, oldest debt first. Rulebook §5.
    private mutating func collectDebts(from lot: Int, event: Int) {
        while !holdings.lots[lot].open.isZero, let debt = debts.oldest(to: holdings.lots[lot].issuer) {
            pay(debt, min(debts[debt], holdings.lots[lot].open), from: lot, event: event)
        }
    }

    private mutating func pay(_ debt: Int, _ points: Points, from lot: Int, event: Int) {
        holdings.take(points, from: lot)
        debts.lessen(debt, by: points)
        note(.paid, debt, points, lot: lot, event: event)
        move(.debtRecovery, points, lot: lot, event: event)
    }

    /// Notes a change of a debt.
    mutating func note(_ kind: DebtChange.Kind, _ debt: Int, _ points: Points, lot: Int, event: Int) {
        output.debtsChanged = true
        output.debtChanges.append(
            DebtChange(kind: kind, debt: debt, event: event, lot: lot, points: points))
    }

    /// `earn_reversal`: what is left in the lot is recovered; what had expired is neither recovered nor owed;
    /// the rest had been spent, and is the issuer's loss or the member's debt. Rulebook §5.
    mutating func reverseEarn(_ event: Event, at position: Int) -> Outcome {
        let points = event.record.points
        let original: RecordNumber
        switch standing(ofOriginalOf: event) {
        case .outcome(let outcome): return outcome
        case .settled(let number): original = number
        }
        guard let lot = holdings.position(of: original),
            points <= holdings.lots[lot].points - holdings.lots[lot].reversed
        else { return .refused(.exceedsOriginal) }
        holdings.noteReversal(of: points, at: lot)
        let recovered = min(points, holdings.lots[lot].open)
        if !recovered.isZero {
            holdings.take(recovered, from: lot)
            move(.recovery, recovered, lot: lot, event: position)
        }
        let spent = points - recovered - holdings.meetExpired(points - recovered, at: lot)
        if schedule.alliance.refundShortfall == .debt && !spent.isZero {
            owe(spent, for: lot, event: position)
        }
        return .settled
    }

    /// A debt takes at once from the member's other open lots of that issuer, in order of consumption.
    private mutating func owe(_ points: Points, for lot: Int, event: Int) {
        let issuer = holdings.lots[lot].issuer
        let debt = debts.add(Debt(issuer: issuer, lot: holdings.lots[lot].number, points: points))
        note(.left, debt, points, lot: lot, event: event)
        while !debts[debt].isZero, let other = holdings.next(of: issuer) {
            pay(debt, min(debts[debt], holdings.lots[other].open), from: other, event: event)
        }
    }

    /// `correction`: takes from the lots in order of consumption, as many points as there are. Rulebook §5.
    mutating func correct(_ event: Event, at position: Int) -> Outcome {
        var missing = event.record.points
        while !missing.isZero, let lot = holdings.next() {
            let points = min(missing, holdings.lots[lot].open)
            holdings.take(points, from: lot)
            move(.recovery, points, lot: lot, event: position)
            missing -= points
        }
        return missing.isZero ? .settled : .shortfall(missing: missing)
    }
}
