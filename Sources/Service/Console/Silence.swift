import Settlement

/// Which merchants are quiet: active ones that sent no batch of their own in so many periods before the present one, nor
/// in that.
struct Silence {
    private let schedule: Schedule
    private let now: Instant
    /// Nil: there are not so many earlier periods to have been quiet in.
    private let since: Instant?

    /// `periods` is 1 or more; a merchant whose terms began since then is not quiet.
    init(of schedule: Schedule, at now: Instant, periods: Int = 1) {
        self.schedule = schedule
        self.now = now
        let present = schedule.calendar.ordinal(containing: now) ?? 0
        since = present >= periods ? schedule.calendar.period(present - periods).start : nil
    }

    /// `lastBatch` is the merchant's own; nil: there is none.
    func holds(of merchant: MerchantID, lastBatch: Instant?) -> Bool {
        guard let since, schedule.status(of: merchant, at: now) == .active,
            let begun = schedule.termsBegin(of: merchant), begun <= since
        else { return false }
        return lastBatch.map { $0 < since } ?? true
    }
}
