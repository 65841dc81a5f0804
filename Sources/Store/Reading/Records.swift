import GRDB
public import Settlement

/// The one state that a stored record is in. Rulebook §5.
public enum RecordState: Hashable, Sendable {
    /// It settles in this period, by ordinal, which has not closed.
    case open(period: Int)
    case settled(period: Int)
    /// Carried: tried again at the next close.
    case pending(SettlementRefusalCode)
    /// Refused at the close of this period.
    case refused(SettlementRefusalCode, period: Int)
}

/// A stored record and how it stands.
public struct RecordStanding: Hashable, Sendable {
    public let record: Settlement.Record
    /// Whether its own period had closed when it was stored.
    public let late: Bool
    public let state: RecordState
}

extension Store {
    /// The record of a merchant that bears an id; nil if none does.
    public func record(_ id: RecordID, of merchant: MerchantID) throws -> RecordStanding? {
        try reading("read a record") { database in
            guard let merchant = try inForce(database).roster.number(of: merchant),
                let number = try IdentityLookup(database).find(id, of: merchant)
            else { return nil }
            let stored = try RecordChunks(database).record(number)
            return RecordStanding(
                record: stored.record, late: stored.late,
                state: try state(of: stored, earliestOpen: PeriodRows(database).earliestOpen(), database))
        }
    }

    /// What is told by no row of its own is told by whether its period has closed.
    private func state(
        of stored: StoredRecord, earliestOpen: Int, _ database: Database
    ) throws -> RecordState {
        let query = try Prepared(database, "SELECT state, code, period FROM outcomes WHERE record = ?")
        query.bind(1, stored.number.value)
        let written = try query.first { row in
            let code = row.textOrNil(1).flatMap { SettlementRefusalCode(rawValue: $0) }
            return switch (row.text(0), code) {
            case ("pending", let code?): RecordState.pending(code)
            case ("refused", let code?): RecordState.refused(code, period: Int(row.integer(2)))
            default: RecordState.settled(period: Int(row.integer(2)))
            }
        }
        if let written { return written }
        return stored.period < earliestOpen ? .settled(period: stored.period) : .open(period: stored.period)
    }
}
