public import Settlement
public import Store

/// How the intake stands: what came, what was refused and why, what is missing, what waits, who is quiet.
public struct StatusReport: Sendable {
    let alliance: AllianceID
    let at: Instant
    /// The period that closes next, and from when on it may.
    let period: Period
    let closesFrom: Instant
    let standings: [IntakeStanding]
    let refusals: [RefusalCount]
    let missing: [MissingSequence]
    /// Active merchants that sent no batch of their own in so many periods before the present one, nor in that.
    let quiet: [IntakeStanding]
    let quietPeriods: Int
    let calendar: PeriodCalendar
    /// The period that cannot be closed, if one cannot.
    let stuck: FailedClose?
    /// The close that is at work or was interrupted, if any.
    let unfinished: UnfinishedClose?
    /// Drafts of payments and adjustments that wait for somebody to approve them, the first one first.
    let waitingDrafts: [StoredDraft]
    /// Runs some of whose orders somebody has drafted to give up.
    let rejectingRuns: [PaymentRun]
    /// Open disputes whose day is over.
    let overdue: [Dispute]
    /// Lanes with deliveries that were given up.
    let undelivered: [StuckDeliveries]
    /// What the bank booked and nothing is known of, the first one first.
    let bankLines: [BankLineResult]
    /// Orders of which the bank has said nothing for too long.
    let overdueOrders: [PaymentOrder]
    let currency: Currency
    /// The parts that could not be read, and why, in the order in which they are read. They are empty here.
    let unread: [(part: Part, trouble: StoreTrouble)]

    /// What is read by itself; each has the name of its member in JSON.
    enum Part: String {
        case stuck, closing, merchants, refused, missing, drafts, overdue, undelivered, bank, orders
    }

    /// Reads it all. `quietPeriods` is 1 or more; a merchant whose terms began since then is not quiet.
    ///
    /// A part that cannot be read keeps no other from being shown: `trouble` is the first one's. Throws where it cannot be
    /// said which period comes next.
    public init(_ store: Store, now: Instant, quietPeriods: Int = 1) throws {
        var unread: [(part: Part, trouble: StoreTrouble)] = []
        func read<Value>(_ part: Part, or nothing: Value, _ work: () throws -> Value) throws -> Value {
            do { return try work() } catch let trouble as StoreTrouble {
                unread.append((part, trouble))
                return nothing
            }
        }
        let schedule = try store.schedule()
        calendar = schedule.calendar
        alliance = schedule.alliance.id
        at = now
        period = calendar.period(try store.earliestOpen())
        closesFrom = period.end.advanced(byHours: schedule.alliance.graceHours)
        stuck = try read(.stuck, or: nil) { try store.failedClose() }
        unfinished = try read(.closing, or: nil) { try store.unfinishedClose() }
        let standings = try read(.merchants, or: []) { try store.intakeStanding() }
        self.standings = standings
        refusals = try read(.refused, or: []) { try store.refusalCounts() }
        missing = try read(.missing, or: []) { try store.missingSequences() }
        waitingDrafts = try read(.drafts, or: []) { try store.drafts().filter { $0.state == .waiting } }
        overdue = try read(.overdue, or: []) {
            try store.disputes().filter { $0.isOverdue(on: schedule.zone.localDate(at: now)) }
        }
        undelivered = try read(.undelivered, or: []) { try store.stuckDeliveries() }
        bankLines = try read(.bank, or: []) { try store.waitingBankLines() }
        (overdueOrders, rejectingRuns) = try read(.orders, or: ([], [])) {
            (
                try store.paymentOrders().filter { $0.isOverdue(on: schedule.zone.localDate(at: now)) },
                try store.paymentRuns().filter { !$0.waitingRejections.isEmpty }
            )
        }
        currency = schedule.alliance.currency
        self.unread = unread
        self.quietPeriods = quietPeriods
        let silence = Silence(of: schedule, at: now, periods: quietPeriods)
        quiet = standings.filter { silence.holds(of: $0.merchant, lastBatch: $0.lastBatch) }
    }

    /// Why the first part that could not be read could not; nil: all was.
    public var trouble: StoreTrouble? { unread.first?.trouble }

    /// Why a part could not be read; nil: it was.
    func trouble(of part: Part) -> StoreTrouble? { unread.first { $0.part == part }?.trouble }

    /// The unsettled records that came first, over all merchants.
    var oldestUnsettled: (merchant: MerchantID, period: String, received: Instant)? {
        standings.compactMap { standing in
            standing.oldestUnsettled.map { (standing.merchant, calendar.period($0.period).id, $0.received) }
        }.min { ($0.2, $0.0) < ($1.2, $1.0) }
    }

    /// Lowest and highest of the missing numbers next to each other, by merchant and signer.
    var missingRanges: [(merchant: MerchantID, signer: Signer, numbers: ClosedRange<Int64>)] {
        var ranges: [(merchant: MerchantID, signer: Signer, numbers: ClosedRange<Int64>)] = []
        for number in missing {
            if let last = ranges.last, last.merchant == number.merchant, last.signer == number.signer,
                last.numbers.upperBound + 1 == number.sequence
            {
                ranges[ranges.count - 1].numbers = last.numbers.lowerBound...number.sequence
            } else {
                ranges.append((number.merchant, number.signer, number.sequence...number.sequence))
            }
        }
        return ranges
    }
}
