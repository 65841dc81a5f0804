import GRDB
import Settlement

/// The tables of disputes. Rows are numbered without a gap, bear a sum, and never change.
struct DisputeRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func open(
        _ subject: Dispute.Subject, of merchant: MerchantID, owner: PersonName, due: LocalDate,
        step: Dispute.Step, by person: Person
    ) throws -> Dispute {
        let insert = try Prepared(
            database,
            """
            INSERT INTO disputes (dispute, merchant, period, line, record, owner, due, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try nextNumber("dispute", of: "disputes")
        let (period, line, record): (Int64?, Int64?, RecordID?) =
            switch subject {
            case .line(let line, let period): (Int64(period), Int64(line), nil)
            case .record(let id): (nil, nil, id)
            }
        insert.bind(1, number)
        insert.bind(2, roster[merchant])
        insert.bind(3, period)
        insert.bind(4, line)
        insert.bind(5, record?.text)
        insert.bind(6, owner)
        insert.bind(7, due.dayNumber)
        insert.bind(
            8,
            RowSum.of(
                columns: [number, roster[merchant], period, line, Int64(due.dayNumber)],
                [record?.text, owner.text]))
        try insert.run()
        let dispute = Dispute(
            number: number, merchant: merchant, subject: subject, owner: owner, due: due, steps: [step])
        try add(step, to: dispute, by: person)
        return dispute
    }

    /// Adds what was said or done, and notes it in the audit.
    func add(_ step: Dispute.Step, to dispute: Dispute, by person: Person) throws {
        guard PrintableText.accepts(step.text, bytes: 1...1_000) else {
            throw DisputeRefusal(
                code: .textMalformed, reason: "expected 1 … 1000 bytes of printable text on one line")
        }
        let insert = try Prepared(
            database,
            """
            INSERT INTO dispute_steps (step, dispute, act, at, person, text, adjustment, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try nextNumber("step", of: "dispute_steps")
        insert.bind(1, number)
        insert.bind(2, dispute.number)
        insert.bind(3, step.act.rawValue)
        insert.bind(4, step.at.milliseconds)
        insert.bind(5, step.person)
        insert.bind(6, step.text)
        insert.bind(7, step.adjustment?.text)
        insert.bind(
            8,
            RowSum.of(
                columns: [number, dispute.number, step.at.milliseconds],
                [step.act.rawValue, step.person.text, step.text, step.adjustment?.text]))
        try insert.run()
        try AuditRows(database).add(
            AuditEntry(
                at: step.at, act: .disputed, merchant: dispute.merchant,
                keyID: person.provenKey == nil ? nil : person.name.text,
                reason: "\(dispute.name) \(step.act.rawValue) by \(step.person)"
                    + (step.adjustment.map { ", adjustment \($0)" } ?? "")))
    }

    private func nextNumber(_ column: String, of table: String) throws -> Int64 {
        try Prepared(database, "SELECT coalesce(max(\(column)), 0) + 1 FROM \(table)").first { $0.integer(0) }
            ?? 1
    }

    /// By number. Throws `StoreTrouble` where a row is not as it was written, or one is gone that others tell of.
    func all() throws -> [Dispute] {
        let steps = try steps()
        var last: Int64 = 0
        let disputes = try Prepared(
            database,
            "SELECT dispute, merchant, period, line, record, owner, due, sum FROM disputes ORDER BY dispute"
        ).all { row in
            last += 1
            let number = row.integer(0)
            guard number == last else {
                throw StoreTrouble.damaged("disputes", "row \(last)", "it is not there")
            }
            let sum = RowSum.of(
                columns: [0, 1, 2, 3, 6].map { row.integerOrNil($0) }, [4, 5].map { row.textOrNil($0) })
            guard sum == row.integer(7) else { throw StoreTrouble.damaged("disputes", "row \(number)") }
            guard let course = steps[number], course.first?.act == .opened else {
                throw StoreTrouble.damaged("disputes", "row \(number)", "no step says that it was opened")
            }
            return Dispute(
                number: number, merchant: try roster.merchant(row.integer(1), of: "disputes", number),
                subject: row.isNull(4)
                    ? .line(
                        Int(row.integer(3)),
                        period: try PeriodRows.ordinal(row.integer(2), of: "disputes", number))
                    : .record(row.identifier(4)),
                owner: row.identifier(5), due: LocalDate(dayNumber: Int(row.integer(6))), steps: course)
        }
        if let number = steps.keys.filter({ $0 > last }).min() {
            throw StoreTrouble.damaged("disputes", "row \(number)", "it is not there")
        }
        return disputes
    }

    /// By the dispute's number, in order.
    private func steps() throws -> [Int64: [Dispute.Step]] {
        var steps: [Int64: [Dispute.Step]] = [:]
        var last: Int64 = 0
        try Prepared(
            database,
            "SELECT step, dispute, act, at, person, text, adjustment, sum FROM dispute_steps ORDER BY step"
        ).forEach { row in
            last += 1
            guard row.integer(0) == last else {
                throw StoreTrouble.damaged("dispute_steps", "row \(last)", "it is not there")
            }
            let sum = RowSum.of(
                columns: [0, 1, 3].map { row.integerOrNil($0) }, [2, 4, 5, 6].map { row.textOrNil($0) })
            guard sum == row.integer(7), let act = Dispute.Step.Act(rawValue: row.text(2)) else {
                throw StoreTrouble.damaged("dispute_steps", "row \(last)")
            }
            steps[row.integer(1), default: []].append(
                Dispute.Step(
                    act: act, at: row.instant(3), person: row.identifier(4), text: row.text(5),
                    adjustment: row.isNull(6) ? nil : row.identifier(6)))
        }
        return steps
    }
}
