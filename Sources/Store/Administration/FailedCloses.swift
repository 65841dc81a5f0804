import GRDB
public import Settlement

/// A period whose close was tried and failed, and which is open still.
public struct FailedClose: Hashable, Sendable {
    /// By ordinal.
    public let period: Int
    /// Which figure forbids it; holds no member's id.
    public let reason: String
    /// When that reason was first met.
    public let since: Instant
}

extension Store {
    /// Writes down that a period could not be closed. Once closed, it is on no list any more.
    public func noteFailedClose(of period: Int, because reason: String, at instant: Instant) throws {
        try writing("note a close that failed") { database in
            let id = try inForce(database).schedule.calendar.period(period).id
            try AuditRows(database).add(
                AuditEntry(at: instant, act: .closeFailed, reason: "\(id): \(reason)"))
        }
    }

    /// The close that failed last, if its period is open still.
    public func failedClose() throws -> FailedClose? {
        try reading("read whether a close failed") { database in
            let period = try PeriodRows(database).earliestOpen()
            let prefix = try inForce(database).schedule.calendar.period(period).id + ": "
            let query = try Prepared(
                database,
                """
                SELECT reason, min(at) FROM audit
                WHERE act = 'close_failed' AND reason = (
                    SELECT reason FROM audit WHERE act = 'close_failed' ORDER BY entry DESC LIMIT 1)
                GROUP BY reason
                """)
            return try query.first { row in (row.text(0), row.instant(1)) }
                .flatMap { reason, since in
                    guard reason.hasPrefix(prefix) else { return nil }
                    return FailedClose(
                        period: period, reason: String(reason.dropFirst(prefix.count)), since: since)
                }
        }
    }
}
