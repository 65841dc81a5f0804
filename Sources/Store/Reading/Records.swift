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
                record: stored.record, late: stored.late, state: try state(of: stored, database))
        }
    }

    private func state(of stored: StoredRecord, _ database: Database) throws -> RecordState {
        let open = try PeriodRows(database).earliestOpen()
        return try OutcomeRows(database).state(of: stored.number, in: stored.period, before: open)
            ?? .open(period: stored.period)
    }
}
