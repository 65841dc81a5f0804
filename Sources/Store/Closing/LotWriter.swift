import GRDB
import Settlement

/// Writes the lots that a settlement made or changed; one that is spent, or open again, changes its place.
struct LotWriter {
    private let insert: Prepared
    private let update: Prepared
    private let move: Prepared
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) throws {
        insert = try Prepared(
            database,
            """
            INSERT INTO lots (spent, \(LotRows.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        update = try Prepared(
            database,
            """
            UPDATE lots SET open = ?, expired = ?, expired_met = ?, reversed = ?
            WHERE spent = ? AND member = ? AND record = ?
            """)
        move = try Prepared(
            database,
            """
            UPDATE lots SET open = ?, expired = ?, expired_met = ?, reversed = ?, spent = 1 - spent
            WHERE spent = ? AND member = ? AND record = ?
            """)
        self.roster = roster
    }

    func write(_ output: MemberOutput) throws {
        for position in output.lots.indices where output.changed[position] {
            let lot = output.lots[position]
            if position >= output.knownLots {
                try add(lot, of: output.member)
            } else {
                let wasSpent = output.openBefore[position].isZero
                let statement = wasSpent == lot.open.isZero ? update : move
                try change(lot, of: output.member, wasSpent: wasSpent, by: statement)
            }
        }
    }

    private func change(_ lot: Lot, of member: MemberID, wasSpent: Bool, by statement: Prepared) throws {
        statement.bind(1, lot.open.count)
        statement.bind(2, lot.expired.count)
        statement.bind(3, lot.expiredMet.count)
        statement.bind(4, lot.reversed.count)
        statement.bind(5, wasSpent)
        statement.bind(6, member.text)
        statement.bind(7, lot.number.value)
        try statement.run()
        precondition(statement.changes == 1, "a lot that came with the input is stored where it was")
    }

    private func add(_ lot: Lot, of member: MemberID) throws {
        insert.bind(1, lot.open.isZero)
        insert.bind(2, member.text)
        insert.bind(3, lot.number.value)
        insert.bind(4, roster[lot.merchant])
        insert.bind(5, lot.id.text)
        insert.bind(6, roster[lot.issuer])
        insert.bind(7, lot.at.milliseconds)
        insert.bind(8, lot.expiresAt?.milliseconds)
        insert.bind(9, lot.funding == .issue ? 0 : 1 as Int64)
        insert.bind(10, lot.issuePrice.millionths)
        insert.bind(11, lot.breakageShare.millionths)
        insert.bind(12, lot.isOpening)
        insert.bind(13, lot.campaign?.text)
        insert.bind(14, lot.terms)
        insert.bind(15, lot.points.count)
        insert.bind(16, lot.open.count)
        insert.bind(17, lot.expired.count)
        insert.bind(18, lot.expiredMet.count)
        insert.bind(19, lot.reversed.count)
        try insert.run()
    }
}

/// Writes the allocations that a settlement made, and what it gave back of earlier ones.
struct AllocationWriter {
    private let insert: Prepared
    private let update: Prepared
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) throws {
        insert = try Prepared(
            database,
            """
            INSERT INTO allocations (member, redemption, ordinal, lot, points, redeemer, redeem_price,
                fee_rate, terms, given_back)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        update = try Prepared(
            database,
            "UPDATE allocations SET given_back = ? WHERE member = ? AND redemption = ? AND ordinal = ?")
        self.roster = roster
    }

    func write(_ output: MemberOutput, of input: MemberInput) throws {
        precondition(
            output.knownAllocations == input.allocations.count, "allocations of the input come first")
        for (position, allocation) in output.allocations.enumerated() {
            if position >= output.knownAllocations {
                try add(allocation, of: output.member)
            } else if allocation.givenBack != input.allocations[position].givenBack {
                try change(allocation, of: output.member)
            }
        }
    }

    private func change(_ allocation: Allocation, of member: MemberID) throws {
        update.bind(1, allocation.givenBack.count)
        update.bind(2, member.text)
        update.bind(3, allocation.redemption.value)
        update.bind(4, allocation.ordinal)
        try update.run()
        precondition(update.changes == 1, "an allocation that came with the input is stored")
    }

    private func add(_ allocation: Allocation, of member: MemberID) throws {
        insert.bind(1, member.text)
        insert.bind(2, allocation.redemption.value)
        insert.bind(3, allocation.ordinal)
        insert.bind(4, allocation.lot.value)
        insert.bind(5, allocation.points.count)
        insert.bind(6, roster[allocation.redeemer])
        insert.bind(7, allocation.redeemPrice.millionths)
        insert.bind(8, allocation.feeRate.millionths)
        insert.bind(9, allocation.terms)
        insert.bind(10, allocation.givenBack.count)
        try insert.run()
    }
}
