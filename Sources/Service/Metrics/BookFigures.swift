import Settlement
import Store

/// What only the database knows of how things stand, for a scrape: a few queries that look at no record.
struct BookFigures: Sendable {
    let quiet: [MerchantID]
    /// Sequence numbers that are missing, of each merchant that has any.
    let missing: [(merchant: MerchantID, count: Int)]
    let beyondLimit: [MerchantID]
    let deliveries: DeliveryCounts
    /// From when on the next period may close.
    let closesFrom: Instant
    let isStuck: Bool
    let lastClose: PeriodStanding.Close?
    /// Nil: nobody tried to make one here. A failure: what was noted of it cannot be read.
    let lastBackup: Result<LastBackup?, Failure>

    /// Merchants that a scrape names at most, of each kind: those that were the alliance's first.
    static let mostMerchants = 1_000

    /// Reads it beside whatever is being written.
    init(_ store: Store, at now: Instant) throws {
        let schedule = try store.schedule()
        let pulses = try store.intakePulses()
        let silence = Silence(of: schedule, at: now)
        quiet = pulses.filter { silence.holds(of: $0.merchant, lastBatch: $0.lastBatch) }.map(\.merchant)
        missing = pulses.filter { $0.missing > 0 }.map { ($0.merchant, Int($0.missing)) }
        let beyond = try store.beyondExposureLimit()
        beyondLimit = pulses.map(\.merchant).filter(beyond.contains)
        deliveries = try store.deliveryCounts()
        let period = schedule.calendar.period(try store.earliestOpen())
        closesFrom = period.end.advanced(byHours: schedule.alliance.graceHours)
        isStuck = try store.failedClose() != nil
        lastClose = try store.lastClose()
        lastBackup = Result { () throws(Failure) in try LastBackup(in: store.folder) }
    }
}
