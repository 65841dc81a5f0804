import GRDB
public import Settlement

/// The little by which it shows whether batches of a merchant stay out; cheap enough to be asked for all the time.
public struct IntakePulse: Hashable, Sendable {
    public let merchant: MerchantID
    /// When the batch was received that the merchant itself signed and that was stored last; nil: there is none.
    public let lastBatch: Instant?
    /// Sequence numbers that later ones have overtaken, of both signers.
    public let missing: Int64
}

extension Store {
    /// The pulse of every merchant there ever was, in the order of their numbers.
    public func intakePulses() throws -> [IntakePulse] {
        try reading("read what came last of each merchant") { database in
            let roster = try inForce(database).roster
            var found: [MerchantID: (last: Int64?, missing: Int64)] = [:]
            try Prepared(database, Self.lastArrivals).forEach { row in
                let merchant = try roster.merchant(row.integer(0), of: "batches", row.integer(4))
                var pulse = found[merchant] ?? (nil, 0)
                pulse.missing += max(0, row.integer(3) - row.integer(2))
                if row.text(1) == Signer.merchant.rawValue { pulse.last = row.integer(4) }
                found[merchant] = pulse
            }
            let received = try Prepared(database, "SELECT received FROM batches WHERE batch = ?")
            return try roster.all.map { merchant in
                let pulse = found[merchant]
                let last = try pulse?.last.flatMap { number in
                    received.bind(1, number)
                    return try received.first { $0.instant(0) }
                }
                return IntakePulse(merchant: merchant, lastBatch: last, missing: pulse?.missing ?? 0)
            }
        }
    }

    /// Of each merchant and signer how many batches there are, the highest sequence and the last batch's number: read
    /// from an index, without a look at any batch.
    static let lastArrivals = """
        SELECT merchant, signer, count(*), max(sequence), max(batch) FROM batches GROUP BY merchant, signer
        """

    /// The merchants whose receipts warn of their exposure limit.
    public func beyondExposureLimit() throws -> Set<MerchantID> {
        try reading("read who is beyond its exposure limit") { database in
            try memory.beyondExposureLimit(try inForce(database), database)
        }
    }

    /// The close that was done last; nil before the first one.
    public func lastClose() throws -> PeriodStanding.Close? {
        try reading("read the last close") { database in
            let rows = PeriodRows(database)
            return try rows.closed(try rows.lastClosed()).map { row in
                PeriodStanding.Close(at: row.at, forced: row.forced, records: row.records)
            }
        }
    }
}
