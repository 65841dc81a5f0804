import GRDB
public import Settlement

/// Why a period is not closed. Codes are never reused. Rulebook §4.
public enum CloseRefusal: Error, Hashable, Sendable {
    /// Periods close in order, and each once.
    case notNext(asked: String, next: String)
    /// Only an operator's force closes before this.
    case tooEarly(period: String, closesFrom: Instant)

    public var code: String {
        switch self {
        case .notNext: "period_not_next"
        case .tooEarly: "period_too_early"
        }
    }
}

extension CloseRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notNext(let asked, let next): "periods close in order: expected \(next), found \(asked)"
        case .tooEarly(let period, let from):
            "\(period) does not close before \(from.milliseconds) ms since 1970, its end and the grace"
        }
    }
}

extension Store {
    /// Closes a period in one transaction: `body` reads through the transaction what is to be settled, and
    /// what it returns is written. If it throws, if anything fails or the process dies, nothing is changed.
    ///
    /// A preview does it all and then undoes it. `instant` is now; before the period's end and grace only a
    /// forced close is done. Throws `CloseRefusal`, `CloseFailure`, and what `body` throws.
    public func close(
        _ ordinal: Int, at instant: Instant, forced: Bool, preview: Bool = false,
        _ body: (ClosingTransaction) throws -> ClosedPeriod
    ) throws -> ClosedPeriod {
        try trying("close a period") {
            var closed: ClosedPeriod?
            try pool.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    closed = try close(ordinal, at: instant, forced: forced, database, body)
                    return preview ? .rollback : .commit
                }
            }
            guard let closed else { preconditionFailure("a close that throws nothing closes") }
            return closed
        }
    }

    private func close(
        _ ordinal: Int, at instant: Instant, forced: Bool, _ database: Database,
        _ body: (ClosingTransaction) throws -> ClosedPeriod
    ) throws -> ClosedPeriod {
        let inForce = try inForce(database)
        let period = try period(ordinal, at: instant, forced: forced, inForce, database)
        // Rows of a period are written before its own is, which is known last: a page that is changed at the
        // beginning and at the end of a long transaction makes SQLite read all of its log again.
        try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
        let lastBatch = try PeriodRows(database).lastBatch()
        let transaction = try ClosingTransaction(
            database, inForce: inForce, period: period, folder: folder)
        let closed = try body(transaction)
        try PeriodRows(database).add(
            period, at: instant, forced: forced, alliance: inForce.version, lastBatch: lastBatch,
            records: closed.records)
        try ClosedPeriodWriter(database, inForce: inForce, period: period).write(closed)
        try transaction.prove(closed)
        try AuditRows(database).add(
            AuditEntry(at: instant, act: .closed, reason: forced ? "\(period.id), forced" : period.id))
        return closed
    }

    /// The period, if it may close now.
    private func period(
        _ ordinal: Int, at instant: Instant, forced: Bool, _ inForce: InForce, _ database: Database
    ) throws -> Period {
        precondition(ordinal >= 0, "periods are counted from 0, found \(ordinal)")
        let period = inForce.schedule.calendar.period(ordinal)
        let next = try PeriodRows(database).earliestOpen()
        guard ordinal == next else {
            throw CloseRefusal.notNext(
                asked: period.id, next: inForce.schedule.calendar.period(next).id)
        }
        let from = period.end.advanced(byHours: inForce.schedule.alliance.graceHours)
        guard forced || instant >= from else {
            throw CloseRefusal.tooEarly(period: period.id, closesFrom: from)
        }
        return period
    }
}
