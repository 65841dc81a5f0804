/// A record in the period that tries it.
struct OracleEvent {
    let stored: OracleStored
    var effective: Int64
    /// Whether it is a reversal processed directly after its original instead of before it.
    var isMoved = false

    /// §5: "`redeem_reversal` 0, `redeem` 1, `opening` 2, `earn` 3, `earn_reversal` 4, `correction` 5".
    private var rank: Int {
        let ranks = ["redeem_reversal", "redeem", "opening", "earn", "earn_reversal", "correction"]
        guard let rank = ranks.firstIndex(of: stored.record.type) else {
            preconditionFailure("there is no type \(stored.record.type)")
        }
        return rank
    }

    /// §5: "in order of (effective time, `at`, rank, merchant, id)".
    func comes(before other: OracleEvent) -> Bool {
        let (mine, its) = (stored.record, other.stored.record)
        return firstDifference(
            before(effective, other.effective), before(mine.at, its.at), before(rank, other.rank),
            before(bytes: mine.merchant, its.merchant), before(bytes: mine.id, its.id))
    }

    /// Whether this is what the other takes back: same reporting merchant and member, the type that fits.
    private func isOriginal(of reversal: OracleEvent) -> Bool {
        let (mine, its) = (stored.record, reversal.stored.record)
        return reversal.stored.isReversal && its.merchant == mine.merchant && its.ref == mine.id
            && its.member == mine.member && its.type == mine.type + "_reversal"
    }

    /// The events of a member in a period, as they are processed.
    ///
    /// §5: "A reversal that would sort before its original in the same period is processed directly after it,
    /// at the original's effective time (several of them in their own order)."
    static func inOrder(_ events: [OracleEvent]) -> [OracleEvent] {
        let sorted = events.sorted { $0.comes(before: $1) }
        var processed: [OracleEvent] = []
        for event in sorted {
            let isTooEarly = sorted.contains { $0.isOriginal(of: event) && event.comes(before: $0) }
            if isTooEarly { continue }
            processed.append(event)
            for var reversal in sorted where event.isOriginal(of: reversal) && reversal.comes(before: event) {
                (reversal.effective, reversal.isMoved) = (event.effective, true)
                processed.append(reversal)
            }
        }
        return processed
    }
}

extension OracleAlliance {
    /// The lot that an earn or an opening makes; its prices are those "in force at its own `at`" (§2).
    func lot(of record: OracleRecord, in zone: OracleZone) -> OracleLot {
        let campaign = record.campaign.flatMap { self.campaign($0) }
        // §2: "an earn's issuer is its campaign's sponsor or the reporting merchant".
        let issuer = campaign?.sponsor ?? record.merchant
        guard let terms = merchant(issuer)?.terms(at: record.at, in: zone) else {
            preconditionFailure("the intake lets nothing in without terms")
        }
        let isOpening = record.type == "opening"
        let lastDay = isOpening ? record.expires : lastDay(earned: zone.localDate(at: record.at))
        return OracleLot(
            record, issuer: issuer,
            // §2: "on these terms or the sponsor's".
            funding: campaign?.funding ?? terms.funding,
            issuePrice: campaign?.issuePrice ?? terms.issuePrice,
            // §5, of an opening: "its breakage share is 0".
            breakageShare: isOpening ? .zero : campaign?.breakageShare ?? terms.breakageShare,
            lastDay: lastDay,
            // §5: "the local midnight after the last valid day"; an opening "without `expires`, never".
            expiresAt: lastDay.map { zone.midnight(of: $0.adding(days: 1)) })
    }

    /// §5: "`at` + N months (a day the month lacks becomes its last), with `month_end` moved to the end of
    /// that month".
    private func lastDay(earned: OracleDate) -> OracleDate? {
        guard let expiry else { return nil }
        let day = earned.adding(months: expiry.months)
        return expiry.align == "month_end" ? day.endOfMonth : day
    }

    func allocation(
        of redemption: OracleRecord, from lot: OracleLot, points: Int64, in zone: OracleZone
    ) -> OracleAllocation {
        let item = redemption.item.flatMap { self.item($0) }
        // §2: "a redemption's redeemer is its item's supplier or the reporting merchant"; "at the item's
        // price and the supplier's fee".
        let redeemer = item?.supplier ?? redemption.merchant
        guard let terms = merchant(redeemer)?.terms(at: redemption.at, in: zone) else {
            preconditionFailure("the intake lets nothing in without terms")
        }
        return OracleAllocation(
            redemption, of: lot, points: points, redeemer: redeemer,
            redeemPrice: item?.redeemPrice ?? terms.redeemPrice, feeRate: terms.redeemFee)
    }
}
