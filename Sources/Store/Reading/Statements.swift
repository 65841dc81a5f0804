import GRDB
public import Settlement
public import Signing

/// A statement as it was given out.
public struct StoredStatement: Hashable, Sendable {
    public let merchant: MerchantID
    /// The ordinal of its period.
    public let period: Int
    /// 1, 2, 3 … per merchant.
    public let number: Int64
    public let document: SealedDocument
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

/// A closing as it was given out.
public struct StoredClosing: Hashable, Sendable {
    /// The ordinal of its period.
    public let period: Int
    /// 1, 2, 3 …
    public let number: Int64
    public let document: SealedDocument
    /// `sha256:` + hex of the document's bytes.
    public let digest: String
}

extension Store {
    /// A merchant's statement of a period; nil if it has none.
    public func statement(of merchant: MerchantID, period: Int) throws -> StoredStatement? {
        try reading("read a statement") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return nil }
            let query = try Prepared(database, Self.statement + " WHERE merchant = ? AND period = ?")
            query.bind(1, number)
            query.bind(2, period)
            return try query.first { try statement($0, roster) }
        }
    }

    /// All statements of a merchant, by number.
    public func statements(of merchant: MerchantID) throws -> [StoredStatement] {
        try reading("read statements") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return [] }
            let query = try Prepared(database, Self.statement + " WHERE merchant = ? ORDER BY number")
            query.bind(1, number)
            return try query.all { try statement($0, roster) }
        }
    }

    /// All statements of a period, by merchant.
    public func statements(period: Int) throws -> [StoredStatement] {
        try reading("read statements") { database in
            let roster = try inForce(database).roster
            let query = try Prepared(database, Self.statement + " WHERE period = ?")
            query.bind(1, period)
            return try query.all { try statement($0, roster) }.sorted { $0.merchant < $1.merchant }
        }
    }

    /// The closing of a period; nil if it has not closed.
    public func closing(of period: Int) throws -> StoredClosing? {
        try reading("read a closing") { database in
            let query = try Prepared(
                database, "SELECT number, digest, document, signature, seal FROM closings WHERE period = ?")
            query.bind(1, period)
            return try query.first { row in
                StoredClosing(
                    period: period, number: row.integer(0),
                    document: SealedDocument(bytes: row.bytes(2), signature: row.text(3), seal: row.text(4)),
                    digest: row.text(1))
            }
        }
    }

    /// The closing of a period that has closed. Throws `StoreTrouble` where it is not there.
    public func closing(ofClosed period: Int) throws -> StoredClosing {
        guard let closing = try closing(of: period) else {
            throw StoreTrouble.damaged("closings", "period \(period)", "it has closed, and there is no row")
        }
        return closing
    }

    private static let statement = """
        SELECT merchant, period, number, document, signature, seal, digest, details_digest, details_rows,
            balance, points, statement
        FROM statements
        """

    private func statement(_ row: Prepared, _ roster: Roster) throws -> StoredStatement {
        StoredStatement(
            merchant: try roster.merchant(row.integer(0), of: "statements", row.integer(11)),
            period: try PeriodRows.ordinal(row.integer(1), of: "statements", row.integer(11)),
            number: row.integer(2),
            document: SealedDocument(bytes: row.bytes(3), signature: row.text(4), seal: row.text(5)),
            digest: row.text(6), detailsDigest: row.text(7), detailsRows: row.integer(8),
            balance: Money(row.integer(9)), points: Points(row.integer(10)))
    }
}
