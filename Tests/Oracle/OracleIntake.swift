/// A record that was accepted, and what has become of it.
///
/// §5: "Every stored record is at any moment in exactly one state".
final class OracleStored {
    enum State: Equatable {
        case open
        case settled
        case pending(code: String)
        case refused(code: String)
    }

    let record: OracleRecord
    /// The period it is to settle in; nil when that lies beyond the run.
    let period: Int?
    let isLate: Bool
    var state = State.open
    /// How many closes have left it pending.
    var timesCarried = 0
    /// The points missing from a correction.
    var shortfall: Int64 = 0

    init(_ record: OracleRecord, period: Int?, isLate: Bool) {
        (self.record, self.period, self.isLate) = (record, period, isLate)
    }

    var isReversal: Bool { record.type == "earn_reversal" || record.type == "redeem_reversal" }
}

/// The door: what is stored, what is a duplicate, what is refused alone (rulebook §3, §4).
final class OracleIntake {
    let alliance: OracleAlliance
    let zone: OracleZone
    let periods: [OracleSpan]
    var stored: [OracleStored] = []
    /// Since the previous close.
    var duplicates = 0
    /// Since the previous close, by code.
    var refusals: [String: Int] = [:]

    init(_ alliance: OracleAlliance, _ zone: OracleZone, _ periods: [OracleSpan]) {
        (self.alliance, self.zone, self.periods) = (alliance, zone, periods)
    }

    func take(_ record: OracleRecord, received: Int64, earliestOpen: Int) {
        guard let merchant = alliance.merchant(record.merchant) else { return }
        // §2: "`suspended`: the merchant's own batches are refused; operator batches on its behalf […] go
        // on"; "suspension is judged at receipt". Refused whole, it is no record refused alone.
        let isOperators = record.type == "opening" || record.type == "correction"
        if !isOperators, merchant.status(at: received, in: zone) == "suspended" { return }

        // §3: an id is "unique per merchant, for ever, over all types"; who repeats it is first of all
        // compared with what is stored. A refused record "does not take its id", so it is not among the
        // stored.
        if let first = stored.first(where: {
            ($0.record.merchant, $0.record.id) == (record.merchant, record.id)
        }) {
            if first.record == record { duplicates += 1 } else { refusals["id_reused", default: 0] += 1 }
            return
        }
        if let code = refusal(of: record, by: merchant, received: received) {
            refusals[code, default: 0] += 1
            return
        }
        stored.append(placed(record, earliestOpen))
    }

    /// §3, in this order: `before_start` … `points_exceed_terms`; nil is accepted.
    private func refusal(
        of record: OracleRecord, by merchant: OracleAlliance.Merchant, received: Int64
    ) -> String? {
        let at = record.at
        if at < zone.midnight(of: alliance.start), record.type != "opening" { return "before_start" }
        // "more than 5 minutes after receipt"
        if at > received + 5 * 60_000 { return "in_future" }
        // "more than `max_age_days` before receipt; not on `opening`"; §1: a day of it is 24 hours; 0 = no
        // limit.
        let age = alliance.maxAgeDays * 24 * 3_600_000
        if age > 0, at < received - age, record.type != "opening" { return "too_old" }

        let campaign = record.campaign.flatMap { alliance.campaign($0) }
        let item = record.item.flatMap { alliance.item($0) }
        // §2: "`left` from D: records at or after D get `no_terms`, except reversals".
        let isReversal = record.type == "earn_reversal" || record.type == "redeem_reversal"
        if !hasTerms(merchant, at, evenIfLeft: isReversal) { return "no_terms" }
        for other in [campaign?.sponsor, item?.supplier].compactMap({ $0 }) {
            guard let other = alliance.merchant(other), hasTerms(other, at, evenIfLeft: false) else {
                return "no_terms"
            }
        }
        if record.campaign != nil {
            guard let campaign else { return "campaign_unknown" }
            if !isActive(campaign.from, campaign.until, at) { return "campaign_inactive" }
        }
        if record.item != nil {
            guard let item else { return "item_unknown" }
            if !isActive(item.from, item.until, at) { return "item_inactive" }
            // §2: "its points are a multiple of the item's"
            if record.points % item.points != 0 { return "item_points_mismatch" }
        }
        return exceedsTerms(record, merchant) ? "points_exceed_terms" : nil
    }

    private func hasTerms(_ merchant: OracleAlliance.Merchant, _ at: Int64, evenIfLeft: Bool) -> Bool {
        merchant.terms(at: at, in: zone) != nil
            && (evenIfLeft || merchant.status(at: at, in: zone) != "left")
    }

    /// §2: "`from`, `until` (first day after; optional)".
    private func isActive(_ from: OracleDate, _ until: OracleDate?, _ at: Int64) -> Bool {
        guard zone.midnight(of: from) <= at else { return false }
        guard let until else { return true }
        return at < zone.midnight(of: until)
    }

    /// §2: "most points an earn without campaign may give per major unit of its `amount` […]; an earn without
    /// `amount` is not checked".
    private func exceedsTerms(_ record: OracleRecord, _ merchant: OracleAlliance.Merchant) -> Bool {
        guard record.type == "earn", record.campaign == nil, let amount = record.amount,
            let limit = merchant.terms(at: record.at, in: zone)?.maxPointsPerUnit
        else { return false }
        // points > limit × amount in major units, both sides in millionths of a minor unit.
        let unit = (0..<alliance.exponent).reduce(Int128(1)) { product, _ in product * 10 }
        return Int128(record.points) * 1_000_000 * unit > Int128(limit.millionths) * Int128(amount)
    }

    private func placed(_ record: OracleRecord, _ earliestOpen: Int) -> OracleStored {
        // §4: "An `opening` dated before `start` takes effect at the first period's start".
        let at = max(record.at, periods[0].start)
        let own = periods.first { $0.start <= at && at < $0.end }?.ordinal
        // §4: "If that period has closed when the record is stored, the record is late: it settles in the
        // earliest open period".
        if let own, own < earliestOpen {
            return OracleStored(record, period: earliestOpen, isLate: true)
        }
        return OracleStored(record, period: own, isLate: false)
    }
}
