import GRDB
import Settlement

/// Writes what a close makes of its members, one after the other in the order of their ids.
struct OutcomeWriter {
    private let outcomes: Prepared
    private let holdings: HoldingsWriter
    private var settlements: SettlementWriter
    private let period: Int

    init(_ database: Database, roster: Roster, period: Int, settlementBytes: Int) throws {
        outcomes = try Prepared(
            database,
            """
            INSERT INTO outcomes (record, state, period, code, attempts, missing) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (record) DO UPDATE SET state = excluded.state, period = excluded.period,
                code = excluded.code, attempts = excluded.attempts, missing = excluded.missing
            """)
        holdings = try HoldingsWriter(database, roster)
        settlements = try SettlementWriter(database, roster, period: period, chunkBytes: settlementBytes)
        self.period = period
    }

    mutating func write(_ output: MemberOutput, of member: MemberStream.Member) throws {
        for (event, outcome) in zip(output.events, output.outcomes) { try write(outcome, of: event) }
        try settlements.write(output, of: member.input)
        try holdings.write(output, before: member.held)
    }

    /// Writes what waits for more of its kind.
    mutating func finish() throws { try settlements.finish() }

    /// A record that settles in its own period needs no row.
    private func write(_ outcome: Outcome, of event: Event) throws {
        var missing: Points?
        var code: SettlementRefusalCode?
        let state: String
        switch outcome {
        case .settled:
            guard event.attempts > 0 else { return }
            state = "settled"
        case .shortfall(let points): (state, missing) = ("settled", points)
        case .pending(let reason): (state, code) = ("pending", reason)
        case .refused(let reason): (state, code) = ("refused", reason)
        }
        outcomes.bind(1, event.number.value)
        outcomes.bind(2, state)
        outcomes.bind(3, period)
        outcomes.bind(4, code?.rawValue)
        outcomes.bind(5, event.attempts + (state == "pending" ? 1 : 0))
        outcomes.bind(6, missing?.count)
        try outcomes.run()
    }
}
