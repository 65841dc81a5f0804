import GRDB
public import Settlement

/// A period that has closed or that holds anything, and how it stands.
public struct PeriodStanding: Hashable, Sendable {
    public let period: Period
    /// Records of batches that settle in it, carried ones not counted.
    public let records: Int64
    /// Nil: it is open.
    public let close: Close?

    public struct Close: Hashable, Sendable {
        public let at: Instant
        public let forced: Bool
        /// What became of the records that it looked at, carried ones among them.
        public let records: RecordCounts
    }
}

/// A record that waits for the next close.
public struct PendingRecord: Hashable, Sendable {
    public let merchant: MerchantID
    public let record: Settlement.Record
    /// What it would be refused with.
    public let code: SettlementRefusalCode
    /// Closes at which it stayed pending.
    public let attempts: Int
}

extension Store {
    /// The ordinal of the earliest open period: the one that closes next.
    public func earliestOpen() throws -> Int {
        try reading("read the periods") { try PeriodRows($0).earliestOpen() }
    }

    /// Closed periods, the earliest open one, and later ones that hold records; in order.
    public func periods() throws -> [PeriodStanding] {
        try reading("read the periods") { database in
            let calendar = try inForce(database).schedule.calendar
            let closes = try closes(database)
            var records: [Int: Int64] = [:]
            try Prepared(
                database, "SELECT period, sum(records), min(batch) FROM batch_periods GROUP BY period"
            )
            .forEach { row in
                let period = try PeriodRows.ordinal(row.integer(0), of: "batch_periods", row.integer(2))
                records[period] = row.integer(1)
            }
            let ordinals = Set(closes.keys).union(records.keys).union([
                try PeriodRows(database).earliestOpen()
            ])
            return ordinals.sorted().map { ordinal in
                PeriodStanding(
                    period: calendar.period(ordinal), records: records[ordinal] ?? 0, close: closes[ordinal])
            }
        }
    }

    private func closes(_ database: Database) throws -> [Int: PeriodStanding.Close] {
        var closes: [Int: PeriodStanding.Close] = [:]
        for row in try PeriodRows(database).all() {
            closes[row.ordinal] = PeriodStanding.Close(at: row.at, forced: row.forced, records: row.records)
        }
        return closes
    }

    /// What the operator's accounts stood at after a period's close, those at zero left out, by name.
    public func journal(of period: Int) throws -> [(account: String, closing: Money)] {
        try reading("read the journal") { database in
            let query = try Prepared(
                database, "SELECT account, closing FROM journal WHERE period = ? ORDER BY account")
            query.bind(1, period)
            return try query.all { ($0.text(0), Money($0.integer(1))) }
        }
    }

    /// The records that stayed pending at the last close, in the order of arrival.
    public func pendingRecords() throws -> [PendingRecord] {
        try reading("read pending records") { database in
            let roster = try inForce(database).roster
            let records = try RecordChunks(database)
            let query = try Prepared(
                database,
                """
                SELECT record, code, attempts FROM outcomes WHERE period = ? AND state = 'pending'
                ORDER BY record
                """)
            query.bind(1, try PeriodRows(database).lastClosed())
            return try query.all { row in
                let stored = try records.record(RecordNumber(row.integer(0)))
                guard let code = SettlementRefusalCode(rawValue: row.text(1)) else {
                    throw StoreTrouble.damaged(
                        "outcomes", "record \(row.integer(0))", "it is pending without a code that is known")
                }
                return PendingRecord(
                    merchant: try roster.merchant(stored.merchant, of: "record_chunks", row.integer(0)),
                    record: stored.record, code: code,
                    attempts: Int(row.integer(2)))
            }
        }
    }
}
