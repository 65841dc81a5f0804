/// Whether a record may be kept, of a batch that is taken. Rulebook §3.
public enum Admission {
    /// How far ahead of its receipt a record may be dated: 5 minutes.
    public static let toleranceMilliseconds: Int64 = 300_000

    /// Why a record of `merchant`, received then, is refused alone; nil if it is not. All codes but
    /// `id_reused`, which comes before these and is for the store to find, in their order.
    public static func judge(
        _ record: Record, of merchant: MerchantID, schedule: Schedule, received: Instant
    ) -> RecordRefusalCode? {
        dateRefusal(record, schedule, received) ?? termsRefusal(record, merchant, schedule)
            ?? campaignRefusal(record, schedule) ?? itemRefusal(record, schedule)
            ?? rateRefusal(record, merchant, schedule)
    }

    private static func dateRefusal(
        _ record: Record, _ schedule: Schedule, _ received: Instant
    ) -> RecordRefusalCode? {
        let isOpening = record.type == .opening
        if !isOpening, schedule.calendar.ordinal(containing: record.at) == nil { return .beforeStart }
        if record.at > received.advanced(byMilliseconds: toleranceMilliseconds) { return .inFuture }
        let days = schedule.alliance.maxAgeDays
        if !isOpening, days > 0, record.at < received.advanced(byHours: -24 * days) { return .tooOld }
        return nil
    }

    /// A merchant that has left may still reverse; nobody issues for it or redeems at it.
    private static func termsRefusal(
        _ record: Record, _ merchant: MerchantID, _ schedule: Schedule
    ) -> RecordRefusalCode? {
        func isBound(_ party: MerchantID) -> Bool {
            schedule.terms(of: party, at: record.at) != nil
                && schedule.status(of: party, at: record.at) != .left
        }
        if record.type.reverses != nil {
            return schedule.terms(of: merchant, at: record.at) == nil ? .noTerms : nil
        }
        guard isBound(merchant) else { return .noTerms }
        if let sponsor = record.campaign.flatMap({ schedule.campaign($0) })?.sponsor, sponsor != merchant {
            guard isBound(sponsor) else { return .noTerms }
        }
        if let supplier = record.item.flatMap({ schedule.item($0) })?.supplier, supplier != merchant {
            guard isBound(supplier) else { return .noTerms }
        }
        return nil
    }

    private static func campaignRefusal(_ record: Record, _ schedule: Schedule) -> RecordRefusalCode? {
        guard let id = record.campaign else { return nil }
        guard let campaign = schedule.campaign(id) else { return .campaignUnknown }
        return schedule.isActive(campaign, at: record.at) ? nil : .campaignInactive
    }

    private static func itemRefusal(_ record: Record, _ schedule: Schedule) -> RecordRefusalCode? {
        guard let id = record.item else { return nil }
        guard let item = schedule.item(id) else { return .itemUnknown }
        guard schedule.isActive(item, at: record.at) else { return .itemInactive }
        return record.points.count.isMultiple(of: item.points.count) ? nil : .itemPointsMismatch
    }

    /// The guard against mistyped batches: points per major unit of the amount, on earns without campaign.
    private static func rateRefusal(
        _ record: Record, _ merchant: MerchantID, _ schedule: Schedule
    ) -> RecordRefusalCode? {
        guard record.type == .earn, record.campaign == nil, let amount = record.amount,
            let most = schedule.terms(of: merchant, at: record.at)?.maxPointsPerUnit
        else { return nil }
        return exceeds(most, points: record.points, amount: amount, currency: schedule.alliance.currency)
            ? .pointsExceedTerms : nil
    }

    static func exceeds(
        _ most: PointsPerUnit, points: Points, amount: Money, currency: Currency
    ) -> Bool {
        Int128(points.count) * Int128(currency.minorPerMajor) * 1_000_000
            > Int128(most.millionths) * Int128(amount.minorUnits)
    }
}
