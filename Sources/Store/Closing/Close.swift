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
    /// Closes a period, while batches go on arriving: `body` reads through the run what is to be settled and settles
    /// it, and what it returns is written.
    ///
    /// It begins with a cut: what is stored later belongs to later periods. What members come to is written piece by
    /// piece; one small transaction at the end makes all of it count. If `body` throws, if anything fails or the
    /// process dies, the period is as open as before and no figure has changed; the next close of it begins anew from
    /// the same cut. One on which nothing stands yet is taken back when a close fails.
    ///
    /// A preview writes nothing. `instant` is now; before the period's end and grace only a forced close is begun.
    /// Throws `CloseRefusal`, `CloseFailure`, `StoreTrouble` where it would have to take of the `reserve`, and what
    /// `body` throws.
    public func close(
        _ ordinal: Int, at instant: Instant, forced: Bool, preview: Bool = false,
        reserve: DiskReserve = .none, _ body: (ClosingRun) throws -> ClosedPeriod
    ) throws -> ClosedPeriod {
        try trying("close a period") {
            guard !preview else {
                return try self.preview(ordinal, at: instant, forced: forced, reserve, body)
            }
            let lock = try ClosingLock(folder: folder)
            defer { withExtendedLifetime(lock) {} }
            let cut = try pool.write { try begin(ordinal, at: instant, forced: forced, $0) }
            do {
                let staging = try Staging(pool, reserve, folder: folder)
                try Leftovers(of: ordinal, staging).remove()
                let (closed, kept) = try asOfNow { try proved(run(cut, staging, reserve, $0), body) }
                // Found out before the transaction, which so stays a small one.
                let news = ClosingNews(
                    closed, of: ordinal, in: try pool.read { try inForce($0) }.schedule.alliance)
                do {
                    try pool.write { database in
                        try reserve.check(folder, database)
                        try finish(cut, closed, kept, at: instant, database)
                        try news.add(to: OutboxRows(database, try inForce(database).roster), at: instant)
                    }
                } catch let failure as CloseFailure {
                    throw named(failure, of: cut)
                }
                return closed
            } catch {
                // What made the close fail is told; a cut that stays is met by the next.
                try? pool.write { try takeBack(cut, because: error, $0) }
                throw error
            }
        }
    }

    private func preview(
        _ ordinal: Int, at instant: Instant, forced: Bool, _ reserve: DiskReserve,
        _ body: (ClosingRun) throws -> ClosedPeriod
    ) throws -> ClosedPeriod {
        try asOfNow { database in
            let cut = try cut(ordinal, at: instant, forced: forced, database)
            return try proved(run(cut, nil, reserve, database), body).closed
        }
    }

    /// What `body` makes of a run, once what earlier closes kept is known to be what it stands on.
    private func proved(
        _ run: ClosingRun, _ body: (ClosingRun) throws -> ClosedPeriod
    ) throws -> (closed: ClosedPeriod, kept: KeptSums) {
        let closed: ClosedPeriod
        do { closed = try body(run) } catch let failure as CloseFailure { throw run.named(failure) }
        // Behind the checks of `body`, which may name a merchant.
        return (closed, try run.keptSums())
    }

    /// A failure of the last transaction, which is undone by then, with the record that causes it, where that can be
    /// found.
    private func named(_ failure: CloseFailure, of cut: Cut) -> CloseFailure {
        let named = try? asOfNow {
            try FailedRecord($0, try inForce($0).roster, before: cut.period).named(failure)
        }
        return named ?? failure
    }

    /// Reads by a connection of its own, which sees the file as it is now, whatever is written meanwhile.
    private func asOfNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let snapshot = try pool.makeSnapshot()
        defer {
            try? snapshot.close()
            checkpointer.readerWent()
        }
        return try snapshot.read { database in
            try database.execute(sql: "PRAGMA cache_size = -\(Self.closeCacheMebibytes << 10)")
            return try body(database)
        }
    }

    private func run(
        _ cut: Cut, _ staging: Staging?, _ reserve: DiskReserve, _ database: Database
    ) throws -> ClosingRun {
        try ClosingRun(
            database, staging: staging, inForce: try inForce(database, version: cut.alliance), cut: cut,
            folder: folder, reserve: reserve, second: pool.makeSnapshot)
    }

    // MARK: Beginning

    /// Makes the cut of a period and leaves the rest of its close to the next; as one of which a check has forbidden
    /// the close, if `failed`. Throws as `close` does.
    public func beginClose(_ ordinal: Int, at instant: Instant, forced: Bool, failed: Bool = false) throws {
        let lock = try ClosingLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        try writing("begin a close") { database in
            _ = try begin(ordinal, at: instant, forced: forced, database)
            if failed { try CutRows(database).fail() }
        }
    }

    private func begin(
        _ ordinal: Int, at instant: Instant, forced: Bool, _ database: Database
    ) throws -> Cut {
        let cut = try cut(ordinal, at: instant, forced: forced, database)
        try CutRows(database).set(cut)
        return cut
    }

    /// The cut of a close that was begun before, or the one that a close which begins now would have, if the period
    /// may close now.
    private func cut(_ ordinal: Int, at instant: Instant, forced: Bool, _ database: Database) throws -> Cut {
        precondition(ordinal >= 0, "periods are counted from 0, found \(ordinal)")
        let schedule = try inForce(database).schedule
        let period = schedule.calendar.period(ordinal)
        let next = try PeriodRows(database).earliestOpen()
        try PeriodRows(database).verifyClosed(before: next)
        try PeriodRows(database).verifyOpen(from: next)
        guard ordinal == next else {
            throw CloseRefusal.notNext(asked: period.id, next: schedule.calendar.period(next).id)
        }
        if let begun = try CutRows(database).goingOn() {
            try CutRows.verify(begun, isOf: ordinal)
            return begun
        }
        let from = period.end.advanced(byHours: schedule.alliance.graceHours)
        guard forced || instant >= from else {
            throw CloseRefusal.tooEarly(period: period.id, closesFrom: from)
        }
        return try CutRows(database).now(ordinal, at: instant, forced: forced)
    }

    // MARK: Ending

    private func finish(
        _ cut: Cut, _ closed: ClosedPeriod, _ kept: KeptSums, at instant: Instant, _ database: Database
    ) throws {
        let inForce = try inForce(database, version: cut.alliance)
        let period = inForce.schedule.calendar.period(cut.period)
        guard try CutRows(database).present() == cut else {
            // A close that holds the lock is the only one.
            throw StoreTrouble.damaged("cuts", "its row", "it was changed while its close was at work")
        }
        try PeriodRows(database).add(period, cut, records: closed.records, kept: kept)
        try ClosedPeriodWriter(database, inForce: inForce, period: period).write(closed)
        try StateRows(database).prove(closed.records, of: cut)
        try CutRows(database).clear()
        try AuditRows(database).add(
            AuditEntry(at: instant, act: .closed, reason: cut.forced ? "\(period.id), forced" : period.id))
    }

    /// Removes a cut if nothing has come since that another period was told for; else notes it if a check has
    /// forbidden the close.
    private func takeBack(_ cut: Cut, because error: any Error, _ database: Database) throws {
        let rows = CutRows(database)
        guard try rows.present() == cut else { return }
        if try rows.now(cut.period, at: cut.at, forced: cut.forced) == cut {
            try rows.clear()
        } else if error is CloseFailure {
            try rows.fail()
        }
    }
}
