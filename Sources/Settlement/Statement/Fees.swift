extension StatementMaker {
    /// All lines of a merchant: of points, then fees, VAT and adjustments. Rulebook §6.
    ///
    /// VAT rate and period fee are those in force at the period's last millisecond; a merchant that has left
    /// by then pays no period fee (§2).
    func lines(
        of ledger: MerchantLedger, bookings: [Booking], terms: Terms, last: Instant
    ) throws(CloseFailure) -> [Line] {
        var lines = try ledger.lines(
            merchants: maker.ids, campaigns: campaigns)
        var fees = try redeemFees(on: lines, of: ledger.merchant)
        if schedule.status(of: ledger.merchant, at: last) != .left, !terms.periodFee.isZero {
            fees.append(Line(.periodFee, Money(-terms.periodFee.minorUnits)))
        }
        lines += fees
        let base = fees.reduce(Int128(0)) { $0 + Int128($1.amount.minorUnits) }
        let vat = try fitting(
            ExactAmount(base, times: terms.vat).roundedHalfEven, "a line of vat", of: ledger.merchant)
        if vat != 0 { lines.append(Line(.vat, Money(vat), rate: terms.vat)) }
        let adjustments = bookings.filter { $0.kind == .adjustment }
            .sorted { $0.reference < $1.reference }
        lines += adjustments.map { Line(.adjustment, $0.amount, reference: $0.reference.text) }
        return lines
    }

    /// One line a rate: on the sum of the rounded payout lines of that rate and their reversals.
    private func redeemFees(on lines: [Line], of merchant: MerchantID) throws(CloseFailure) -> [Line] {
        var bases: [Fraction: Int128] = [:]
        for line in lines {
            guard line.key.kind == .redemptionPayout || line.key.kind == .redemptionPayoutReversal,
                let rate = line.key.rate
            else { continue }
            bases[rate, default: 0] += Int128(line.amount.minorUnits)
        }
        var fees: [Line] = []
        for (rate, base) in bases.sorted(by: { $0.key < $1.key }) {
            let fee = ExactAmount(-base, times: rate).roundedHalfEven
            guard fee != 0 else { continue }
            fees.append(
                Line(.redeemFee, Money(try fitting(fee, "a line of redeem_fee", of: merchant)), rate: rate))
        }
        return fees
    }
}

extension Line {
    /// A line without points.
    fileprivate init(_ kind: LineKind, _ amount: Money, rate: Fraction? = nil, reference: String? = nil) {
        self.init(
            key: LineKey(kind: kind, counterparty: nil, price: nil, rate: rate, reference: reference),
            points: nil, amount: amount)
    }
}
