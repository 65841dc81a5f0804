import GRDB
public import Settlement
public import Signing

/// How the records of a batch stand.
public enum BatchState: String, Hashable, Sendable, CaseIterable {
    /// Some of those accepted wait for the close of their period.
    case open
    /// The periods of all accepted records have closed; none were accepted, or all that could be is settled.
    case closed
}

/// A batch on a page.
public struct ListedBatch: Hashable, Sendable {
    public let summary: BatchSummary
    public let received: Instant
    public let state: BatchState
}

extension Store {
    /// The receipt of a merchant's batch and how its records stand; nil if there is no batch of this id.
    public func receipt(
        of id: BatchID, _ merchant: MerchantID
    ) throws -> (document: SealedDocument, state: BatchState)? {
        try reading("read a receipt") { database in
            guard let number = try inForce(database).roster.number(of: merchant) else { return nil }
            let query = try Prepared(
                database,
                """
                SELECT batch, receipt, receipt_signature, receipt_seal FROM batches
                WHERE merchant = ? AND id = ?
                """)
            query.bind(1, number)
            query.bind(2, id.text)
            let states = try BatchStates(database)
            return try query.first { row in
                let document = SealedDocument(bytes: row.bytes(1), signature: row.text(2), seal: row.text(3))
                return (document, try states.state(of: row.integer(0)))
            }
        }
    }

    /// The batches of a merchant, the last received first, at most `limit` of them: those received before the one
    /// of the id `before`, or the latest ones. Nil if there is no batch of that id.
    public func batchPage(
        of merchant: MerchantID, before: BatchID?, limit: Int
    ) throws -> [ListedBatch]? {
        try reading("list batches") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return [] }
            var end = Int64.max
            if let before {
                guard let found = try self.number(of: before, number, database) else { return nil }
                end = found
            }
            let query = try Prepared(
                database,
                """
                SELECT \(IntakeRows.columns) FROM batches
                WHERE merchant = ? AND batch < ? ORDER BY batch DESC LIMIT ?
                """)
            query.bind(1, number)
            query.bind(2, end)
            query.bind(3, limit)
            let states = try BatchStates(database)
            return try query.all { row in
                ListedBatch(
                    summary: try IntakeRows.summary(row, roster),
                    received: row.instant(IntakeRows.received),
                    state: try states.state(of: row.integer(IntakeRows.number)))
            }
        }
    }

    /// Sequence numbers of one merchant's batches that later ones have overtaken, the lowest 1,000 of each signer.
    public func missingSequences(of merchant: MerchantID) throws -> [MissingSequence] {
        try reading("look for missing batches") { database in
            let roster = try inForce(database).roster
            guard let number = roster.number(of: merchant) else { return [] }
            return try IntakeRows(database, roster).missingSequences(of: number)
        }
    }

    private func number(of batch: BatchID, _ merchant: Int64, _ database: Database) throws -> Int64? {
        let query = try Prepared(database, "SELECT batch FROM batches WHERE merchant = ? AND id = ?")
        query.bind(1, merchant)
        query.bind(2, batch.text)
        return try query.first { $0.integer(0) }
    }
}

/// Tells how batches stand, by the periods that are open as this transaction sees them.
private struct BatchStates {
    private let open: ClosedRange<Int>?
    private let query: Prepared

    init(_ database: Database) throws {
        let earliest = try PeriodRows(database).earliestOpen()
        let last = try Prepared(database, "SELECT max(period) FROM batch_periods").first { row in
            try row.integerOrNil(0).map { try PeriodRows.ordinal($0, of: "batch_periods", $0) }
        }
        open = (last ?? nil).flatMap { $0 >= earliest ? earliest...$0 : nil }
        query = try Prepared(
            database, "SELECT EXISTS (SELECT 1 FROM batch_periods WHERE period = ? AND batch = ?)")
    }

    /// One look-up an open period that holds any records.
    func state(of batch: Int64) throws -> BatchState {
        for period in open.map(Array.init) ?? [] {
            query.bind(1, period)
            query.bind(2, batch)
            if try query.first({ $0.integer(0) != 0 }) == true { return .open }
        }
        return .closed
    }
}
