import GRDB
public import Settlement
import Signing

/// A close at work: what is to be settled, read once as it stood at the cut, and where the outcome is written.
///
/// Used inside the close that made it, on its thread.
public final class ClosingRun {
    public let period: Period
    public let schedule: Schedule
    /// Records to be looked at: those of the period, and those that stayed pending.
    public let eventCount: Int64

    /// Bytes of records that are sorted in memory at a time; what passes them is sorted in a file.
    var sortBudget = EventSort.budget
    /// Records from which on half of them are read by a second connection.
    var fewestBeside = EventReading.fewestBeside
    /// Bytes of holdings that are read at a time, and of settlements that make a row.
    var holdingsBytes = HoldingsSource.chunkBytes
    var settlementBytes = SettlementChunker.chunkBytes

    /// Bytes of records and holdings of the members that go from thread to thread together, and how many such
    /// groups are on their way for each thread that settles: enough for none to wait, few enough to be little
    /// memory.
    var groupBytes = 64 << 10
    private static let groupsOnTheWay = 4
    /// Threads that settle, beside the one that reads and writes.
    var threads = 2
    /// Bytes that are written in one transaction.
    var strideBytes = OutcomeWriter.strideBytes

    /// Sees the file as it was when the close began.
    let database: Database
    /// Nil: nothing is written.
    private let staging: Staging?
    private let inForce: InForce
    private let cut: Cut
    /// Where a file may be made.
    private let folder: String
    private let reserve: DiskReserve
    private let second: () throws -> DatabaseSnapshot
    private var isSettled = false
    /// What members held before, and what this close kept; nil until they are settled.
    private var sums: (before: HeldSums, kept: KeptSums)?

    init(
        _ database: Database, staging: Staging?, inForce: InForce, cut: Cut, folder: String,
        reserve: DiskReserve, second: @escaping () throws -> DatabaseSnapshot
    ) throws {
        self.database = database
        self.staging = staging
        self.inForce = inForce
        self.cut = cut
        self.folder = folder
        self.reserve = reserve
        self.second = second
        period = inForce.schedule.calendar.period(cut.period)
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
        return PeriodIntake(
            batches: try rows.batches(after: since, through: cut.lastBatch),
            missing: try rows.missingSequences(through: cut.lastBatch))
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
        var writer = staging.map {
            OutcomeWriter($0, period: period.ordinal, strideBytes: strideBytes, chunkBytes: settlementBytes)
        }
        var shares = (0..<threads).map { _ in settlement.makeShare() }
        let (roster, ordinal) = (inForce.roster, period.ordinal)
        let log = LogWriteback(of: folder + "/" + Store.fileName, isNeeded: staging?.isDurable ?? false)
        var seen = 0
        var changes = HeldSums()
        try pipelined(contexts: &shares, depth: threads * Self.groupsOnTheWay) {
            try stream.nextGroup(byteCount: groupBytes)
        } work: { share, group in
            try SettledGroup(group, by: &share, roster: roster, period: ordinal)
        } take: { _, group in
            seen += group.events
            try writer?.write(group)
            log.wrote(group.byteCount)
            changes.add(group.heldChange)
            settlement.add(group.sheets)
        }
        try writer?.finish()
        note(before: stream.held, changes, writer)
        for share in shares { try settlement.add(share) }
        guard seen == eventCount else {
            throw CloseFailure.broken(
                invariant: "every record due is read once", merchant: nil, expected: "\(eventCount)",
                found: "\(seen)")
        }
    }

    private func note(before: HeldSums, _ changes: HeldSums, _ writer: OutcomeWriter?) {
        var kept = KeptSums(
            settlementRows: writer?.settlementRows ?? 0, outcomeSum: writer?.outcomeSum ?? 0, held: before)
        kept.held.add(changes)
        sums = (before, kept)
    }

    /// What this close kept. Throws `StoreTrouble` where what earlier ones kept is not what they wrote.
    func keptSums() throws -> KeptSums {
        try KeptRows(database, inForce.roster).verify(before: period.ordinal, held: sums?.before)
        let last = try PeriodRows(database).closed(period.ordinal - 1)
        // A close that settles nobody leaves what was held.
        var kept = sums?.kept ?? KeptSums(held: last?.kept.held ?? HeldSums())
        let batches = try BatchRows(database).sums(through: last?.lastBatch ?? 0, then: cut.lastBatch)
        guard batches.before == last?.kept.batchSum ?? 0 else {
            throw StoreTrouble.damaged(
                "batches", "all rows", "those that came before the last close are not the ones that were")
        }
        kept.batchSum = batches.before &+ batches.behind
        return kept
    }

    /// A failure with the record that causes it, where that can be found.
    func named(_ failure: CloseFailure) -> CloseFailure {
        let search = FailedRecord(database, inForce.roster, before: period.ordinal)
        // What made the close fail is told, also where nothing more can be read.
        return (try? search.named(failure)) ?? failure
    }

    /// What there is of each member before the close.
    func members() throws -> MemberStream {
        try MemberStream(
            database, inForce: inForce, period: period, lastRecord: RecordNumber(cut.lastRecord),
            events: EventReading(
                folder: folder, budget: sortBudget, expected: eventCount, fewestBeside: fewestBeside,
                willSpill: { [reserve, folder] in try reserve.check(folder, $0, taking: $1) }, second: second),
            holdingsBytes: holdingsBytes)
    }
}
