import GRDB
import Settlement

/// The table of orders that a bank rejected. Rows are numbered without a gap, bear sums, and change only where a draft ends.
struct PaymentRejectionRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func nextNumber() throws -> Int64 { try RowNumbers.next("rejection", of: "payment_rejections", database) }

    func add(_ rejection: PaymentRun.Rejection, of run: Int64) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO payment_rejections (rejection, run, place, at, person, reason, state, person_key, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let numbers = [rejection.number, run, Int64(rejection.place + 1), rejection.at.milliseconds]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        insert.bind(5, rejection.person)
        insert.bind(6, rejection.reason)
        insert.bind(7, Self.columns(of: rejection.state).name)
        insert.bind(8, rejection.personKey)
        insert.bind(9, Self.sum(of: rejection, run: run))
        try insert.run()
    }

    /// Writes the end of a draft that waits.
    func end(_ rejection: PaymentRun.Rejection, of run: Int64) throws {
        let update = try Prepared(
            database,
            "UPDATE payment_rejections SET state = ?, ended = ?, ended_by = ?, sum = ? WHERE rejection = ?")
        let (name, ended, person) = Self.columns(of: rejection.state)
        update.bind(1, name)
        update.bind(2, ended?.milliseconds)
        update.bind(3, person?.text)
        update.bind(4, Self.sum(of: rejection, run: run))
        update.bind(5, rejection.number)
        try update.run()
    }

    private static func columns(
        of state: PaymentRun.Rejection.State
    ) -> (name: String, ended: Instant?, by: PersonName?) {
        switch state {
        case .undrafted: ("undrafted", nil, nil)
        case .waiting: ("waiting", nil, nil)
        case .approved(let at, let person): ("approved", at, person)
        case .withdrawn(let at, let person): ("withdrawn", at, person)
        }
    }

    private static func sum(of rejection: PaymentRun.Rejection, run: Int64) -> Int64 {
        let (name, ended, person) = columns(of: rejection.state)
        return RowSum.of(
            columns: [
                rejection.number, run, Int64(rejection.place + 1), rejection.at.milliseconds,
                ended?.milliseconds,
            ],
            [rejection.person.text, rejection.reason, name, person?.text], bytes: rejection.personKey)
    }

    /// In the order in which they were said. Throws `StoreTrouble` where a row is not as it was written, or one before the
    /// last is gone.
    func all() throws -> [(run: Int64, rejection: PaymentRun.Rejection)] {
        let query = try Prepared(
            database,
            """
            SELECT rejection, run, place, at, ended, person, reason, state, ended_by, person_key, sum
            FROM payment_rejections ORDER BY rejection
            """)
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            guard row.integer(0) == last else {
                throw StoreTrouble.damaged("payment_rejections", "row \(last)", "it is not there")
            }
            let key = row.isNull(9) ? nil : row.bytes(9)
            let sum = RowSum.of(
                columns: (0..<5).map { row.integerOrNil($0) }, (5..<9).map { row.textOrNil($0) }, bytes: key)
            guard sum == row.integer(10), let state = Self.state(row) else {
                throw StoreTrouble.damaged("payment_rejections", "row \(last)")
            }
            return (
                row.integer(1),
                PaymentRun.Rejection(
                    number: last, place: Int(row.integer(2)) - 1, at: row.instant(3),
                    person: row.identifier(5), personKey: key, reason: row.text(6), state: state)
            )
        }
    }

    /// Nil: it is none.
    private static func state(_ row: Prepared) -> PaymentRun.Rejection.State? {
        switch row.text(7) {
        case "undrafted": .undrafted
        case "waiting": .waiting
        case "approved": row.isNull(4) ? nil : .approved(at: row.instant(4), by: row.identifier(8))
        case "withdrawn": row.isNull(4) ? nil : .withdrawn(at: row.instant(4), by: row.identifier(8))
        default: nil
        }
    }
}
