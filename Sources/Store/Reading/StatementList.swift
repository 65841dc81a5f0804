import GRDB
public import Settlement

/// A statement as it is listed, its document left where it is.
public struct ListedStatement: Hashable, Sendable {
    public let period: Period
    /// 1, 2, 3 … per merchant.
    public let number: Int64
    /// `sha256:` + hex of the document's bytes.
    public let digest: String
    /// `sha256:` + hex of DETAILS.csv, and its rows without the header.
    public let detailsDigest: String
    public let detailsRows: Int64
    /// The closing balance.
    public let balance: Money
    /// The closing open points.
    public let points: Points
}

extension Store {
    /// All statements of a merchant, the latest first.
    public func statementList(of merchant: MerchantID) throws -> [ListedStatement] {
        try reading("list statements") { database in
            let inForce = try inForce(database)
            guard let number = inForce.roster.number(of: merchant) else { return [] }
            let query = try Prepared(
                database,
                """
                SELECT period, number, digest, details_digest, details_rows, balance, points, statement
                FROM statements
                WHERE merchant = ? ORDER BY number DESC
                """)
            query.bind(1, number)
            return try query.all { row in
                ListedStatement(
                    period: inForce.schedule.calendar.period(
                        try PeriodRows.ordinal(row.integer(0), of: "statements", row.integer(7))),
                    number: row.integer(1),
                    digest: row.text(2), detailsDigest: row.text(3), detailsRows: row.integer(4),
                    balance: Money(row.integer(5)), points: Points(row.integer(6)))
            }
        }
    }

    /// The closing of the period that closed last; nil before the first close.
    public func lastClosing() throws -> StoredClosing? {
        let earliest = try earliestOpen()
        return earliest > 0 ? try closing(of: earliest - 1) : nil
    }
}
