/// One line that a movement makes on one merchant's statement, with what it adds to it.
struct LineEntry {
    let merchant: MerchantID
    let key: LineKey
    let exact: ExactAmount
    /// What set the price.
    let terms: String
}

extension Movement {
    /// The lines that this movement makes, of the issuer first. Rulebook §6.
    func entries(in output: MemberOutput, minorPerMajor: Int64) -> [LineEntry] {
        let lot = output.lots[lot]
        switch kind {
        case .issue:
            return lot.prepaidEntry(.issue, points, sign: -1, minorPerMajor: minorPerMajor)
        case .recovery, .debtRecovery:
            return lot.prepaidEntry(.issueReversal, points, sign: 1, minorPerMajor: minorPerMajor)
        case .expiry:
            return lot.expiryEntry(points, minorPerMajor: minorPerMajor)
        case .allocation, .restoration:
            guard let allocation else { preconditionFailure("a redemption's movement names its allocation") }
            let piece = output.allocations[allocation]
            let back = kind == .restoration
            return lot.chargeEntry(points, redeemer: piece.redeemer, back: back, minorPerMajor: minorPerMajor)
                + [piece.payoutEntry(points, issuer: lot.issuer, back: back, minorPerMajor: minorPerMajor)]
        }
    }
}

extension Lot {
    /// `issue` and `issue_reversal`: of earned lots that the issuer pays when it issues. Opening lots make none.
    fileprivate func prepaidEntry(
        _ kind: LineKind, _ points: Points, sign: Int128, minorPerMajor: Int64
    ) -> [LineEntry] {
        guard funding == .issue, !isOpening else { return [] }
        let key = LineKey(
            kind: kind, counterparty: campaign == nil ? nil : merchant, price: issuePrice, rate: nil,
            reference: campaign?.text)
        let exact = ExactAmount(points, at: issuePrice, minorPerMajor: minorPerMajor)
        return [LineEntry(merchant: issuer, key: key, exact: sign < 0 ? -exact : exact, terms: terms)]
    }

    fileprivate func expiryEntry(_ points: Points, minorPerMajor: Int64) -> [LineEntry] {
        guard funding == .issue, !isOpening else { return [] }
        let key = LineKey(
            kind: .expiryRefund, counterparty: nil, price: issuePrice, rate: breakageShare, reference: nil)
        let exact = ExactAmount(
            points, at: issuePrice, share: breakageShare, minorPerMajor: minorPerMajor)
        return [LineEntry(merchant: issuer, key: key, exact: exact, terms: terms)]
    }

    fileprivate func chargeEntry(
        _ points: Points, redeemer: MerchantID, back: Bool, minorPerMajor: Int64
    ) -> [LineEntry] {
        guard funding == .redemption else { return [] }
        let key = LineKey(
            kind: back ? .redemptionChargeReversal : .redemptionCharge, counterparty: redeemer,
            price: issuePrice, rate: nil, reference: nil)
        let exact = ExactAmount(points, at: issuePrice, minorPerMajor: minorPerMajor)
        return [LineEntry(merchant: issuer, key: key, exact: back ? exact : -exact, terms: terms)]
    }
}

extension Allocation {
    fileprivate func payoutEntry(
        _ points: Points, issuer: MerchantID, back: Bool, minorPerMajor: Int64
    ) -> LineEntry {
        let key = LineKey(
            kind: back ? .redemptionPayoutReversal : .redemptionPayout, counterparty: issuer,
            price: redeemPrice, rate: feeRate, reference: nil)
        let exact = ExactAmount(points, at: redeemPrice, minorPerMajor: minorPerMajor)
        return LineEntry(merchant: redeemer, key: key, exact: back ? -exact : exact, terms: terms)
    }
}

extension PeriodSettlement {
    /// Adds a movement, with the lines that it makes, to the sums, point figures, flows and prepaid points.
    mutating func add(
        _ movement: Movement, making entries: [LineEntry], of output: MemberOutput
    ) throws(CloseFailure) {
        let lot = output.lots[movement.lot]
        ledgers[ledger(of: lot.issuer)].points.count(movement.kind, movement.points)
        for entry in entries {
            try ledgers[ledger(of: entry.merchant)].add(movement.points, entry.exact, to: entry.key)
        }
        let points = Int128(movement.points.count)
        if let allocation = movement.allocation {
            let flow = Flow(issuer: lot.issuer, redeemer: output.allocations[allocation].redeemer)
            flows[flow, default: 0] += movement.kind == .restoration ? -points : points
        }
        guard lot.funding == .issue else { return }
        let key = Prepaid.Key(issuer: lot.issuer, price: lot.issuePrice)
        prepaid[key, default: Prepaid()].count(movement.kind, points, isOpening: lot.isOpening)
    }
}

extension Prepaid {
    mutating func count(_ kind: Movement.Kind, _ points: Int128, isOpening: Bool) {
        switch kind {
        case .issue: if isOpening { openingCreated += points }
        case .allocation: consumed += points
        case .restoration: consumed -= points
        case .recovery, .debtRecovery: if isOpening { openingRecovered += points }
        case .expiry: if isOpening { openingExpired += points } else { expired += points }
        }
    }
}
