public import Settlement
public import Store

/// A record's whole life: what brought it, what closes made of it, and of its lot or its redemption since.
///
/// Of each list the first `most` are there, and beside it how many there are: one record may have to do with any number.
public struct RecordLife: Sendable {
    /// How many of a list are told.
    public static let most = 1_000

    /// What one close had to do with it.
    public struct Chapter: Sendable {
        public let period: Period
        /// What became of it there; nil where it was not looked at.
        public let outcome: Outcome?
        public let effective: Instant?
        /// Closes at which it had stayed pending before.
        public let attempts: Int
        /// Changes of its lot, of what it took, or that it caused, in order.
        public let movements: [ExplainedMovement]
        /// Reversals of it that were looked at, and what became of each.
        public let reversals: [(record: RecordMention, outcome: Outcome)]
        /// Its lot as the close left it.
        public let lot: Lot?
        public let movementsCount: Int
        public let reversalsCount: Int
    }

    public let origin: RecordOrigin
    public let standing: RecordStanding
    public let copies: [RecordCopy]
    public let copiesCount: Int
    /// Archives that hold batches of the merchant with equal copies: not among `copies`.
    public let unread: [StoredArchive]
    public let chapters: [Chapter]
    /// What the member owes or owed because of it: of a reversal, the debt that it left; of an earn, those that
    /// reversals of it left.
    public let debts: [ExplainedDebt]
    public let debtsCount: Int
    /// Other debts that points of its lot paid, or points that another lot gained by it.
    public let paid: [PaidDebt]
    public let paidCount: Int
    /// Batch and line of the records that the chapters name, as far as who asks may see them.
    public let origins: [RecordNumber: RecordOrigin]
    public let schedule: Schedule

    var calendar: PeriodCalendar { schedule.calendar }
}

extension RecordLife {
    /// Nil where the merchant has no record of that id. A merchant that asks is shown changes on its own side
    /// and those that its own records caused.
    public init?(_ id: RecordID, of merchant: MerchantID, in store: Store, for viewer: Explainer.Viewer)
        throws
    {
        guard let number = try store.number(of: id, merchant),
            let standing = try store.record(id, of: merchant),
            let origin = try store.origins(of: [number])[number]
        else { return nil }
        let open = try store.earliestOpen()
        let schedule = try store.schedule()
        // Debts are followed from the member's first record on.
        let kept = origin.period < open ? try store.settled(origin.record.member, in: 0..<open) : []
        let chapters = try kept.filter { $0.period >= origin.period }.compactMap { ordinal, settled in
            try ChapterReader(
                origin: origin, settled: settled, store: store, period: ordinal, viewer: viewer
            ).chapter
        }
        let debts = try RecordDebts(
            of: number, in: kept, store: store, Mentions(schedule: schedule, viewer: viewer))
        let numbers = chapters.flatMap {
            $0.movements.flatMap(\.numbers) + $0.reversals.compactMap(\.record.number)
        }
        let (copies, count, unread) = try store.copies(of: id, merchant, most: Self.most)
        self.init(
            origin: origin, standing: standing, copies: copies, copiesCount: count,
            unread: unread, chapters: chapters, debts: debts.left, debtsCount: debts.leftCount,
            paid: debts.paid, paidCount: debts.paidCount,
            origins: try store.origins(of: numbers + debts.numbers), schedule: schedule)
    }
}

extension RecordCopy {
    /// Whether it came before the record that took the id, in an earlier batch or on an earlier line of the same.
    func isBefore(_ origin: RecordOrigin) -> Bool {
        (batch.number, line) < (origin.batch.number, origin.line)
    }

    /// What its line said, where that is known and is not what the record says.
    func content(besides origin: RecordOrigin) -> Settlement.Record? {
        record == origin.record ? nil : record
    }
}

/// Picks out of what a close made of a member all that one record has to do with.
private struct ChapterReader {
    let origin: RecordOrigin
    let settled: SettledMember
    let schedule: Schedule
    let period: Period
    let viewer: Explainer.Viewer

    init(
        origin: RecordOrigin, settled: SettledMember, store: Store, period: Int, viewer: Explainer.Viewer
    ) throws {
        let schedule = try store.schedule(ofClosed: period)
        self.origin = origin
        self.settled = settled
        self.schedule = schedule
        self.period = schedule.calendar.period(period)
        self.viewer = viewer
    }

    /// Nil where the record had no part in the close.
    var chapter: RecordLife.Chapter? {
        let own = settled.events.firstIndex { $0.number == origin.number }
        let concerned = settled.movements.indices.filter {
            concerns(settled.movements[$0]) && isVisible(settled.movements[$0])
        }
        let reversed = settled.events.indices.filter {
            settled.events[$0].record.ref == origin.record.id
                && settled.events[$0].merchant == origin.merchant
        }
        let (movements, reversals) = (concerned.prefix(RecordLife.most), reversed.prefix(RecordLife.most))
        guard own != nil || !movements.isEmpty || !reversals.isEmpty else { return nil }
        let mentions = Mentions(schedule: schedule, viewer: viewer)
        let traced = TracedMember(settled, mentions)
        return RecordLife.Chapter(
            period: period, outcome: own.map { settled.outcomes[$0] },
            effective: own.map { settled.events[$0].effective },
            attempts: own.map { settled.events[$0].attempts } ?? 0,
            movements: movements.map { traced.movement($0) },
            reversals: reversals.map { (mentions.mention(settled.events[$0]), settled.outcomes[$0]) },
            lot: settled.lots.first { $0.number == origin.number && mentions.isOwn($0.issuer) },
            movementsCount: concerned.count, reversalsCount: reversed.count)
    }

    private func concerns(_ movement: Movement) -> Bool {
        settled.lots[movement.lot].number == origin.number
            || movement.event.map { settled.events[$0].number } == origin.number
            || movement.allocation.map { settled.allocations[$0].redemption } == origin.number
    }

    /// What the merchant's own DETAILS.csv shows, and what its own records did.
    private func isVisible(_ movement: Movement) -> Bool {
        guard case .merchant(let merchant) = viewer else { return true }
        return settled.lots[movement.lot].issuer == merchant
            || movement.event.map { settled.events[$0].merchant } == merchant
            || movement.allocation.map { settled.allocations[$0].redeemer } == merchant
    }
}
