import Settlement

/// With four eyes charges too are looked at by two persons: who says them drafts their payment, whose reason has them, and
/// another approves it.
extension OrderBook {
    /// A finding, unless with four eyes its charges would be one person's word: another approves them with the draft that
    /// says them, and there is none where all that it is of is booked, or drafted, without them.
    func approvable(_ finding: BankFinding) -> BankFinding {
        let isNoted = finding.steps.contains { step in
            switch step.act {
            case .pay, .payPart, .undo: true
            case .confirmPaid, .confirmUndone: false
            }
        }
        guard hasFourEyes, !finding.charges.isZero, !isNoted else { return finding }
        return BankFinding(steps: [], isCertain: false, reason: unapproved(finding.charges))
    }

    /// Why with four eyes nobody says charges of what is booked, and what to do instead.
    func unapproved(_ charges: Money) -> String {
        let text = matching.currency.text(charges)
        let opposite = matching.currency.text(Money(-charges.minorUnits))
        return
            "what it is of is booked, or drafted, without charges of \(text), and with four_eyes no person alone "
            + "books these: have a payment of \(opposite) (`settled pay`) and an adjustment of \(text) "
            + "(`settled adjust`) approved, and name both payments with --entry"
    }
}
