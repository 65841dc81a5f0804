import GRDB
import Settlement

/// Where everything stood after the previous close, as that signed it.
struct OpeningRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    /// Throws `CloseFailure` where a figure is not the one that was signed.
    func opening(of period: Int) throws -> PeriodOpening {
        let closing = try closing(before: period)
        let opening = PeriodOpening(
            merchants: try merchants(), number: closing?.number ?? 0, previous: closing?.digest,
            journal: try journal(after: period - 1))
        try opening.verify(
            closing: closing?.document, pending: try StateRows(database).pending(after: period - 1))
        return opening
    }

    /// By their last statements, which need not be of the previous period: a merchant may have left.
    private func merchants() throws -> [MerchantID: MerchantOpening] {
        let query = try Prepared(
            database,
            """
            SELECT s.merchant, s.number, s.digest, s.balance, s.points, s.statement
            FROM (SELECT merchant, max(number) AS number FROM statements GROUP BY merchant) last
            JOIN statements s ON s.merchant = last.merchant AND s.number = last.number
            """)
        var openings: [MerchantID: MerchantOpening] = [:]
        try query.forEach { row in
            let merchant = try roster.merchant(row.integer(0), of: "statements", row.integer(5))
            // A merchant has one statement a period at most.
            guard (1...PeriodRows.bound).contains(row.integer(1)) else {
                throw StoreTrouble.damaged("statements", "row \(row.integer(5))", "its number is none")
            }
            openings[merchant] = MerchantOpening(
                number: row.integer(1), previous: row.text(2), balance: Money(row.integer(3)),
                points: Points(row.integer(4)))
        }
        return openings
    }

    private func closing(before period: Int) throws -> (number: Int64, digest: String, document: [UInt8])? {
        let query = try Prepared(
            database, "SELECT number, digest, document FROM closings WHERE period = ?")
        query.bind(1, period - 1)
        return try query.first { ($0.integer(0), $0.text(1), $0.bytes(2)) }
    }

    private func journal(after period: Int) throws -> [String: Money] {
        let query = try Prepared(database, "SELECT account, closing FROM journal WHERE period = ?")
        query.bind(1, period)
        var accounts: [String: Money] = [:]
        try query.forEach { accounts[$0.text(0)] = Money($0.integer(1)) }
        return accounts
    }
}
