import GRDB
public import Settlement

/// Where in the order of arrival a closed period ended.
public struct ClosedCut: Hashable, Sendable {
    /// When its close began.
    public let at: Instant
    /// The last batch that it counted, which may have come before the close before; nil: none had come ever.
    public let last: Batch?

    public struct Batch: Hashable, Sendable {
        public let summary: BatchSummary
        public let received: Instant
    }
}

extension Store {
    /// The cut of a period that has closed. Throws `StoreTrouble` where there is none, or its last batch is gone.
    public func cut(ofClosed period: Int) throws -> ClosedCut {
        try reading("read the order of arrival") { database in
            guard let closed = try PeriodRows(database).closed(period) else {
                throw StoreTrouble.damaged(
                    "periods", "period \(period)", "it has closed, and there is no row")
            }
            guard closed.lastBatch > 0 else { return ClosedCut(at: closed.at, last: nil) }
            let roster = try inForce(database).roster
            let query = try Prepared(database, "SELECT \(IntakeRows.columns) FROM batches WHERE batch = ?")
            query.bind(1, closed.lastBatch)
            let last = try query.first { row in
                ClosedCut.Batch(
                    summary: try IntakeRows.summary(row, roster), received: row.instant(IntakeRows.received))
            }
            guard let last else {
                throw StoreTrouble.damaged("batches", "row \(closed.lastBatch)", "it is not there")
            }
            return ClosedCut(at: closed.at, last: last)
        }
    }
}
