import GRDB
import Settlement

/// The tables of disputes. Rows are added and never change.
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
            "INSERT INTO disputes (merchant, period, line, record, owner, due) VALUES (?, ?, ?, ?, ?, ?)")
        insert.bind(1, roster[merchant])
        switch subject {
        case .line(let line, let period):
            insert.bind(2, period)
            insert.bind(3, line)
            insert.bind(4, nil as String?)
        case .record(let id):
            insert.bind(2, nil as Int64?)
            insert.bind(3, nil as Int64?)
            insert.bind(4, id)
        }
        insert.bind(5, owner)
        insert.bind(6, due.dayNumber)
        try insert.run()
        let dispute = Dispute(
            number: database.lastInsertedRowID, merchant: merchant, subject: subject, owner: owner, due: due,
            steps: [step])
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
            "INSERT INTO dispute_steps (dispute, act, at, person, text, adjustment) VALUES (?, ?, ?, ?, ?, ?)"
        )
        insert.bind(1, dispute.number)
        insert.bind(2, step.act.rawValue)
        insert.bind(3, step.at.milliseconds)
        insert.bind(4, step.person)
        insert.bind(5, step.text)
        insert.bind(6, step.adjustment?.text)
        try insert.run()
        try AuditRows(database).add(
            AuditEntry(
                at: step.at, act: .disputed, merchant: dispute.merchant,
                keyID: person.provenKey == nil ? nil : person.name.text,
                reason: "\(dispute.name) \(step.act.rawValue) by \(step.person)"
                    + (step.adjustment.map { ", adjustment \($0)" } ?? "")))
    }

    func all() throws -> [Dispute] {
        var steps: [Int64: [Dispute.Step]] = [:]
        try Prepared(
            database,
            "SELECT dispute, act, at, person, text, adjustment, step FROM dispute_steps ORDER BY step"
        ).forEach { row in
            guard let act = Dispute.Step.Act(rawValue: row.text(1)) else {
                throw StoreTrouble.damaged(
                    "dispute_steps", "row \(row.integer(6))", "its act is none that is known")
            }
            steps[row.integer(0), default: []].append(
                Dispute.Step(
                    act: act, at: Instant(milliseconds: row.integer(2)), person: row.identifier(3),
                    text: row.text(4), adjustment: row.isNull(5) ? nil : row.identifier(5)))
        }
        return try Prepared(
            database,
            "SELECT dispute, merchant, period, line, record, owner, due FROM disputes ORDER BY dispute"
        ).all { row in
            let number = row.integer(0)
            return Dispute(
                number: number, merchant: try roster.merchant(row.integer(1), of: "disputes", number),
                subject: row.isNull(4)
                    ? .line(Int(row.integer(3)), period: Int(row.integer(2))) : .record(row.identifier(4)),
                owner: row.identifier(5), due: LocalDate(dayNumber: Int(row.integer(6))),
                steps: steps[number] ?? [])
        }
    }
}
