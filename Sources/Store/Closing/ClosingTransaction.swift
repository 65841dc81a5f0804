import GRDB
public import Settlement
import Synchronization

/// A period while it closes: what is to be settled, read once, and where the outcome is written.
///
/// Used inside the close that made it, on its thread; `details` also where members are settled.
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

    /// Records and lots of the members that go from thread to thread together, and how many such groups are on
    /// their way: enough for neither thread to wait for the other, few enough to be little memory.
    var groupSize = 4_096
    private static let groupsOnTheWay = 4

    private let database: Database
    private let inForce: InForce
    /// Where that file is made.
    private let folder: String
    private var seen: Int64 = 0
    private var pieces: [MerchantID: Int] = [:]

    /// A piece of a merchant's DETAILS.csv.
    private struct Piece {
        let merchant: MerchantID
        let bytes: [UInt8]
    }

    /// Pieces that wait for the thread that writes; nil while there is no other.
    private let waiting = Mutex<[Piece]?>(nil)

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
    /// ids, and writes what it gives back. Called once.
    ///
    /// `settle` is called on another thread, one member after the other, while this one reads and writes. It
    /// may use what its caller holds, but of this transaction only `details`, `period` and `schedule`.
    public func eachMember(_ settle: (MemberInput) throws -> MemberOutput) throws {
        precondition(seen == 0, "a close goes through its members once")
        var stream = try MemberStream(
            database, inForce: inForce, period: period, sort: EventSort(folder: folder, budget: sortBudget),
            holdingsBytes: holdingsBytes)
        var writer = try OutcomeWriter(
            database, roster: inForce.roster, period: period.ordinal, settlementBytes: settlementBytes)
        waiting.withLock { $0 = [] }
        try pipelined(depth: Self.groupsOnTheWay) {
            try stream.nextGroup(size: groupSize)
        } work: { members in
            try members.map { try settle($0.input) }
        } take: { members, outputs in
            for (member, output) in zip(members, outputs) { try write(output, of: member, by: &writer) }
            for piece in takeWaiting() { try write(piece) }
        }
        waiting.withLock { $0 = nil }
        try writer.finish()
        guard seen == eventCount else {
            throw CloseFailure.broken(
                invariant: "every record due is read once", merchant: nil, expected: "\(eventCount)",
                found: "\(seen)")
        }
    }

    private func write(
        _ output: MemberOutput, of member: MemberStream.Member, by writer: inout OutcomeWriter
    ) throws {
        precondition(
            output.events.count == member.input.events.count, "a settlement has an outcome of every event")
        seen += Int64(output.events.count)
        try writer.write(output, of: member)
    }

    /// Takes the next piece of a merchant's DETAILS.csv.
    public func details(_ merchant: MerchantID, _ bytes: [UInt8]) throws {
        let piece = Piece(merchant: merchant, bytes: bytes)
        let waits = waiting.withLock { waiting in
            waiting?.append(piece)
            return waiting != nil
        }
        if !waits { try write(piece) }
    }

    private func takeWaiting() -> [Piece] {
        waiting.withLock { waiting in
            defer { if waiting != nil { waiting = [] } }
            return waiting ?? []
        }
    }

    private func write(_ piece: Piece) throws {
        let insert = try Prepared(
            database, "INSERT INTO details (period, merchant, ordinal, bytes) VALUES (?, ?, ?, ?)")
        insert.bind(1, period.ordinal)
        insert.bind(2, inForce.roster[piece.merchant])
        insert.bind(3, pieces[piece.merchant, default: 0])
        insert.bind(4, piece.bytes)
        try insert.run()
        pieces[piece.merchant, default: 0] += 1
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
