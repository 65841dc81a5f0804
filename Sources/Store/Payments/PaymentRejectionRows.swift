import GRDB
import Settlement

/// The table of orders that a bank rejected. Rows are numbered without a gap, bear sums, and never change.
struct PaymentRejectionRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func add(_ rejection: PaymentRun.Rejection, of run: Int64) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO payment_rejections (rejection, run, place, at, person, reason, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        let number = try RowNumbers.next("rejection", of: "payment_rejections", database)
        let numbers = [number, run, Int64(rejection.place + 1), rejection.at.milliseconds]
        for (index, number) in numbers.enumerated() { insert.bind(Int32(index + 1), number) }
        insert.bind(5, rejection.person)
        insert.bind(6, rejection.reason)
        insert.bind(7, RowSum.of(numbers, [rejection.person.text, rejection.reason]))
        try insert.run()
    }

    /// In the order in which they were said. Throws `StoreTrouble` where a row is not as it was written, or one before the
    /// last is gone.
    func all() throws -> [(run: Int64, rejection: PaymentRun.Rejection)] {
        let query = try Prepared(
            database,
            """
            SELECT rejection, run, place, at, person, reason, sum FROM payment_rejections ORDER BY rejection
            """)
        var last: Int64 = 0
        return try query.all { row in
            last += 1
            let numbers = (0..<4).map { row.integer($0) }
            guard numbers[0] == last else {
                throw StoreTrouble.damaged("payment_rejections", "row \(last)", "it is not there")
            }
            guard RowSum.of(numbers, [row.text(4), row.text(5)]) == row.integer(6) else {
                throw StoreTrouble.damaged("payment_rejections", "row \(last)")
            }
            return (
                numbers[1],
                PaymentRun.Rejection(
                    place: Int(numbers[2]) - 1, at: row.instant(3), person: row.identifier(4),
                    reason: row.text(5))
            )
        }
    }
}
