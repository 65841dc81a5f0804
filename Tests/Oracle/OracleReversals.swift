extension OracleMember {
    /// "The `ref` of a reversal is looked up among all records of the reporting merchant, whatever the
    /// member. In this order": the guards below.
    func reverse(_ event: OracleEvent, _ span: OracleSpan, _ stored: [OracleStored]) {
        let record = event.stored.record
        let isOfEarn = record.type == "earn_reversal"
        // "not stored → carried"
        guard
            let original = stored.first(where: {
                $0.record.merchant == record.merchant && $0.record.id == record.ref
            })
        else { return carry(event, "original_unknown") }
        // "another type or member → `original_mismatch`"
        guard original.record.type == (isOfEarn ? "earn" : "redeem"), original.record.member == record.member
        else {
            event.stored.state = .refused(code: "original_mismatch")
            return
        }
        switch original.state {
        // "refused → `original_refused`"
        case .refused:
            event.stored.state = .refused(code: "original_refused")
            return
        // "carried, or of a later period → carried"; an original of this period has been settled by now.
        case .pending, .open:
            return carry(event, "original_unknown")
        case .settled:
            break
        }
        // "more than earlier reversals left → `exceeds_original`"
        let earlier = reversals.filter { $0.original == original.record }.reduce(Int64(0)) { $0 + $1.points }
        guard record.points <= original.record.points - earlier else {
            event.stored.state = .refused(code: "exceeds_original")
            return
        }
        reversals.append((original.record, record.points))
        event.stored.state = .settled
        if isOfEarn {
            takeBack(record.points, of: original.record)
        } else {
            giveBack(record.points, of: original.record, event.effective)
        }
    }

    /// An `earn_reversal`.
    private func takeBack(_ points: Int64, of earn: OracleRecord) {
        guard let lot = lots.first(where: { $0.record == earn }) else {
            preconditionFailure("an earn of points has a lot")
        }
        // "recovers min(points, what is left in the lot of its earn)"
        var rest = points - recover(min(points, lot.left), from: lot)
        // "The points of that lot that had expired are not recovered and not owed."
        let expired = min(rest, lot.expiredUnclaimed)
        lot.expiredUnclaimed -= expired
        rest -= expired
        if expired > 0 { occasions["expired not owed", default: 0] += 1 }
        // "The rest had been spent: with `absorb` the issuer bears it; with `debt` the member owes it to that
        // issuer."
        if rest == 0 { return }
        occasions[alliance.refundShortfall, default: 0] += 1
        if alliance.refundShortfall == "absorb" { return }
        let debt = OracleDebt(lot, rest)
        debts.append(debt)
        // "It takes at once from the member's other open lots of that issuer, in order of consumption".
        for other in openLots where other.issuer == debt.issuer {
            payDebts(from: other, "debt takes at once")
        }
    }

    /// A `redeem_reversal`: "gives back the allocations of its redemption, last taken first and one by one (a
    /// debt takes from each before the next), to the lots that they came from".
    private func giveBack(_ points: Int64, of redemption: OracleRecord, _ effective: Int64) {
        var wanted = points
        for allocation in allocations.reversed() where allocation.redemption == redemption && wanted > 0 {
            let given = min(wanted, allocation.points)
            if given == 0 { continue }
            wanted -= given
            allocation.points -= given
            allocation.lot.left += given
            movements.append(
                OracleMovement(kind: .givingBack, lot: allocation.lot, points: given, allocation: allocation))
            if allocation.lot.hasExpired(by: effective) {
                expireAgain(allocation.lot, given, effective)
            } else {
                payDebts(from: allocation.lot, "debt takes what is given back")
            }
        }
        precondition(wanted == 0, "a redemption's allocations are its points less what was given back")
    }

    /// "Points given back to a lot that has expired meanwhile expire at once, and lessen debts that reversals
    /// of that same lot left, oldest first, without a line."
    private func expireAgain(_ lot: OracleLot, _ points: Int64, _ effective: Int64) {
        expire(by: effective)
        occasions["given back to an expired lot", default: 0] += 1
        var rest = points
        for debt in debts where debt.lot === lot {
            // What lessens a debt is set against its reversal, hence not free for a later one.
            let lessened = min(debt.points, rest)
            debt.points -= lessened
            rest -= lessened
            if lessened > 0 { occasions["debt lessened", default: 0] += 1 }
            lot.expiredUnclaimed -= lessened
        }
    }
}
