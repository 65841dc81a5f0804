import GRDB
import GRDBSQLite
public import Settlement

/// How much has come, and how much of it lately: what a forecast is made of.
public struct StoreGrowth: Hashable, Sendable {
    /// Bytes of the database, free pages included.
    public let fileBytes: Int64
    /// Bytes of all batches, as they arrived, those in archives included.
    public let batchBytes: Int64
    /// Those that were received from an instant on: their bytes, and when the first of them came.
    public let recentBytes: Int64
    public let recentSince: Instant?
    /// When the last batch was received.
    public let lastReceived: Instant?
}

extension Store {
    /// What has come in all, and from `since` on.
    public func growth(since: Instant) throws -> StoreGrowth {
        try reading("measure what has come") { database in
            let pages = try Prepared(database, "PRAGMA page_count").first { $0.integer(0) } ?? 0
            let query = try Prepared(
                database,
                """
                SELECT coalesce(sum(arrived), 0), max(received),
                    coalesce(sum(arrived) FILTER (WHERE received >= ?1), 0),
                    min(received) FILTER (WHERE received >= ?1)
                FROM (
                    SELECT received, length(bytes) + coalesce(length, 0) AS arrived
                    FROM batches LEFT JOIN archived_batches USING (batch))
                """)
            query.bind(1, since.milliseconds)
            let fileBytes = pages * Int64(try Connection.pageBytes(of: database))
            let found = try query.first { row in
                StoreGrowth(
                    fileBytes: fileBytes, batchBytes: row.integer(0), recentBytes: row.integer(2),
                    recentSince: row.instantOrNil(3), lastReceived: row.instantOrNil(1))
            }
            guard let found else { preconditionFailure("a sum over no row is a row") }
            return found
        }
    }

    /// The version of the system's SQLite.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}
