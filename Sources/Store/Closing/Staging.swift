import GRDB
import GRDBSQLite

/// Writes what a close comes to while it goes on, piece by piece, each in a small transaction of its own, between
/// which batches are stored.
///
/// No piece waits for the disk: nothing counts before the close's last transaction, which does.
struct Staging: Sendable {
    private let pool: DatabasePool
    private let reserve: DiskReserve
    private let folder: String
    /// Whether a commit waits for the disk otherwise.
    let isDurable: Bool

    init(_ pool: DatabasePool, _ reserve: DiskReserve, folder: String) throws {
        self.pool = pool
        self.reserve = reserve
        self.folder = folder
        isDurable = try pool.writeWithoutTransaction { database in
            try Prepared(database, "PRAGMA synchronous").first { $0.integer(0) } ?? 0 > 1
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try pool.read(body) }

    /// Throws `StoreTrouble` before it takes of the reserve, which only what `makesRoom` may do.
    func write(makesRoom: Bool = false, _ body: (Database) throws -> Void) throws {
        try pool.writeWithoutTransaction { database in
            if isDurable { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
            defer {
                if isDurable {
                    do { try database.execute(sql: "PRAGMA synchronous = FULL") } catch {
                        // No receipt may be given for what a power cut could take back.
                        preconditionFailure("a connection goes back to waiting for the disk: \(error)")
                    }
                }
            }
            if !makesRoom { try reserve.check(folder, database) }
            try database.inTransaction(.immediate) {
                try body(database)
                return .commit
            }
        }
    }
}

extension Staging {
    /// Moves the log into the file, so that it begins anew; as far as that can be done without waiting for anybody, and
    /// as the disk has room. What stays in the log is as safe there.
    func writeBack() {
        // Most of it beside those who write, who wait for the rest.
        Checkpointer.writeBack(pool.path)
        pool.writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else { return }
            sqlite3_busy_timeout(connection, 0)
            defer { sqlite3_busy_timeout(connection, Int32(Connection.busySeconds * 1_000)) }
            _ = try? database.checkpoint(.truncate)
        }
    }
}

/// Takes away what a close wrote that ended before its time. What it wrote of members' holdings is taken away by the
/// close that reads them.
struct Leftovers {
    /// Rows that go in one transaction.
    private static let most = 2_000

    private let staging: Staging
    private let period: Int

    init(of period: Int, _ staging: Staging) {
        self.period = period
        self.staging = staging
    }

    /// The log is written back before, as it may hold all that goes now, and behind it, as the close that follows
    /// keeps it from beginning anew.
    func remove() throws {
        guard try staging.read(areThere) else { return }
        staging.writeBack()
        defer { staging.writeBack() }
        try removeAll(
            """
            DELETE FROM settlements WHERE settlement IN (
                SELECT settlement FROM settlements WHERE period >= ?1 ORDER BY period, first_member LIMIT ?2)
            """, most: Self.most / 100)
        try removeAll(
            """
            DELETE FROM outcomes WHERE (period, record) IN (
                SELECT period, record FROM outcomes WHERE period >= ?1 ORDER BY period, record LIMIT ?2)
            """, most: Self.most)
    }

    private func areThere(_ database: Database) throws -> Bool {
        let query = try Prepared(
            database,
            """
            SELECT EXISTS (SELECT 1 FROM settlements WHERE period >= ?1)
                OR EXISTS (SELECT 1 FROM outcomes WHERE period >= ?1)
            """)
        query.bind(1, period)
        return try query.first { $0.integer(0) != 0 } ?? false
    }

    private func removeAll(_ sql: String, most: Int) throws {
        var isDone = false
        while !isDone {
            try staging.write(makesRoom: true) { database in
                let delete = try Prepared(database, sql)
                delete.bind(1, period)
                delete.bind(2, most)
                try delete.run()
                isDone = delete.changes == 0
            }
        }
    }
}
