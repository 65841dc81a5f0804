import GRDB
import Settlement

/// Finds the first record that makes a check fail, where what batches brought or earlier closes kept tells it.
struct FailedRecord {
    private let database: Database
    private let roster: Roster
    /// The period whose close failed.
    private let period: Int

    init(_ database: Database, _ roster: Roster, before period: Int) {
        self.database = database
        self.roster = roster
        self.period = period
    }

    /// The failure with the record's name, if there is one to be found.
    func named(_ failure: CloseFailure) throws -> CloseFailure {
        guard case .broken(let invariant, _, _, _, _, _, nil) = failure else { return failure }
        switch invariant {
        case CloseFailure.openLots, CloseFailure.poolWorth: return failure.naming(try strangeLot())
        case CloseFailure.pendingRecords: return failure.naming(try strayOutcome())
        case CloseFailure.recordStates: return failure.naming(try strayRecord())
        default: return failure
        }
    }

    /// The first lot, in the order of members, that is held otherwise than the close left it that touched it last.
    func strangeLot() throws -> CloseFailure.RecordName? {
        var source = try HoldingsSource(database, before: period)
        let settlements = try SettlementLookup(database, roster)
        while let member = source.member {
            let held = try source.take()
            guard !held.bytes.isEmpty else { continue }
            var input = MemberInput(member: member)
            _ = held.bytes.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
            // A settlement says of spent lots too that they changed: only those that are still held count. What
            // closes left after the one that the row names is looked at too: it may be an older row, put back.
            let wanted = Set(input.lots.map(\.number))
            var left: [RecordNumber: Lot] = [:]
            for earlier in (0..<period).reversed() where left.count < wanted.count {
                for lot in try settlements.settled(member, in: earlier)?.lots ?? []
                where wanted.contains(lot.number) && left[lot.number] == nil {
                    left[lot.number] = lot
                }
            }
            if let lot = input.lots.first(where: { left[$0.number] != $0 }) {
                return CloseFailure.RecordName(lot.merchant, lot.id)
            }
        }
        return nil
    }

    /// The first record that stands otherwise after the last close than the statements of that list it.
    func strayOutcome() throws -> CloseFailure.RecordName? {
        let (listed, stored) = (try listedOutcomes(), try storedOutcomes())
        return Set(listed.keys).union(stored.keys).filter { listed[$0] != stored[$0] }
            .min { ($0.merchant, $0.id) < ($1.merchant, $1.id) }
    }

    /// The first record of a batch that has no row of that record's period, so that no close looks at it.
    private func strayRecord() throws -> CloseFailure.RecordName? {
        let query = try Prepared(
            database,
            """
            SELECT first_record, accepted, b.batch FROM batches b
            LEFT JOIN (SELECT batch, sum(records) AS placed FROM batch_periods GROUP BY batch) p
                ON p.batch = b.batch
            WHERE accepted > 0 AND accepted <> coalesce(placed, 0) ORDER BY b.batch LIMIT 1
            """)
        guard let (batch, numbers) = try query.first({ ($0.integer(2), try BatchRows.records(of: $0)) })
        else { return nil }
        let periods = try Prepared(database, "SELECT period FROM batch_periods WHERE batch = ?")
        periods.bind(1, batch)
        let placed = Set(try periods.all { $0.integer(0) })
        var stray: RecordNumber?
        try RecordChunks(database).forEach(in: numbers) { record in
            if stray == nil, !placed.contains(Int64(record.period)) { stray = record.number }
        }
        return try stray.map { try name(of: $0.value) }
    }

    /// By record, its state and its code or the points that it lacked, of those that did not simply settle.
    private func listedOutcomes() throws -> [CloseFailure.RecordName: String] {
        let query = try Prepared(
            database, "SELECT merchant, document, statement FROM statements WHERE period = ?")
        query.bind(1, period - 1)
        var listed: [CloseFailure.RecordName: String] = [:]
        try query.forEach { row in
            let merchant = try roster.merchant(row.integer(0), of: "statements", row.integer(2))
            let document = try? JSONValue(parsing: row.bytes(1))
            for exception in document?["exceptions"]?.array ?? [] {
                guard let id = exception["id"]?.string.flatMap({ RecordID($0) }) else { continue }
                listed[CloseFailure.RecordName(merchant, id)] = Self.outcome(
                    exception["state"]?.string ?? "", code: exception["code"]?.string,
                    missing: exception["points"]?.integer)
            }
        }
        return listed
    }

    private func storedOutcomes() throws -> [CloseFailure.RecordName: String] {
        let query = try Prepared(
            database,
            """
            SELECT record, state, code, missing FROM outcomes
            WHERE period = ? AND (state <> 'settled' OR missing IS NOT NULL) ORDER BY record
            """)
        query.bind(1, period - 1)
        let rows = try query.all { row in
            (row.integer(0), Self.outcome(row.text(1), code: row.textOrNil(2), missing: row.integerOrNil(3)))
        }
        var stored: [CloseFailure.RecordName: String] = [:]
        for (number, outcome) in rows { stored[try name(of: number)] = outcome }
        return stored
    }

    private static func outcome(_ state: String, code: String?, missing: Int64?) -> String {
        state == "settled" ? "\(state), \(missing ?? 0) missing" : "\(state), \(code ?? "no code")"
    }

    private func name(of number: Int64) throws -> CloseFailure.RecordName {
        let record = try RecordChunks(database).record(RecordNumber(number))
        let merchant = try roster.merchant(record.merchant, of: "record_chunks", number)
        return CloseFailure.RecordName(merchant, record.record.id)
    }
}
