import GRDB
public import Settlement
public import Signing

/// What became of a batch that was not refused.
public enum Appended: Sendable {
    /// New, and on the disk with this receipt.
    case stored(SealedDocument, Receipt)
    /// The same bytes as before: nothing is changed, and this is the first receipt.
    case copy(SealedDocument)
}

extension Store {
    /// The receipt of these bytes, if they were stored before and the key may speak for their merchant.
    /// Rulebook §3: a copy is recognised before anything in it is looked at.
    public func copy(of batch: AuthenticBatch) throws -> SealedDocument? {
        try reading("look for a copy") { database in
            guard let found = try BatchRows(database).find(digest: batch.digest) else { return nil }
            let merchant = try inForce(database).roster[found.merchant]
            guard batch.keyMerchant == nil || batch.keyMerchant == merchant else { return nil }
            return found.receipt
        }
    }

    /// Stores a batch, its records, those refused alone and its receipt, which `seal` signs and seals; all of
    /// it is on the disk when this returns.
    ///
    /// Throws `BatchRefusal` (`batch_reused`, `sequence_reused`, `records_refused`); then nothing is kept.
    public func append(
        _ batch: VerifiedBatch, received: Instant, seal: (Receipt) -> SealedDocument
    ) throws -> Appended {
        try writing("store a batch") { database in
            try Appending(database, inForce: try inForce(database), batch: batch, received: received).run(
                seal)
        }
    }
}

/// One batch on its way into the file.
struct Appending {
    private let database: Database
    private let inForce: InForce
    private let batch: VerifiedBatch
    private let received: Instant
    private let merchant: Int64
    private let rows: BatchRows

    init(_ database: Database, inForce: InForce, batch: VerifiedBatch, received: Instant) throws {
        self.database = database
        self.inForce = inForce
        self.batch = batch
        self.received = received
        merchant = inForce.roster[batch.header.merchant]
        rows = BatchRows(database)
    }

    func run(_ seal: (Receipt) -> SealedDocument) throws -> Appended {
        if let earlier = try rows.find(batch: batch.header.batch, of: merchant) {
            guard earlier.digest == batch.authentic.digest.bytes else { throw batchReused }
            return .copy(earlier.receipt)
        }
        let standing = try rows.sequences(of: merchant, batch.authentic.signer, around: batch.header.sequence)
        if standing.isTaken { throw sequenceReused }
        let judgement = try Admitting(
            database, inForce: inForce, batch: batch, received: received, merchant: merchant
        ).judge()
        if batch.header.strict, !judgement.refused.isEmpty { throw recordsRefused(judgement.refused) }
        let leavesGap = batch.header.sequence > standing.highest + 1
        let receipt = receipt(judgement, warnings: leavesGap ? [Receipt.sequenceGap] : [])
        let document = seal(receipt)
        try store(judgement, document)
        return .stored(document, receipt)
    }

    private func receipt(_ judgement: Judgement, warnings: [String]) -> Receipt {
        let calendar = inForce.schedule.calendar
        let header = batch.header
        return Receipt(
            alliance: inForce.schedule.alliance.id, merchant: header.merchant, signer: batch.authentic.signer,
            batch: header.batch, sequence: header.sequence, digest: batch.authentic.digest,
            received: received,
            counts: Receipt.Counts(
                records: header.records, accepted: Int64(judgement.accepted.count),
                duplicates: judgement.duplicates, refused: Int64(judgement.refused.count)),
            refused: judgement.refused, warnings: warnings,
            periods: judgement.periods.map { ordinal, count in
                Receipt.PeriodCount(period: calendar.period(ordinal).id, records: count)
            })
    }

    private func store(_ judgement: Judgement, _ receipt: SealedDocument) throws {
        let number = try rows.add(
            batch, merchant: merchant, received: received, judgement: judgement, receipt: receipt)
        let records = try RecordRows(database)
        var next = judgement.firstNumber.value
        for accepted in judgement.accepted {
            let found = batch.records[accepted.position]
            try records.append(
                StoredRecord(
                    number: RecordNumber(next), merchant: merchant, record: found.record,
                    period: accepted.period, late: accepted.late),
                batch: number, line: found.line)
            next += 1
        }
    }

    // MARK: Refusals

    private var batchReused: BatchRefusal {
        BatchRefusal(
            .batchReused, field: "batch",
            reason: "batch \(batch.header.batch) of \(batch.header.merchant) is stored with other bytes")
    }

    private var sequenceReused: BatchRefusal {
        BatchRefusal(
            .sequenceReused, field: "sequence",
            reason: "sequence \(batch.header.sequence) of \(batch.header.merchant), signed by the "
                + "\(batch.authentic.signer.rawValue), is another batch's")
    }

    private func recordsRefused(_ refused: [RefusedRecord]) -> BatchRefusal {
        BatchRefusal(
            .recordsRefused, line: refused.first?.line,
            reason: "the batch is strict and \(refused.count) of its records would be refused",
            records: refused)
    }
}
