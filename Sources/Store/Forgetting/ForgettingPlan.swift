import GRDB
import Settlement

/// What forgetting a member changes, once it is known that it can be done.
struct ForgettingPlan {
    let traces: MemberTraces
    let naming: NamingBatches
    /// The batches in the database whose bytes name the member.
    let batches: [NamingBatches.Batch]
    /// Those in archives, by number.
    let archived: Set<Int64>
    /// The merchants whose files DETAILS.csv name it, by the period's ordinal.
    let details: [(period: Int, merchants: [MerchantID])]

    /// Throws `ForgettingRefusal`.
    init(
        _ forgetting: Forgetting, _ database: Database, _ roster: Roster, _ progress: (String) -> Void
    ) throws {
        try Self.requirePossible(forgetting, database)
        progress("records")
        let traces = try MemberTraces(of: forgetting.member, database, roster)
        if traces.isSettled, try MemberTraces.isSettled(forgetting.pseudonym, database, roster) {
            throw ForgettingRefusal(
                .pseudonymTaken,
                "closed periods know of \(forgetting.pseudonym) besides the member, and cannot take both"
                    + " for one: nothing was changed")
        }
        progress("batches")
        let naming = NamingBatches(of: forgetting.member, traces, database)
        let certain = try naming.certain()
        let possible = try naming.possible().filter {
            try $0.archive == nil && naming.isNamed(in: naming.bytes(of: $0.number), $0)
        }
        batches = certain.filter { $0.archive == nil } + possible
        archived = Set(certain.filter { $0.archive != nil }.map(\.number))
            .union(forgetting.archives.flatMap { $0.batches.keys })
        if traces.isEmpty, batches.isEmpty, archived.isEmpty {
            throw try Self.nothingHeld(of: forgetting, database)
        }
        details = try Self.details(naming: forgetting.member, traces, database, roster)
        self.traces = traces
        self.naming = naming
    }

    var counts: ForgottenCounts {
        ForgottenCounts(
            records: traces.records, batches: Int64(batches.count), archivedBatches: Int64(archived.count),
            periods: Int64(traces.periods.count),
            details: details.flatMap { period, merchants in merchants.map { (period, $0) } })
    }

    /// Throws `archiveMissing` where an archive has a batch that brought records of the member and was not written
    /// anew.
    func requireRewritten(_ archives: [RewrittenArchive]) throws {
        let rewritten = Set(archives.flatMap { $0.batches.keys })
        guard let missing = archived.subtracting(rewritten).min() else { return }
        throw RetentionRefusal(
            .archiveMissing,
            "batch number \(missing) names the member, and its archive was not written anew:"
                + " nothing was changed"
        )
    }

    private static func requirePossible(_ forgetting: Forgetting, _ database: Database) throws {
        if try ForgottenRows(database).contains(forgetting.member) {
            throw ForgettingRefusal(
                .memberForgotten, "\(forgetting.member) is the pseudonym of a member that was forgotten")
        }
        guard try CutRows(database).present() == nil else {
            throw ForgettingRefusal(
                .closeBegun,
                "a close has begun: let `settled close` bring it to its end, then forget the member")
        }
    }

    private static func nothingHeld(of forgetting: Forgetting, _ database: Database) throws
        -> ForgettingRefusal
    {
        guard try ForgottenRows(database).contains(forgetting.pseudonym) else {
            return ForgettingRefusal(
                .memberUnknown, "nothing that is held names the member: check how its id is written")
        }
        return ForgettingRefusal(
            .memberForgotten, "the member was forgotten, and is called \(forgetting.pseudonym) since")
    }

    private static func details(
        naming member: MemberID, _ traces: MemberTraces, _ database: Database, _ roster: Roster
    ) throws -> [(period: Int, merchants: [MerchantID])] {
        let lookup = try SettlementLookup(database, roster)
        return try traces.periods.map { period in
            guard let settled = try lookup.settled(member, in: period) else { return (period, []) }
            return (period, try DetailsPass(database, roster, period: period).merchants(naming: settled))
        }
    }
}
