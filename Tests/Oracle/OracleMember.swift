/// One member's holdings over the whole run, settled event by event (rulebook §5).
final class OracleMember {
    let alliance: OracleAlliance
    let zone: OracleZone
    let name: String
    var lots: [OracleLot] = []
    var debts: [OracleDebt] = []
    var allocations: [OracleAllocation] = []
    /// Of the period being settled.
    var movements: [OracleMovement] = []
    /// How often the rarer sentences of §5 were applied in the period, by a word for each: no figure of a
    /// statement, but what random histories are judged by.
    var occasions: [String: Int] = [:]
    /// Points of reversals that were settled, by the original; to know what "earlier reversals left".
    var reversals: [(original: OracleRecord, points: Int64)] = []

    init(_ name: String, _ alliance: OracleAlliance, _ zone: OracleZone) {
        (self.name, self.alliance, self.zone) = (name, alliance, zone)
    }

    /// Settles the events of a period, `stored` being all records there are at its close.
    func settle(_ span: OracleSpan, _ events: [OracleEvent], among stored: [OracleStored]) {
        (movements, occasions) = ([], [:])
        for event in OracleEvent.inOrder(events) {
            if event.isMoved { occasions["reversal after its original", default: 0] += 1 }
            // "Before an event, every lot with `expires_at` ≤ its effective time expires".
            expire(by: event.effective)
            settle(event, span, stored)
        }
        // "at the end of the period, every lot with `expires_at` ≤ the period's end".
        expire(by: span.end)
    }

    private func settle(_ event: OracleEvent, _ span: OracleSpan, _ stored: [OracleStored]) {
        let record = event.stored.record
        switch record.type {
        case "earn", "opening":
            create(record, event.effective)
            event.stored.state = .settled
        case "redeem":
            if redeem(record) { event.stored.state = .settled } else { carry(event, "insufficient_points") }
        case "correction":
            event.stored.shortfall = correct(record)
            event.stored.state = .settled
        default:
            reverse(event, span, stored)
        }
    }

    /// "After `carry_periods` further closes they are refused: `insufficient_points`, `original_unknown`."
    func carry(_ event: OracleEvent, _ code: String) {
        if event.stored.timesCarried >= alliance.carryPeriods {
            event.stored.state = .refused(code: code)
        } else {
            event.stored.timesCarried += 1
            event.stored.state = .pending(code: code)
        }
    }

    private func create(_ record: OracleRecord, _ effective: Int64) {
        // "An earn of 0 points creates no lot."
        if record.points == 0 { return }
        let lot = alliance.lot(of: record, in: zone)
        lots.append(lot)
        movements.append(OracleMovement(kind: .issue, lot: lot, points: record.points, allocation: nil))
        // "A lot already expired at its effective time expires at once"; a debt takes "after any expiry that
        // is due" and finds nothing then.
        expire(by: effective)
        if lot.left == 0 { occasions["lot born expired", default: 0] += 1 }
        payDebts(from: lot, "debt takes a new lot")
    }

    private func redeem(_ record: OracleRecord) -> Bool {
        let held = openLots.reduce(Int64(0)) { $0 + $1.left }
        // "If the lots hold less than `points` the redemption is unfunded: nothing is consumed and it is
        // carried."
        if held < record.points { return false }
        var wanted = record.points
        for lot in openLots where wanted > 0 {
            let points = min(wanted, lot.left)
            lot.left -= points
            wanted -= points
            if points < record.points { occasions["several lots", default: 0] += 1 }
            let allocation = alliance.allocation(of: record, from: lot, points: points, in: zone)
            allocations.append(allocation)
            movements.append(
                OracleMovement(kind: .consumption, lot: lot, points: points, allocation: allocation))
        }
        return true
    }

    /// "takes points from the member's lots in order of consumption, as many as there are; they count as
    /// recovered"; returns what is missing.
    private func correct(_ record: OracleRecord) -> Int64 {
        var wanted = record.points
        for lot in openLots where wanted > 0 { wanted -= recover(min(wanted, lot.left), from: lot) }
        return wanted
    }

    /// Whatever the member holds at this moment, in order of consumption.
    var openLots: [OracleLot] {
        lots.filter { $0.left > 0 }.sorted { $0.isConsumed(before: $1) }
    }

    func recover(_ points: Int64, from lot: OracleLot) -> Int64 {
        lot.left -= points
        if points > 0 {
            movements.append(OracleMovement(kind: .recovery, lot: lot, points: points, allocation: nil))
        }
        return points
    }

    func expire(by instant: Int64) {
        for lot in openLots where lot.hasExpired(by: instant) {
            movements.append(OracleMovement(kind: .expiry, lot: lot, points: lot.left, allocation: nil))
            lot.expiredUnclaimed += lot.left
            lot.left = 0
        }
    }

    /// A debt takes, "oldest debt first, whatever points those lots gain later (a new lot, points given
    /// back)"; "Points so taken are recovered from the lot that they are taken from".
    func payDebts(from lot: OracleLot, _ occasion: String) {
        for debt in debts where debt.issuer == lot.issuer {
            let points = recover(min(debt.points, lot.left), from: lot)
            debt.points -= points
            if points > 0 { occasions[occasion, default: 0] += 1 }
        }
    }
}
