import GRDB
public import Settlement
public import Signing

extension Store {
    /// Forgets a member, in one transaction: its pseudonym stands in its place everywhere, and notices, which `seal`
    /// signs and seals, say of which bytes others stand now than were signed. With no `seal` it only counts, and
    /// changes nothing. `progress` gets the name of what is looked at or changed.
    ///
    /// No daemon serves the folder meanwhile. Free pages and the log may hold old bytes until `scrub`.
    ///
    /// Throws `ForgettingRefusal`, `RetentionRefusal` (`archive_missing`, `archive_unknown`) where the archives are not
    /// those that name the member, `StoreTrouble` where anything is not as it was written, and what `seal` throws;
    /// nothing has changed then.
    public func forget(
        _ forgetting: Forgetting, seal: ((RedactionNotice) throws -> SealedDocument)?,
        progress: (String) -> Void = { _ in }
    ) throws -> ForgottenCounts {
        precondition(forgetting.member != forgetting.pseudonym, "a pseudonym is another id")
        guard let seal else {
            return try reading("count what names a member") { database in
                try ForgettingPlan(forgetting, database, try inForce(database).roster, progress).counts
            }
        }
        let lock = try ClosingLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        return try erasing {
            try writing("forget a member") { try forget(forgetting, $0, seal, progress) }
        }
    }

    private func forget(
        _ forgetting: Forgetting, _ database: Database, _ seal: (RedactionNotice) throws -> SealedDocument,
        _ progress: (String) -> Void
    ) throws -> ForgottenCounts {
        let inForce = try inForce(database)
        let plan = try ForgettingPlan(forgetting, database, inForce.roster, progress)
        try plan.requireRewritten(forgetting.archives)
        try removeLeftovers(database)
        // No notice is given of a file that is not the one that stands.
        progress("details")
        for (period, _) in plan.details { try details(of: nil, period: period, database) { _, _ in } }
        progress("bytes of batches")
        let rewriting = BatchRewriting(database, inForce: inForce, forgetting)
        for batch in plan.batches { try rewriting.rewrite(batch, of: plan.naming, seal) }
        for archive in forgetting.archives { try rewriting.note(archive, seal) }
        progress("closed periods")
        try MemberMove(database, of: forgetting.member, to: forgetting.pseudonym).run(plan.traces)
        progress("details as they are now")
        let redaction = DetailsRedaction(database, inForce: inForce, at: forgetting.at)
        for (period, merchants) in plan.details {
            try redaction.run(period: period, naming: Set(merchants), seal)
        }
        try ForgottenRows(database).add(forgetting)
        try AuditRows(database).add(
            AuditEntry(
                at: forgetting.at, act: .memberForgotten,
                reason: ForgottenMember.noted(
                    forgetting.pseudonym, by: forgetting.person, forgetting.reason)))
        return plan.counts
    }

    /// Takes away what a close left that ended before its time: it may name the member, and counts for nothing.
    private func removeLeftovers(_ database: Database) throws {
        let open = try PeriodRows(database).earliestOpen()
        for table in ["settlements", "outcomes", "holdings"] {
            let delete = try Prepared(database, "DELETE FROM \(table) WHERE period >= ?")
            delete.bind(1, open)
            try delete.run()
        }
    }

    /// While `body` is at work, bytes that go are overwritten in the file, wherever they stood.
    func erasing<Value>(_ body: () throws -> Value) throws -> Value {
        let before = try setErasing(1)
        defer { _ = try? setErasing(before) }
        return try body()
    }

    /// Gives what it was before.
    private func setErasing(_ value: Int64) throws -> Int64 {
        try pool.writeWithoutTransaction { database in
            let before = try Prepared(database, "PRAGMA secure_delete").first { $0.integer(0) } ?? 0
            try database.execute(sql: "PRAGMA secure_delete = \(value == 2 ? "FAST" : "\(value)")")
            return before
        }
    }
}
