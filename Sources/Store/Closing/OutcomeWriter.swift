import GRDB
import Settlement

/// Writes what a close makes of its members, group after group in the order of their ids.
struct OutcomeWriter {
    /// Outcomes wait until there are so many, some 10 MB: they come in the order of members and are kept in that of
    /// records, so that each one alone would change a page that another has changed long ago.
    static let mostWaiting = 100_000

    private let outcomes: Prepared
    private var waiting: [OutcomeRow] = []
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
        waiting += group.outcomes
        if waiting.count >= Self.mostWaiting { try writeOutcomes() }
        try settlements.write(group.settlements)
        for change in group.holdings { try holdings.write(change) }
    }

    /// Writes what waits for more of its kind.
    mutating func finish() throws {
        try writeOutcomes()
        try settlements.finish()
    }

    private mutating func writeOutcomes() throws {
        waiting.sort { $0.record < $1.record }
        for row in waiting { try write(row) }
        waiting.removeAll(keepingCapacity: true)
    }

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
