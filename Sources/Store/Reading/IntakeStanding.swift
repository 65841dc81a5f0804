import GRDB
public import Settlement

/// What came of one merchant, by whoever signed it, and what of it has not settled.
public struct IntakeStanding: Hashable, Sendable {
    public let merchant: MerchantID
    public let batches: Int64
    public let records: Int64
    public let accepted: Int64
    public let duplicates: Int64
    /// Refused alone, their batch taken.
    public let refused: Int64
    /// When the last batch that the merchant itself signed was received; nil: none was.
    public let lastBatch: Instant?
    /// Records that wait for the close of a period that is open.
    public let unsettled: Int64
    /// The earliest period, by ordinal, and the earliest receipt of a batch with such records.
    public let oldestUnsettled: Oldest?
    /// Records that stayed pending at the last close.
    public let pending: Int64

    public struct Oldest: Hashable, Sendable {
        /// By ordinal.
        public let period: Int
        public let received: Instant
    }
}

/// How often something was refused, and when last.
public struct RefusalCount: Hashable, Sendable {
    /// Nil: of a batch that nobody's valid signature stood under.
    public let merchant: MerchantID?
    public let code: String
    /// Of batches refused whole; else of records refused alone.
    public let isBatch: Bool
    public let count: Int64
    public let last: Instant
}

extension Store {
    /// How the intake of every merchant stands, by merchant.
    public func intakeStanding() throws -> [IntakeStanding] {
        try reading("read how the intake stands") { database in
            try StandingRows(database, try inForce(database).roster).all()
        }
    }

    /// What was refused, by merchant and code: batches refused whole, and records refused alone.
    public func refusalCounts() throws -> [RefusalCount] {
        try reading("count what was refused") { database in
            try StandingRows(database, try inForce(database).roster).refusals()
        }
    }

    /// When a batch signed with a key was last received, by the key's id; a key that signed none is not there.
    public func lastUses() throws -> [String: Instant] {
        try reading("read when keys were used") { database in
            var uses: [String: Instant] = [:]
            try Prepared(database, "SELECT key_id, max(received) FROM batches GROUP BY key_id")
                .forEach { uses[$0.text(0)] = $0.instant(1) }
            return uses
        }
    }
}

private struct StandingRows {
    let database: Database
    let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func all() throws -> [IntakeStanding] {
        let pending = try pending()
        let unsettled = try unsettled()
        let query = try Prepared(
            database,
            """
            SELECT merchants.merchant, count(batch), coalesce(sum(records), 0), coalesce(sum(accepted), 0),
                coalesce(sum(duplicates), 0), coalesce(sum(refused), 0),
                max(CASE WHEN signer = 'merchant' THEN received END)
            FROM merchants LEFT JOIN batches ON batches.merchant = merchants.merchant
            GROUP BY merchants.merchant ORDER BY merchants.id
            """)
        return try query.all { row in
            let number = row.integer(0)
            return IntakeStanding(
                merchant: try roster.merchant(number, of: "merchants", number), batches: row.integer(1),
                records: row.integer(2),
                accepted: row.integer(3), duplicates: row.integer(4), refused: row.integer(5),
                lastBatch: row.instantOrNil(6),
                unsettled: unsettled[number]?.records ?? 0, oldestUnsettled: unsettled[number]?.oldest,
                pending: pending[number] ?? 0)
        }
    }

    private typealias Unsettled = (records: Int64, oldest: IntakeStanding.Oldest)

    private func unsettled() throws -> [Int64: Unsettled] {
        let query = try Prepared(
            database,
            """
            SELECT merchant, sum(batch_periods.records), min(period), min(received), min(batch)
            FROM batch_periods JOIN batches USING (batch) WHERE period >= ? GROUP BY merchant
            """)
        query.bind(1, try PeriodRows(database).earliestOpen())
        var unsettled: [Int64: Unsettled] = [:]
        try query.forEach { row in
            unsettled[row.integer(0)] = (
                row.integer(1),
                IntakeStanding.Oldest(
                    period: try PeriodRows.ordinal(row.integer(2), of: "batch_periods", row.integer(4)),
                    received: row.instant(3))
            )
        }
        return unsettled
    }

    private func pending() throws -> [Int64: Int64] {
        let query = try Prepared(
            database,
            """
            SELECT merchant, count(*) FROM outcomes JOIN record_chunks
                ON first = (SELECT max(first) FROM record_chunks WHERE first <= record)
            WHERE period = ? AND state = 'pending' GROUP BY merchant
            """)
        query.bind(1, try PeriodRows(database).lastClosed())
        var pending: [Int64: Int64] = [:]
        try query.forEach { pending[$0.integer(0)] = $0.integer(1) }
        return pending
    }

    func refusals() throws -> [RefusalCount] {
        let query = try Prepared(
            database,
            """
            SELECT merchant, code, 1, sum(times), max(at) FROM audit WHERE act = 'batch_refused'
            GROUP BY merchant, code
            UNION ALL
            SELECT merchants.id, code, 0, count(*), max(received)
            FROM record_refusals JOIN batches USING (batch) JOIN merchants USING (merchant)
            GROUP BY merchants.id, code
            ORDER BY 1, 3 DESC, 2
            """)
        return try query.all { row in
            RefusalCount(
                merchant: row.isNull(0) ? nil : row.identifier(0), code: row.text(1),
                isBatch: row.integer(2) != 0, count: row.integer(3),
                last: row.instant(4))
        }
    }
}
