import GRDB
import Settlement

/// Writes what a close makes of its members, group after group in the order of their ids.
struct OutcomeWriter {
    private let outcomes: Prepared
    private let holdings: HoldingsWriter
    private var settlements: SettlementWriter
    private let period: Int

    init(_ database: Database, period: Int, settlementBytes: Int) throws {
        outcomes = try Prepared(
            database,
            """
            INSERT INTO outcomes (record, state, period, code, attempts, missing) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (record) DO UPDATE SET state = excluded.state, period = excluded.period,
                code = excluded.code, attempts = excluded.attempts, missing = excluded.missing
            """)
        holdings = try HoldingsWriter(database)
        settlements = try SettlementWriter(database, period: period, chunkBytes: settlementBytes)
        self.period = period
    }

    mutating func write(_ group: SettledGroup) throws {
        for row in group.outcomes { try write(row) }
        try settlements.write(group.settlements)
        for change in group.holdings { try holdings.write(change) }
    }

    /// Writes what waits for more of its kind.
    mutating func finish() throws { try settlements.finish() }

    private func write(_ row: OutcomeRow) throws {
        outcomes.bind(1, row.record.value)
        outcomes.bind(2, row.state)
        outcomes.bind(3, period)
        outcomes.bind(4, row.code?.rawValue)
        outcomes.bind(5, row.attempts)
        outcomes.bind(6, row.missing?.count)
        try outcomes.run()
    }
}
