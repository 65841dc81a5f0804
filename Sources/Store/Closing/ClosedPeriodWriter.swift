import GRDB
import Settlement
import Signing

/// Writes the documents and figures of a closed period.
struct ClosedPeriodWriter {
    private let database: Database
    private let roster: Roster
    private let period: Period

    init(_ database: Database, inForce: InForce, period: Period) {
        self.database = database
        roster = inForce.roster
        self.period = period
    }

    func write(_ closed: ClosedPeriod) throws {
        for statement in closed.statements { try write(statement) }
        try writeClosing(closed)
        try writeJournal(closed.journal)
    }

    private func write(_ statement: ClosedPeriod.Statement) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO statements (period, merchant, number, balance, points, digest, details_digest,
                details_rows, document, signature, seal)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, period.ordinal)
        insert.bind(2, roster[statement.merchant])
        insert.bind(3, statement.number)
        insert.bind(4, statement.balance.minorUnits)
        insert.bind(5, statement.points.count)
        insert.bind(6, statement.digest)
        insert.bind(7, statement.detailsDigest)
        insert.bind(8, statement.detailsRows)
        insert.bind(9, statement.document.bytes)
        insert.bind(10, statement.document.signature)
        insert.bind(11, statement.document.seal)
        try insert.run()
    }

    private func writeClosing(_ closed: ClosedPeriod) throws {
        let insert = try Prepared(
            database,
            """
            INSERT INTO closings (period, number, digest, document, signature, seal)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, period.ordinal)
        insert.bind(2, closed.number)
        insert.bind(3, closed.digest)
        insert.bind(4, closed.closing.bytes)
        insert.bind(5, closed.closing.signature)
        insert.bind(6, closed.closing.seal)
        try insert.run()
    }

    private func writeJournal(_ journal: [String: Money]) throws {
        let insert = try Prepared(database, "INSERT INTO journal (period, account, closing) VALUES (?, ?, ?)")
        for (account, closing) in journal.sorted(by: { $0.key < $1.key }) where !closing.isZero {
            insert.bind(1, period.ordinal)
            insert.bind(2, account)
            insert.bind(3, closing.minorUnits)
            try insert.run()
        }
    }
}
