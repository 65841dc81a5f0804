import GRDB
import Settlement

/// How many stored records are in which state. Rulebook §5.
public struct StateCounts: Hashable, Sendable {
    public let open: Int64
    public let settled: Int64
    public let pending: Int64
    public let refused: Int64

    /// All of them; at most what 64 bits hold, should a count have been changed.
    public var all: Int64 {
        Int64(clamping: Int128(open) + Int128(settled) + Int128(pending) + Int128(refused))
    }
}

extension Store {
    /// The records by state. They add up to `recordCount()`.
    public func stateCounts() throws -> StateCounts {
        try reading("count the records") { try StateRows($0).counts() }
    }

    /// All records that were ever accepted.
    public func recordCount() throws -> Int64 {
        try reading("count the records") { try StateRows($0).stored() }
    }
}

/// Counts of records, without reading them.
struct StateRows {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Records that the close of a period has to look at: its own, and all that stayed pending at the last.
    func due(in period: Int) throws -> Int64 {
        let query = try Prepared(
            database,
            """
            SELECT (SELECT coalesce(sum(records), 0) FROM batch_periods WHERE period = ?)
                + (SELECT count(*) FROM outcomes WHERE period = ? AND state = 'pending')
            """)
        query.bind(1, period)
        query.bind(2, period - 1)
        return try query.first { $0.integer(0) } ?? 0
    }

    /// Records that the close of a period left pending.
    func pending(after period: Int) throws -> Int64 {
        let query = try Prepared(
            database, "SELECT count(*) FROM outcomes WHERE period = ? AND state = 'pending'")
        query.bind(1, period)
        return try query.first { $0.integer(0) } ?? 0
    }

    func stored() throws -> Int64 { try RecordChunks.lastNumber(database).value }

    /// Each by another way than the others, so that their sum proves something: open ones by what batches
    /// brought, settled ones by what the closes counted, the rest by their rows.
    func counts() throws -> StateCounts {
        try counts("SELECT count(*) FROM outcomes WHERE period <= ?1 AND state = 'refused'")
    }

    /// The same at the end of a close, while batches wait: what earlier closes refused is what they counted.
    private func countsAtEnd() throws -> StateCounts {
        try counts(
            """
            SELECT (SELECT coalesce(sum(refused), 0) FROM periods WHERE period < ?1)
                + (SELECT count(*) FROM outcomes WHERE period = ?1 AND state = 'refused')
            """)
    }

    private func counts(_ refused: String) throws -> StateCounts {
        let query = try Prepared(
            database,
            """
            SELECT
                (SELECT coalesce(sum(records), 0) FROM batch_periods WHERE period > ?1),
                (SELECT coalesce(sum(settled), 0) FROM periods),
                (SELECT count(*) FROM outcomes WHERE period = ?1 AND state = 'pending'),
                (\(refused))
            """)
        query.bind(1, try PeriodRows(database).lastClosed())
        let counts = try query.first { row in
            StateCounts(
                open: row.integer(0), settled: row.integer(1), pending: row.integer(2),
                refused: row.integer(3))
        }
        guard let counts else { preconditionFailure("a query without FROM has one row") }
        return counts
    }

    /// Every record stored is in one state: the counts of the close that ends and of all closes add up. Throws
    /// `CloseFailure`. Rulebook §5.
    func prove(_ records: RecordCounts, of cut: Cut) throws {
        let due = try due(in: cut.period)
        let counts = try countsAtEnd()
        let proofs = [
            ("every record due has an outcome", due, records.all),
            ("records pending", records.pending, counts.pending),
            (CloseFailure.recordStates, try stored(), counts.all),
        ]
        for (invariant, expected, found) in proofs where expected != found {
            throw CloseFailure.broken(
                invariant: invariant, merchant: nil, expected: "\(expected)", found: "\(found)")
        }
    }
}
