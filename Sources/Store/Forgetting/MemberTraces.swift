import GRDB
import Settlement

/// Where the database names a member, the bytes of batches apart.
struct MemberTraces {
    /// Its stored records.
    private(set) var records: Int64 = 0
    /// The chunks that hold them, by their first record.
    private(set) var chunks: [Int64] = []
    /// The batches that brought them, in the order of arrival.
    private(set) var batches: [Int64] = []
    /// The closed periods that made something of it, by ordinal.
    let periods: [Int]
    /// Whether there is a row of what it holds or held.
    let isHolder: Bool

    /// Goes over every record that there is, as none is found by its member.
    init(of member: MemberID, _ database: Database, _ roster: Roster) throws {
        periods = try Self.periods(of: member, database, roster)
        isHolder = try Self.isHolder(member, database)
        try member.withBytes { try findRecords(of: $0, database) }
    }

    /// Whether a close has made anything of a member.
    static func isSettled(_ member: MemberID, _ database: Database, _ roster: Roster) throws -> Bool {
        try isHolder(member, database) || !periods(of: member, database, roster).isEmpty
    }

    /// Whether a close has made anything of the member.
    var isSettled: Bool { !periods.isEmpty || isHolder }

    /// Whether there is nothing of it.
    var isEmpty: Bool { records == 0 && !isSettled }

    private static func periods(
        of member: MemberID, _ database: Database, _ roster: Roster
    ) throws -> [Int] {
        let lookup = try SettlementLookup(database, roster)
        return try PeriodRows(database).all().map(\.ordinal).filter {
            try lookup.settled(member, in: $0) != nil
        }
    }

    private static func isHolder(_ member: MemberID, _ database: Database) throws -> Bool {
        let query = try Prepared(
            database, "SELECT EXISTS (SELECT 1 FROM holdings WHERE member = ? AND period <= ?)")
        query.bind(1, member)
        query.bind(2, try PeriodRows(database).lastClosed())
        return try query.first { $0.integer(0) != 0 } ?? false
    }

    private mutating func findRecords(of member: UnsafeRawBufferPointer, _ database: Database) throws {
        try Prepared(
            database, "SELECT first, records, merchant, bytes, batch FROM record_chunks ORDER BY first"
        ).forEach { row in
            let (first, count, merchant) = (row.integer(0), Int(row.integer(1)), row.integer(2))
            let found = try RecordChunks.withContent(of: row) { bytes in
                var found: Int64 = 0
                var unpacker = RecordUnpacker(
                    bytes, first: RecordNumber(first), records: count, merchant: merchant)
                while let record = unpacker.next() {
                    if record.view.member.elementsEqual(member) { found += 1 }
                }
                return found
            }
            guard found > 0 else { return }
            records += found
            chunks.append(first)
            if batches.last != row.integer(4) { batches.append(row.integer(4)) }
        }
    }
}
