import GRDB
import Settlement

/// Finds the record that makes a check fail, where what earlier closes kept tells it.
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
        case CloseFailure.openLots: return failure.naming(try strangeLot())
        case CloseFailure.pendingRecords: return failure.naming(try strayPending())
        default: return failure
        }
    }

    /// The first lot, in the order of members, that is held otherwise than the close left it that touched it last.
    private func strangeLot() throws -> CloseFailure.RecordName? {
        var source = try HoldingsSource(database, before: period)
        let settlements = try SettlementLookup(database, roster)
        while let member = source.member {
            let held = try source.take()
            guard !held.bytes.isEmpty, let last = held.period else { continue }
            var input = MemberInput(member: member)
            _ = held.bytes.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
            var left: [RecordNumber: Lot] = [:]
            for earlier in (0...last).reversed() where left.count < input.lots.count {
                for lot in try settlements.settled(member, in: earlier)?.lots ?? []
                where left[lot.number] == nil {
                    left[lot.number] = lot
                }
            }
            if let lot = input.lots.first(where: { left[$0.number] != $0 }) {
                return CloseFailure.RecordName(lot.merchant, lot.id)
            }
        }
        return nil
    }

    /// The first record that is pending and that no last statement lists so, or the reverse.
    private func strayPending() throws -> CloseFailure.RecordName? {
        try listedPending().symmetricDifference(try storedPending())
            .min { ($0.merchant, $0.id) < ($1.merchant, $1.id) }
    }

    private func listedPending() throws -> Set<CloseFailure.RecordName> {
        let query = try Prepared(
            database, "SELECT merchant, document, statement FROM statements WHERE period = ?")
        query.bind(1, period - 1)
        var listed: Set<CloseFailure.RecordName> = []
        try query.forEach { row in
            let merchant = try roster.merchant(row.integer(0), of: "statements", row.integer(2))
            let document = try? JSONValue(parsing: row.bytes(1))
            for exception in document?["exceptions"]?.array ?? []
            where exception["state"]?.string == "pending" {
                guard let id = exception["id"]?.string.flatMap({ RecordID($0) }) else { continue }
                listed.insert(CloseFailure.RecordName(merchant, id))
            }
        }
        return listed
    }

    private func storedPending() throws -> Set<CloseFailure.RecordName> {
        let chunks = try RecordChunks(database)
        let query = try Prepared(database, EventSource.pending)
        query.bind(1, period - 1)
        var stored: Set<CloseFailure.RecordName> = []
        for number in try query.all({ $0.integer(0) }) {
            let record = try chunks.record(RecordNumber(number))
            let merchant = try roster.merchant(record.merchant, of: "record_chunks", number)
            stored.insert(CloseFailure.RecordName(merchant, record.record.id))
        }
        return stored
    }
}
