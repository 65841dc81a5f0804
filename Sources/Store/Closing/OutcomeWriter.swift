import GRDB
import Settlement

/// Writes what a close makes of its members, one after the other in the order of their ids, so that the
/// clustered tables are gone through once.
struct OutcomeWriter {
    private let outcomes: Prepared
    private let movements: Prepared
    private let newDebt: Prepared
    private let noDebts: Prepared
    private let allocations: AllocationWriter
    private let lots: LotWriter
    private let roster: Roster
    private let period: Int

    init(_ database: Database, roster: Roster, period: Int) throws {
        outcomes = try Prepared(
            database,
            """
            INSERT INTO outcomes (record, state, period, code, attempts, missing) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (record) DO UPDATE SET state = excluded.state, period = excluded.period,
                code = excluded.code, attempts = excluded.attempts, missing = excluded.missing
            """)
        movements = try Prepared(
            database,
            """
            INSERT INTO movements (period, kind, record, lot, points, redemption, ordinal)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        newDebt = try Prepared(
            database, "INSERT INTO debts (member, ordinal, issuer, lot, points) VALUES (?, ?, ?, ?, ?)")
        noDebts = try Prepared(database, "DELETE FROM debts WHERE member = ?")
        allocations = try AllocationWriter(database, roster)
        lots = try LotWriter(database, roster)
        self.roster = roster
        self.period = period
    }

    func write(_ output: MemberOutput, of input: MemberInput) throws {
        for (event, outcome) in zip(output.events, output.outcomes) { try write(outcome, of: event) }
        for movement in output.movements { try write(movement, of: output) }
        try lots.write(output)
        try allocations.write(output, of: input)
        if output.debtsChanged { try write(output.debts, of: output.member) }
    }

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

    private func write(_ movement: Movement, of output: MemberOutput) throws {
        let allocation = movement.allocation.map { output.allocations[$0] }
        movements.bind(1, period)
        movements.bind(2, movement.kind.stored)
        movements.bind(3, movement.event.map { output.events[$0].number.value })
        movements.bind(4, output.lots[movement.lot].number.value)
        movements.bind(5, movement.points.count)
        movements.bind(6, allocation?.redemption.value)
        movements.bind(7, allocation.map { Int64($0.ordinal) })
        try movements.run()
    }

    private func write(_ debts: [Debt], of member: MemberID) throws {
        noDebts.bind(1, member.text)
        try noDebts.run()
        for (ordinal, debt) in debts.enumerated() {
            newDebt.bind(1, member.text)
            newDebt.bind(2, ordinal)
            newDebt.bind(3, roster[debt.issuer])
            newDebt.bind(4, debt.lot.value)
            newDebt.bind(5, debt.points.count)
            try newDebt.run()
        }
    }
}

extension Movement.Kind {
    /// As the table `movements` names it; never changed.
    var stored: Int64 {
        switch self {
        case .issue: 0
        case .allocation: 1
        case .restoration: 2
        case .recovery: 3
        case .debtRecovery: 4
        case .expiry: 5
        }
    }
}
