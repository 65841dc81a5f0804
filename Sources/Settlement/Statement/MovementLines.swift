/// One line that a movement makes on one merchant's statement, with what it adds to it.
struct LineEntry {
    /// The merchant's ledger.
    let ledger: Int
    let slot: LineSlot
    let exact: ExactAmount
}

/// The lines that one movement makes: at most one of the issuer and one of the redeemer. Rulebook §6.
struct LineEntries {
    var issuer: LineEntry?
    var redeemer: LineEntry?
}

/// What the lines of a movement are made of, besides its points.
struct LineMaker {
    let minorPerMajor: Int64
    let merchants: MerchantTable
    let campaigns: [CampaignID: Int32]

    /// The lines that a movement makes.
    func entries(_ movement: Movement, in output: MemberOutput, issuer: Int) -> LineEntries {
        switch movement.kind {
        case .issue:
            return LineEntries(issuer: prepaid(.issue, movement, in: output, issuer: issuer))
        case .recovery, .debtRecovery:
            return LineEntries(issuer: prepaid(.issueReversal, movement, in: output, issuer: issuer))
        case .expiry:
            return LineEntries(issuer: expiry(movement, in: output, issuer: issuer))
        case .allocation, .restoration:
            return redemption(movement, in: output, issuer: issuer)
        }
    }

    /// `issue` and `issue_reversal`: of earned lots that the issuer pays when it issues. Opening lots make none.
    private func prepaid(
        _ kind: LineKind, _ movement: Movement, in output: MemberOutput, issuer: Int
    ) -> LineEntry? {
        let lot = movement.lot
        guard output.lots[lot].funding == .issue, !output.lots[lot].isOpening else { return nil }
        let price = output.lots[lot].issuePrice
        var counterparty: Int32 = -1
        var campaign: Int32 = -1
        if let id = output.lots[lot].campaign, let place = campaigns[id] {
            campaign = place
            counterparty = Int32(merchants[output.lots[lot].merchant])
        }
        let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
        return LineEntry(
            ledger: issuer,
            slot: LineSlot(
                kind: kind, counterparty: counterparty, campaign: campaign, rate: -1, price: price),
            exact: kind == .issue ? -exact : exact)
    }

    private func expiry(_ movement: Movement, in output: MemberOutput, issuer: Int) -> LineEntry? {
        let lot = movement.lot
        guard output.lots[lot].funding == .issue, !output.lots[lot].isOpening else { return nil }
        let (price, share) = (output.lots[lot].issuePrice, output.lots[lot].breakageShare)
        return LineEntry(
            ledger: issuer,
            slot: LineSlot(
                kind: .expiryRefund, counterparty: -1, campaign: -1, rate: Int32(share.millionths),
                price: price),
            exact: ExactAmount(movement.points, at: price, share: share, minorPerMajor: minorPerMajor))
    }

    private func redemption(_ movement: Movement, in output: MemberOutput, issuer: Int) -> LineEntries {
        guard let allocation = movement.allocation else {
            preconditionFailure("a redemption's movement names its allocation")
        }
        let back = movement.kind == .restoration
        let redeemer = merchants[output.allocations[allocation].redeemer]
        var entries = LineEntries()
        if output.lots[movement.lot].funding == .redemption {
            let price = output.lots[movement.lot].issuePrice
            let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
            entries.issuer = LineEntry(
                ledger: issuer,
                slot: LineSlot(
                    kind: back ? .redemptionChargeReversal : .redemptionCharge,
                    counterparty: Int32(redeemer), campaign: -1, rate: -1, price: price),
                exact: back ? exact : -exact)
        }
        let price = output.allocations[allocation].redeemPrice
        let exact = ExactAmount(movement.points, at: price, minorPerMajor: minorPerMajor)
        entries.redeemer = LineEntry(
            ledger: redeemer,
            slot: LineSlot(
                kind: back ? .redemptionPayoutReversal : .redemptionPayout, counterparty: Int32(issuer),
                campaign: -1, rate: Int32(output.allocations[allocation].feeRate.millionths), price: price),
            exact: back ? -exact : exact)
        return entries
    }
}
