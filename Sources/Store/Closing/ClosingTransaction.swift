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

    private let database: Database
    private let inForce: InForce
    /// Where that file is made.
    private let folder: String
    private var seen: Int64 = 0
    private var pieces: [MerchantID: Int] = [:]

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

    /// Hands every member that has records to settle, open lots or debts to `settle`, in the order of their
    /// ids, one in memory at a time, and writes what it gives back. Called once.
    public func eachMember(_ settle: (MemberInput) throws -> MemberOutput) throws {
        precondition(seen == 0, "a close goes through its members once")
        var stream = try MemberStream(
            database, inForce: inForce, period: period, sort: EventSort(folder: folder, budget: sortBudget))
        let writer = try OutcomeWriter(database, roster: inForce.roster, period: period.ordinal)
        while let input = try stream.next() {
            let output = try settle(input)
            precondition(
                output.events.count == input.events.count, "a settlement has an outcome of every event")
            seen += Int64(input.events.count)
            try writer.write(output, of: input)
        }
        guard seen == eventCount else {
            throw CloseFailure.broken(
                invariant: "every record due is read once", merchant: nil, expected: "\(eventCount)",
                found: "\(seen)")
        }
    }

    /// Takes the next piece of a merchant's DETAILS.csv.
    public func details(_ merchant: MerchantID, _ piece: [UInt8]) throws {
        let insert = try Prepared(
            database, "INSERT INTO details (period, merchant, ordinal, bytes) VALUES (?, ?, ?, ?)")
        insert.bind(1, period.ordinal)
        insert.bind(2, inForce.roster[merchant])
        insert.bind(3, pieces[merchant, default: 0])
        insert.bind(4, piece)
        try insert.run()
        pieces[merchant, default: 0] += 1
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
