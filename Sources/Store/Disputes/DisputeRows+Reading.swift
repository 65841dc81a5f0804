import GRDB
import Settlement

/// Reading them: a row that is not as it was written is told, never trusted.
extension DisputeRows {
    /// By number. Throws `StoreTrouble` where a row is not as it was written, or one is gone that others tell of.
    func all() throws -> [Dispute] {
        let steps = try steps()
        var last: Int64 = 0
        let disputes = try Prepared(database, Self.select + " ORDER BY dispute").all { row in
            last += 1
            guard row.integer(0) == last else {
                throw StoreTrouble.damaged("disputes", "row \(last)", "it is not there")
            }
            return try dispute(row, steps[last] ?? [])
        }
        if let number = steps.keys.filter({ $0 > last }).min() {
            throw StoreTrouble.damaged("disputes", "row \(number)", "it is not there")
        }
        return disputes
    }

    /// The one of a number; nil if there is none. No other's row is looked at.
    func one(_ number: Int64) throws -> Dispute? {
        let steps = try steps(of: number)
        let query = try Prepared(database, Self.one)
        query.bind(1, number)
        let dispute = try query.first { try self.dispute($0, steps) }
        guard dispute != nil || steps.isEmpty else {
            throw StoreTrouble.damaged("disputes", "row \(number)", "it is not there")
        }
        return dispute
    }

    /// Those of a merchant below a number of its own, the last opened first.
    func of(_ merchant: MerchantID, before number: Int64 = .max, limit: Int) throws -> [Dispute] {
        guard let merchant = roster.number(of: merchant) else { return [] }
        let query = try Prepared(database, Self.page)
        query.bind(1, merchant)
        query.bind(2, number)
        query.bind(3, limit)
        return try query.all { try dispute($0, try steps(of: $0.integer(0))) }
    }

    /// The one that a merchant opened under a reference of its own.
    func signed(_ reference: ContestReference, of merchant: MerchantID) throws -> Dispute? {
        guard let merchant = roster.number(of: merchant) else { return nil }
        let query = try Prepared(database, Self.signed)
        query.bind(1, merchant)
        query.bind(2, reference)
        return try query.first { try dispute($0, try steps(of: $0.integer(0))) }
    }

    /// The open one of a merchant against something. Of all others only numbers are read, for what they bear is long.
    func open(against subject: Dispute.Subject, of merchant: MerchantID) throws -> Dispute? {
        guard let merchant = roster.number(of: merchant) else { return nil }
        let query = try Prepared(database, Self.against)
        let (period, line, record) = Self.columns(of: subject)
        query.bind(1, merchant)
        query.bind(2, period)
        query.bind(3, line)
        query.bind(4, record?.text)
        return try query.first { $0.integer(0) }.flatMap { try one($0) }
    }

    /// How many that a merchant opened itself are open.
    func openContests(of merchant: MerchantID) throws -> Int64 {
        guard let merchant = roster.number(of: merchant) else { return 0 }
        let query = try Prepared(database, Self.openContests)
        query.bind(1, merchant)
        return try query.first { $0.integer(0) } ?? 0
    }

    /// Throws `StoreTrouble` where the row is not as it was written, or no step says that it was opened.
    private func dispute(_ row: Prepared, _ course: [Dispute.Step]) throws -> Dispute {
        let number = row.integer(0)
        guard Self.isWhole(row) else { throw StoreTrouble.damaged("disputes", "row \(number)") }
        guard course.first?.act == .opened else {
            throw StoreTrouble.damaged("disputes", "row \(number)", "no step says that it was opened")
        }
        let signed =
            row.isNull(7)
            ? nil
            : Dispute.Signed(reference: row.identifier(7), bytes: row.bytes(8), signature: row.text(9))
        return Dispute(
            number: number, ownNumber: row.integer(11),
            merchant: try roster.merchant(row.integer(1), of: "disputes", number),
            subject: row.isNull(4)
                ? .line(
                    Int(row.integer(3)),
                    period: try PeriodRows.ordinal(row.integer(2), of: "disputes", number))
                : .record(row.identifier(4)),
            owner: course.last { $0.owner != nil }?.owner ?? row.identifier(5),
            due: course.last { $0.due != nil }?.due ?? LocalDate(dayNumber: Int(row.integer(6))),
            signed: signed, steps: course)
    }

