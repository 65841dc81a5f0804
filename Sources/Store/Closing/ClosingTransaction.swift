import GRDB
public import Settlement

/// A period while it closes: what is to be settled, read once, and where the outcome is written.
///
/// Used inside the close that made it, on its thread.
public final class ClosingTransaction {
    public let period: Period
    public let schedule: Schedule
    /// Records to be looked at: those of the period, and those that stayed pending.
    public let eventCount: Int64

    /// Bytes of records that are sorted in memory at a time; what passes them is sorted in a file.
    var sortBudget = EventSort.budget
    /// Bytes of holdings that are read at a time, and of settlements that are written at a time.
    var holdingsBytes = HoldingsSource.chunkBytes
    var settlementBytes = SettlementWriter.chunkBytes

    /// Bytes of records and holdings of the members that go from thread to thread together, and how many such
    /// groups are on their way for each thread that settles: enough for none to wait, few enough to be little
    /// memory.
    var groupBytes = 64 << 10
    private static let groupsOnTheWay = 4
    /// Threads that settle, beside the one that reads and writes.
    var threads = 2

    let database: Database
    private let inForce: InForce
    /// Where a file may be made.
    private let folder: String
    private var isSettled = false

    init(_ database: Database, inForce: InForce, period: Period, folder: String) throws {
        self.database = database
        self.folder = folder
        self.inForce = inForce
        self.period = period
        schedule = inForce.schedule
        eventCount = try StateRows(database).due(in: period.ordinal)
    }

    /// Where everything stood after the previous close.
    public func opening() throws -> PeriodOpening {
        try OpeningRows(database, inForce.roster).opening(of: period.ordinal)
    }

    /// What came in since the previous close, and which sequence numbers are missing now.
    public func intake() throws -> PeriodIntake {
        let rows = IntakeRows(database, inForce.roster)
        let since = try PeriodRows(database).lastBatch(before: period.ordinal)
        return PeriodIntake(batches: try rows.batches(after: since), missing: try rows.missingSequences())
    }

    /// What belongs to this period, in the order in which it was booked.
    public func bookings() throws -> [Booking] {
        try BookingRows(database, inForce.roster).of(period.ordinal)
    }

    /// Settles every member that has records to settle, open lots or debts, in the order of their ids, writes what
    /// they come to, and adds it to `settlement`. Called once. Throws `CloseFailure`.
    ///
    /// Members are settled on other threads, while this one reads and writes.
    public func settle(_ settlement: inout PeriodSettlement) throws {
        precondition(!isSettled, "a close goes through its members once")
        isSettled = true
        var stream = try members()
        var writer = try OutcomeWriter(
            database, period: period.ordinal, settlementBytes: settlementBytes)
        var shares = (0..<threads).map { _ in settlement.makeShare() }
        let roster = inForce.roster
        let log = try LogWriteback(of: folder + "/" + Store.fileName, database)
        var seen = 0
        try pipelined(contexts: &shares, depth: threads * Self.groupsOnTheWay) {
            try stream.nextGroup(byteCount: groupBytes)
        } work: { share, group in
            try SettledGroup(group, by: &share, roster: roster)
        } take: { _, group in
            seen += group.events
            try writer.write(group)
            log.wrote(group.byteCount)
            settlement.add(group.sheets)
        }
        try writer.finish()
        for share in shares { try settlement.add(share) }
        guard seen == eventCount else {
            throw CloseFailure.broken(
                invariant: "every record due is read once", merchant: nil, expected: "\(eventCount)",
                found: "\(seen)")
        }
    }

    /// What there is of each member before the close.
    func members() throws -> MemberStream {
        try MemberStream(
            database, inForce: inForce, period: period, sort: EventSort(folder: folder, budget: sortBudget),
            holdingsBytes: holdingsBytes)
    }

    /// Every record stored is in one state: the counts of this close and of all closes add up. Rulebook §5.
    func prove(_ closed: ClosedPeriod) throws {
        let counts = try StateRows(database).counts()
        let proofs = [
            ("every record due has an outcome", eventCount, closed.records.all),
            ("records pending", closed.records.pending, counts.pending),
            ("records by state add up", try StateRows(database).stored(), counts.all),
        ]
        for (invariant, expected, found) in proofs where expected != found {
            throw CloseFailure.broken(
                invariant: invariant, merchant: nil, expected: "\(expected)", found: "\(found)")
        }
    }
}
