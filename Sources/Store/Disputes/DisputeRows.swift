import GRDB
import Settlement

/// The tables of disputes. Rows are numbered without a gap, bear a sum, and never change.
struct DisputeRows {
    let database: Database
    let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// `person` is nil where the merchant itself signed what is opened.
    func open(
        _ subject: Dispute.Subject, of merchant: MerchantID, owner: PersonName, due: LocalDate,
        signed: Dispute.Signed? = nil, step: Dispute.Step, by person: Person?
    ) throws -> Dispute {
        let insert = try Prepared(
            database,
            """
            INSERT INTO disputes
                (dispute, merchant, period, line, record, owner, due, reference, bytes, signature, sum, own_number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try RowNumbers.next("dispute", of: "disputes", database)
        let ownNumber = try nextOwnNumber(of: merchant)
        let (period, line, record) = Self.columns(of: subject)
        insert.bind(1, number)
        insert.bind(2, roster[merchant])
        insert.bind(3, period)
        insert.bind(4, line)
        insert.bind(5, record?.text)
        insert.bind(6, owner)
        insert.bind(7, due.dayNumber)
        insert.bind(8, signed?.reference.text)
        insert.bind(9, signed?.bytes)
        insert.bind(10, signed?.signature)
        insert.bind(
            11,
            RowSum.of(
                columns: [number, roster[merchant], period, line, Int64(due.dayNumber), ownNumber],
                [record?.text, owner.text, signed?.reference.text, signed?.signature], bytes: signed?.bytes))
        insert.bind(12, ownNumber)
        try insert.run()
        let dispute = Dispute(
            number: number, ownNumber: ownNumber, merchant: merchant, subject: subject, owner: owner,
            due: due, signed: signed, steps: [step])
        try add(step, to: dispute, by: person)
        return dispute
    }

    private func nextOwnNumber(of merchant: MerchantID) throws -> Int64 {
        let query = try Prepared(
            database, "SELECT coalesce(max(own_number), 0) + 1 FROM disputes WHERE merchant = ?")
        query.bind(1, roster[merchant])
        return try query.first { $0.integer(0) } ?? 1
    }

    /// Period, line and record, as a row has them.
    static func columns(of subject: Dispute.Subject) -> (Int64?, Int64?, RecordID?) {
        switch subject {
        case .line(let line, let period): (Int64(period), Int64(line), nil)
        case .record(let id): (nil, nil, id)
        }
    }

    /// Adds what was said or done, and notes it in the audit. `person` is nil where the merchant itself signed it.
    func add(_ step: Dispute.Step, to dispute: Dispute, by person: Person?) throws {
        guard PrintableText.accepts(step.text, bytes: 1...1_000) else {
            throw DisputeRefusal(
                code: .textMalformed, reason: "expected 1 … 1000 bytes of printable text on one line")
        }
        let insert = try Prepared(
            database,
            """
            INSERT INTO dispute_steps (step, dispute, act, at, person, text, adjustment, owner, due, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try RowNumbers.next("step", of: "dispute_steps", database)
        let due = step.due.map { Int64($0.dayNumber) }
        insert.bind(1, number)
        insert.bind(2, dispute.number)
        insert.bind(3, step.act.rawValue)
        insert.bind(4, step.at.milliseconds)
        insert.bind(5, step.person)
        insert.bind(6, step.text)
        insert.bind(7, step.adjustment?.text)
        insert.bind(8, step.owner?.text)
        insert.bind(9, due)
        insert.bind(
            10,
            RowSum.of(
                columns: [number, dispute.number, step.at.milliseconds, due],
                [step.act.rawValue, step.person.text, step.text, step.adjustment?.text, step.owner?.text]))
        try insert.run()
        try AuditRows(database).add(
            AuditEntry(
                at: step.at, act: .disputed, merchant: dispute.merchant,
                keyID: person.map { $0.provenKey == nil ? nil : $0.name.text } ?? dispute.signed?.keyID,
                reason: "\(dispute.name) \(step.act.rawValue) by \(step.person)"
                    + (step.adjustment.map { ", adjustment \($0)" } ?? "")))
    }
}