    /// By the dispute's number, in order.
    private func steps() throws -> [Int64: [Dispute.Step]] {
        var steps: [Int64: [Dispute.Step]] = [:]
        var last: Int64 = 0
        try Prepared(database, Self.selectSteps + " ORDER BY step").forEach { row in
            last += 1
            guard row.integer(0) == last else {
                throw StoreTrouble.damaged("dispute_steps", "row \(last)", "it is not there")
            }
            steps[row.integer(1), default: []].append(try Self.step(row))
        }
        return steps
    }

    /// Those of one dispute, in order.
    private func steps(of dispute: Int64) throws -> [Dispute.Step] {
        let query = try Prepared(database, Self.stepsOf)
        query.bind(1, dispute)
        return try query.all { try Self.step($0) }
    }

    private static func step(_ row: Prepared) throws -> Dispute.Step {
        guard isWholeStep(row), let act = Dispute.Step.Act(rawValue: row.text(2)) else {
            throw StoreTrouble.damaged("dispute_steps", "row \(row.integer(0))")
        }
        return Dispute.Step(
            act: act, at: row.instant(3), person: row.identifier(4), text: row.text(5),
            adjustment: row.isNull(6) ? nil : row.identifier(6),
            owner: row.isNull(7) ? nil : row.identifier(7),
            due: row.integerOrNil(8).map { LocalDate(dayNumber: Int($0)) })
    }

    /// The numbers of the disputes and of the steps whose rows are not as they were written, and of those that are gone, as
    /// the rows behind them, the steps or the audit tell.
    static func changed(_ database: Database) throws -> (disputes: [Int64], steps: [Int64]) {
        var (disputes, steps) = (ChangedRows(), ChangedRows())
        var lastDispute: Int64 = 0
        try Prepared(database, selectSteps + " ORDER BY step").forEach { row in
            let isWhole = isWholeStep(row)
            steps.look(at: row.integer(0), isWhole: isWhole)
            if isWhole { lastDispute = max(lastDispute, row.integer(1)) }
        }
        try Prepared(database, select + " ORDER BY dispute").forEach { row in
            disputes.look(at: row.integer(0), isWhole: isWhole(row))
        }
        return (
            disputes.found(of: lastDispute), steps.found(of: try AuditRows(database).count(of: .disputed))
        )
    }

    private static let select =
        """
        SELECT dispute, merchant, period, line, record, owner, due, reference, bytes, signature, sum, own_number
        FROM disputes
        """
    static let one = select + " WHERE dispute = ?"
    static let page = select + " WHERE merchant = ? AND own_number < ? ORDER BY own_number DESC LIMIT ?"
    static let signed = select + " WHERE merchant = ? AND reference = ?"
    private static let isOpen =
        """
        NOT EXISTS (SELECT 1 FROM dispute_steps s
            WHERE s.dispute = disputes.dispute AND s.act IN ('accepted', 'rejected'))
        """
    static let against =
        """
        SELECT dispute FROM disputes
        WHERE merchant = ? AND period IS ? AND line IS ? AND record IS ? AND \(isOpen) LIMIT 1
        """
    static let openContests =
        "SELECT count(*) FROM disputes WHERE merchant = ? AND reference IS NOT NULL AND \(isOpen)"

    private static let selectSteps =
        "SELECT step, dispute, act, at, person, text, adjustment, owner, due, sum FROM dispute_steps"
    static let stepsOf = selectSteps + " WHERE dispute = ? ORDER BY step"

    /// Whether a row of `select` bears the sum that it was written with.
    private static func isWhole(_ row: Prepared) -> Bool {
        let sum = RowSum.of(
            columns: [0, 1, 2, 3, 6, 11].map { row.integerOrNil($0) },
            [4, 5, 7, 9].map { row.textOrNil($0) }, bytes: row.isNull(8) ? nil : row.bytes(8))
        return sum == row.integer(10)
    }

    /// The same of `selectSteps`.
    private static func isWholeStep(_ row: Prepared) -> Bool {
        let sum = RowSum.of(
            columns: [0, 1, 3, 8].map { row.integerOrNil($0) },
            [2, 4, 5, 6, 7].map { row.textOrNil($0) })
        return sum == row.integer(9)
    }
}
