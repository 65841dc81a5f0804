import GRDB
import Settlement

/// The records that a close looks at, by member: the period's, each read once in the order of arrival, and
/// those that stayed pending.
struct EventSource {
    /// Which records of which batches may settle in a period or a later one.
    static let ranges = """
        SELECT b.first_record, b.accepted, p.batch, p.period, p.records, p.sum
        FROM batch_periods p CROSS JOIN batches b ON b.batch = p.batch
        WHERE p.period >= ?1 ORDER BY p.period, p.batch
        """

    static let pending =
        "SELECT record, attempts FROM outcomes WHERE period = ? AND state = 'pending' ORDER BY record"

    private let runs: [any SortedRun]
    /// Of each run, the id of the member whose records come next; nil behind its last. They stand in the runs.
    private var heads: [UnsafeRawBufferPointer?]
    /// The member whose records come next; nil behind the last.
    private(set) var member: MemberID?

    init(_ database: Database, period: Period, _ reading: EventReading) throws {
        let ranges = try Self.ranges(of: period.ordinal, database)
        let own = reading.ownPart(of: ranges)
        let beside = try reading.beginBeside(Array(ranges.dropFirst(own)), of: period.ordinal)
        runs = try Self.joined(beside) {
            try reading.sorted(database, parts: beside == nil ? 1 : 2) { sort in
                try Self.addPending(to: sort, before: period.ordinal, database)
                try EventReading.add(ranges.prefix(own), of: period.ordinal, to: sort, database)
            }
        }
        heads = runs.map(Self.head)
        findMember()
    }

    /// The batches that brought records of a period. Throws `StoreTrouble` where a row of these or of a later period is
    /// not as it was written: it might be of this one.
    private static func ranges(of period: Int, _ database: Database) throws -> [BatchPart] {
        let query = try Prepared(database, Self.ranges)
        query.bind(1, period)
        return try query.all { row in
            let (batch, numbers) = (row.integer(2), try BatchRows.records(of: row))
            let found = BatchRows.sum(
                period: row.integer(3), batch: batch, records: row.integer(4), of: numbers)
            guard found == row.integer(5) else {
                throw StoreTrouble.damaged(
                    "batch_periods", "period \(row.integer(3)), batch \(batch)",
                    "it, or its row of batches, is not as it was written")
            }
            return row.integer(3) == period
                ? BatchPart(batch: batch, numbers: numbers, records: row.integer(4)) : nil
        }.compactMap(\.self)
    }

    /// What `read` gives, and behind it what was read beside it, which is waited for in any case.
    private static func joined(
        _ beside: ReadingBeside?, _ read: () throws -> [any SortedRun]
    ) throws -> [any SortedRun] {
        let first = Result(catching: read)
        let second = Result { try beside?.wait() ?? [] }
        return try first.get() + second.get()
    }

    private static func addPending(to sort: EventSort, before ordinal: Int, _ database: Database) throws {
        let chunks = try RecordChunks(database)
        let pending = try Prepared(database, Self.pending)
        pending.bind(1, ordinal - 1)
        try pending.forEach { row in
            // One more close than there were can have left no record pending.
            let attempts = row.integer(1)
            guard attempts >= 0, attempts <= ordinal else {
                throw StoreTrouble.damaged(
                    "outcomes", "record \(row.integer(0)) of period \(ordinal - 1)",
                    "it was pending at \(attempts) closes")
            }
            try chunks.withRecord(RecordNumber(row.integer(0))) { record in
                try sort.add(record, attempts: Int(attempts))
            }
        }
    }

    private static func head(of run: any SortedRun) -> UnsafeRawBufferPointer? {
        run.head.map(EventPacking.member)
    }

    /// Appends all records of the member at hand as `RecordStretch` says; says whether any is a reversal.
    mutating func takeAll(into bytes: inout [UInt8]) throws -> Bool {
        guard let member else { preconditionFailure("nothing is taken behind the last record") }
        var hasReversals = false
        try member.withBytes { id in
            for place in runs.indices {
                guard let head = heads[place], compare(head, id) == 0 else { continue }
                if try runs[place].takeAll(of: id, into: &bytes) { hasReversals = true }
                heads[place] = Self.head(of: runs[place])
            }
        }
        findMember()
        return hasReversals
    }

    private mutating func findMember() {
        var least: UnsafeRawBufferPointer?
        for case let head? in heads {
            if let known = least, compare(known, head) <= 0 { continue }
            least = head
        }
        member = least.map { MemberID(verified: $0) }
    }
}
