import GRDB
import Settlement

/// The records that a close looks at, by member: the period's, each read once in the order of arrival, and
/// those that stayed pending.
struct EventSource {
    /// Which records of which batches may settle in a period.
    static let ranges = """
        SELECT b.first_record, b.accepted
        FROM batch_periods p CROSS JOIN batches b ON b.batch = p.batch
        WHERE p.period = ?1 ORDER BY p.batch
        """

    static let pending = "SELECT record, attempts FROM outcomes WHERE state = 'pending' ORDER BY record"

    private let runs: [any SortedRun]
    private let roster: Roster
    private let start: Instant
    /// The member whose records come next; nil behind the last.
    private(set) var member: MemberID?

    init(_ database: Database, inForce: InForce, period: Period, sort: EventSort) throws {
        let chunks = try RecordChunks(database)
        try Prepared(database, Self.pending).forEach { row in
            try chunks.withRecord(RecordNumber(row.integer(0))) { record in
                try sort.add(record, attempts: Int(row.integer(1)))
            }
        }
        let ranges = try Prepared(database, Self.ranges)
        ranges.bind(1, period.ordinal)
        for range in try ranges.all({ $0.integer(0)..<$0.integer(0) + $0.integer(1) }) {
            try chunks.forEach(in: range) { record in
                guard record.period == period.ordinal else { return }
                try sort.add(record, attempts: 0)
            }
        }
        runs = try sort.sorted()
        roster = inForce.roster
        start = period.start
        findMember()
    }

    /// Takes all records of the member at hand.
    mutating func takeAll(into events: inout [Event]) throws {
        guard let member else { preconditionFailure("nothing is taken behind the last record") }
        var text = member.text
        try text.withUTF8 { id in
            let id = UnsafeRawBufferPointer(id)
            for run in runs {
                while let head = run.head, compare(EventPacking.member(of: head), id) == 0 {
                    events.append(
                        EventPacking.event(head, of: member, roster: roster, periodStart: start))
                    try run.advance()
                }
            }
        }
        findMember()
    }

    private mutating func findMember() {
        var least: UnsafeRawBufferPointer?
        for run in runs {
            guard let head = run.head else { continue }
            let id = EventPacking.member(of: head)
            if let known = least, compare(known, id) <= 0 { continue }
            least = id
        }
        member = least.map { MemberID(verified: String(decoding: $0, as: UTF8.self)) }
    }
}
