import GRDB
import Settlement

/// Where everything stood after the previous close.
struct OpeningRows {
    private let database: Database
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) {
        self.database = database
        self.roster = roster
    }

    func opening(of period: Int) throws -> PeriodOpening {
        let closing = try closing(before: period)
        return PeriodOpening(
            merchants: try merchants(), number: closing?.number ?? 0, previous: closing?.digest,
            journal: try journal(after: period - 1))
    }

    /// By their last statements, which need not be of the previous period: a merchant may have left.
    private func merchants() throws -> [MerchantID: MerchantOpening] {
        let query = try Prepared(
            database,
            """
            SELECT s.merchant, s.number, s.digest, s.balance, s.points
            FROM (SELECT merchant, max(number) AS number FROM statements GROUP BY merchant) last
            JOIN statements s ON s.merchant = last.merchant AND s.number = last.number
            """)
        var openings: [MerchantID: MerchantOpening] = [:]
        try query.forEach { row in
            openings[roster[row.integer(0)]] = MerchantOpening(
                number: row.integer(1), previous: row.text(2), balance: Money(row.integer(3)),
                points: Points(row.integer(4)))
        }
        return openings
    }

    private func closing(before period: Int) throws -> (number: Int64, digest: String)? {
        let query = try Prepared(database, "SELECT number, digest FROM closings WHERE period = ?")
        query.bind(1, period - 1)
        return try query.first { ($0.integer(0), $0.text(1)) }
    }

    private func journal(after period: Int) throws -> [String: Money] {
        let query = try Prepared(database, "SELECT account, closing FROM journal WHERE period = ?")
        query.bind(1, period)
        var accounts: [String: Money] = [:]
        try query.forEach { accounts[$0.text(0)] = Money($0.integer(1)) }
        return accounts
    }
}
