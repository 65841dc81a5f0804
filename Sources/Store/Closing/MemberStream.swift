import GRDB
import Settlement

/// Merges what there is of each member, in the order of their ids: the period's records, those that stayed
/// pending, open lots and debts. Holds one member, and one chunk of lots and debts, in memory.
struct MemberStream {
    private var events: EventSource
    private var pending: EventSource
    private var lots: LotSource
    private var debts: DebtSource
    private let originals: OriginalLookup

    init(_ database: Database, inForce: InForce, period: Period) throws {
        events = try EventSource(
            Prepared(database, EventSource.ofPeriod), inForce: inForce, period: period,
            parameter: period.ordinal)
        pending = try EventSource(Prepared(database, EventSource.pending), inForce: inForce, period: period)
        lots = try LotSource(database, inForce.roster)
        debts = try DebtSource(database, inForce.roster)
        originals = try OriginalLookup(database, inForce.roster, period: period.ordinal)
    }

    /// The next member; nil behind the last.
    mutating func next() throws -> MemberInput? {
        var first = events.member
        for other in [pending.member, lots.member, debts.member] {
            guard let other else { continue }
            if let least = first, least <= other { continue }
            first = other
        }
        guard let member = first else { return nil }
        var input = MemberInput(member: member)
        while events.member == member { input.events.append(try events.take()) }
        while pending.member == member { input.events.append(try pending.take()) }
        while lots.member == member { input.lots.append(try lots.take()) }
        while debts.member == member { input.debts.append(try debts.take()) }
        try originals.resolve(&input)
        return input
    }

    /// Gives up what is left, when the close is given up.
    func stop() {
        events.stop()
        pending.stop()
    }
}

/// Records to settle, in the order of members, sorted by SQLite outside memory.
struct EventSource {
    /// The period's records, found by the batches that hold any: each of their ranges is read once, in the
    /// order of arrival. CROSS JOIN keeps SQLite from looking for another way.
    static let ofPeriod = """
        SELECT \(RecordRows.columns), 0
        FROM batch_periods p
        CROSS JOIN batches b ON b.batch = p.batch
        CROSS JOIN records r ON r.record BETWEEN b.first_record AND b.first_record + b.accepted - 1
        WHERE p.period = ?1 AND r.period = ?1
        ORDER BY r.member
        """

    static let pending = """
        SELECT \(RecordRows.columns), o.attempts
        FROM outcomes o INDEXED BY outcomes_pending
        CROSS JOIN records r ON r.record = o.record
        WHERE o.state = 'pending'
        ORDER BY r.member
        """

    private let query: Prepared
    private let roster: Roster
    private let start: Instant
    /// The event that comes next, if there is one.
    private var ahead: Event?

    init(_ query: Prepared, inForce: InForce, period: Period, parameter: Int? = nil) throws {
        self.query = query
        roster = inForce.roster
        start = period.start
        if let parameter { query.bind(1, parameter) }
        try advance()
    }

    var member: MemberID? { ahead?.record.member }

    mutating func take() throws -> Event {
        guard let event = ahead else { preconditionFailure("nothing is taken behind the last record") }
        try advance()
        return event
    }

    func stop() { query.reset() }

    private mutating func advance() throws {
        guard try query.next() else { return ahead = nil }
        let stored = RecordRows.stored(query)
        let attempts = Int(query.integer(15))
        // An opening from before the alliance's start is the only other record that lies before its period.
        let effective = stored.late || attempts > 0 ? start : max(start, stored.record.at)
        ahead = Event(
            number: stored.number, merchant: roster[stored.merchant], record: stored.record,
            effective: effective, late: stored.late, attempts: attempts)
    }
}
