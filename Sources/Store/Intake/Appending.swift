import Dispatch
import GRDB
import Settlement
import Signing
import Synchronization

/// Batches on their way into the file, in one transaction: all are judged, then the receipts are sealed, and
/// only then is anything written.
struct Appending {
    private let database: Database
    private let inForce: InForce
    private let rows: BatchRows
    private let warned: Set<MerchantID>

    /// `warned` are those whose receipts bear the warning of their exposure limit.
    init(_ database: Database, inForce: InForce, warned: Set<MerchantID>) {
        self.warned = warned
        self.database = database
        self.inForce = inForce
        rows = BatchRows(database)
    }

    /// Gives an outcome for each; throws what is the trouble of all.
    func run(
        _ arrivals: [Arrival], _ identities: inout IdentityIndex
    ) throws -> [Result<Appended, any Error>] {
        var admitting = try Admitting(database, inForce: inForce)
        var verdicts: [Verdict] = []
        let last = identities.last
        identities.reserve(arrivals.reduce(0) { $0 + $1.batch.count })
        for arrival in arrivals {
            verdicts.append(try judge(arrival, after: verdicts, with: &admitting, &identities))
        }
        let receipts = Self.sealed(arrivals, verdicts)
        try write(arrivals, verdicts, receipts)
        try identities.keep(claimed: Int(identities.last - last), IdentityRuns(database))
        return zip(verdicts, receipts).map { verdict, receipt in
            switch verdict {
            case .refused(let refusal): .failure(refusal)
            case .turnedAway(let reason): .failure(reason)
            case .copy(let document): .success(.copy(document))
            case .again(let earlier): .success(.copy(Self.known(receipts[earlier]).receipt))
            case .new(let accepted): .success(.stored(Self.known(receipt).receipt, accepted.receipt))
            case .rehearsed(let receipt): .success(.rehearsed(receipt))
            }
        }
    }

    /// What becomes of one batch.
    enum Verdict {
        case refused(BatchRefusal)
        /// Who sent it did not admit it after all.
        case turnedAway(any Error)
        case copy(SealedDocument)
        /// The same as one of those before it, by its place among them.
        case again(Int)
        case new(Accepted)
        /// Would be new, and leaves no trace.
        case rehearsed(Receipt)
    }

    struct Accepted {
        let merchant: Int64
        let judgement: Judgement
        let receipt: Receipt
    }

    // MARK: Judging

    private func judge(
        _ arrival: Arrival, after verdicts: [Verdict], with admitting: inout Admitting,
        _ identities: inout IdentityIndex
    ) throws -> Verdict {
        let batch = arrival.batch
        let merchant = inForce.roster[batch.header.merchant]
        let earlier = Self.accepted(verdicts, of: merchant)
        if let known = try known(batch, of: merchant, earlier) { return known }
        let standing = try rows.sequences(of: merchant, batch.authentic.signer, around: batch.header.sequence)
        let others = earlier.filter { $0.receipt.signer == batch.authentic.signer }.map(\.receipt.sequence)
        guard !standing.isTaken, !others.contains(batch.header.sequence) else {
            return .refused(.sequenceReused(batch))
        }
        let judgement = try admitting.judge(arrival, merchant: merchant, &identities)
        if batch.header.strict, !judgement.refused.isEmpty {
            admitting.forgetLast(&identities)
            return .refused(.recordsRefused(judgement.refused))
        }
        let highest = max(standing.highest, others.max() ?? 0)
        // A gap lies before a number that is not the next one.
        var warnings = batch.header.sequence - 1 > highest ? [Receipt.sequenceGap] : []
        if warned.contains(batch.header.merchant) { warnings.append(Receipt.exposureLimit) }
        let receipt = receipt(arrival, judgement, warnings: warnings)
        switch arrival.purpose {
        case .rehearse:
            admitting.forgetLast(&identities)
            return .rehearsed(receipt)
        case .keep(let admit, _, _):
            do { try admit(receipt) } catch {
                admitting.forgetLast(&identities)
                return .turnedAway(error)
            }
            return .new(Accepted(merchant: merchant, judgement: judgement, receipt: receipt))
        }
    }

    /// What becomes of a batch whose id is used: stored earlier, or among those that are stored with it.
    private func known(
        _ batch: VerifiedBatch, of merchant: Int64, _ earlier: [(position: Int, receipt: Receipt)]
    ) throws -> Verdict? {
        if let found = try rows.find(batch: batch.header.batch, of: merchant) {
            guard found.digest == batch.authentic.digest.bytes else { return .refused(.batchReused(batch)) }
            return .copy(found.receipt)
        }
        guard let found = earlier.first(where: { $0.receipt.batch == batch.header.batch }) else { return nil }
        guard found.receipt.digest == batch.authentic.digest else { return .refused(.batchReused(batch)) }
        return .again(found.position)
    }

    /// The receipts of a merchant's batches that are to be stored with this one, and their places.
    private static func accepted(
        _ verdicts: [Verdict], of merchant: Int64
    ) -> [(position: Int, receipt: Receipt)] {
        verdicts.enumerated().compactMap { position, verdict in
            guard case .new(let accepted) = verdict, accepted.merchant == merchant else { return nil }
            return (position, accepted.receipt)
        }
    }

    private func receipt(_ arrival: Arrival, _ judgement: Judgement, warnings: [String]) -> Receipt {
        let calendar = inForce.schedule.calendar
        let (batch, header) = (arrival.batch, arrival.batch.header)
        return Receipt(
            alliance: inForce.schedule.alliance.id, merchant: header.merchant, signer: batch.authentic.signer,
            batch: header.batch, sequence: header.sequence, digest: batch.authentic.digest,
            received: arrival.received,
            counts: Receipt.Counts(
                records: header.records, accepted: Int64(judgement.accepted.count),
                duplicates: judgement.duplicates, refused: Int64(judgement.refused.count)),
            refused: judgement.refused, warnings: warnings,
            periods: judgement.periods.map { ordinal, count in
                Receipt.PeriodCount(period: calendar.period(ordinal).id, records: count)
            })
    }

    // MARK: Sealing

    /// What stands beside a new batch.
    private struct Papers: Sendable {
        let receipt: SealedDocument
        /// Nil: its bytes are those that were signed.
        let redaction: Redaction?
    }

    /// The receipts of the new ones, and the notices of those that are redacted, sealed on as many threads as there are
    /// cores: two signatures each are the dearest part of a small batch.
    private static func sealed(_ arrivals: [Arrival], _ verdicts: [Verdict]) -> [Papers?] {
        let documents = Mutex<[Papers?]>(Array(repeating: nil, count: arrivals.count))
        let receipts = verdicts.map { verdict -> Receipt? in
            guard case .new(let accepted) = verdict else { return nil }
            return accepted.receipt
        }
        let places = receipts.indices.filter { receipts[$0] != nil }
        let seal = { @Sendable (place: Int) in
            guard let receipt = receipts[place],
                case .keep(_, let sealNotice, let seal) = arrivals[place].purpose
            else { return }
            let papers = Papers(
                receipt: seal(receipt),
                redaction: redaction(of: arrivals[place].batch.authentic, receipt, sealNotice))
            documents.withLock { $0[place] = papers }
        }
        if places.count < 2 {
            places.forEach(seal)
        } else {
            DispatchQueue.concurrentPerform(iterations: places.count) { seal(places[$0]) }
        }
        return documents.withLock { $0 }
    }

    private static func redaction(
        of batch: AuthenticBatch, _ receipt: Receipt, _ seal: (@Sendable (RedactionNotice) -> SealedDocument)?
    ) -> Redaction? {
        guard batch.isRedacted else { return nil }
        guard let seal else { preconditionFailure("who stores a redacted batch seals the notice of it") }
        let notice = RedactionNotice(
            alliance: receipt.alliance, merchant: receipt.merchant,
            subject: .batch(
                receipt.batch, signer: receipt.signer, sequence: receipt.sequence,
                signature: SHA256Digest(of: Array(batch.signature.utf8))),
            signed: batch.digest, redacted: SHA256Digest(of: batch.bytes), at: receipt.received)
        return Redaction(signed: notice.signed, redacted: notice.redacted, notice: seal(notice))
    }

    private static func known(_ papers: Papers?) -> Papers {
        guard let papers else { preconditionFailure("a new batch has a receipt") }
        return papers
    }

    // MARK: Writing

    private func write(
        _ arrivals: [Arrival], _ verdicts: [Verdict], _ receipts: [Papers?]
    ) throws {
        let chunks = try RecordChunks(database)
        let (outbox, redactions) = (OutboxRows(database, inForce.roster), RedactionRows(database))
        for (position, verdict) in verdicts.enumerated() {
            guard case .new(let accepted) = verdict else { continue }
            let arrival = arrivals[position]
            let judgement = accepted.judgement
            let papers = Self.known(receipts[position])
            let number = try rows.add(
                arrival.batch, merchant: accepted.merchant, received: arrival.received, judgement: judgement,
                receipt: papers.receipt)
            if let redaction = papers.redaction {
                try redactions.set(redaction.redacted, ofBatch: number, redaction.notice)
            }
            if let destinations = inForce.destinations[arrival.batch.header.merchant] {
                try outbox.add(
                    .receipt(batch: number), to: arrival.batch.header.merchant, destinations,
                    at: arrival.received)
            }
            var packer = RecordPacker(first: judgement.firstNumber)
            try arrival.batch.withRecords { views in
                for (count, record) in judgement.accepted.enumerated() {
                    packer.add(views[record.position], period: record.period, late: record.late)
                    // Now and then, so that a large batch does not stand in memory once more.
                    guard count % (8 * RecordChunks.mostRecords) == 0 else { continue }
                    try chunks.append(
                        packer.take(all: false), batch: number, merchant: accepted.merchant)
                }
            }
            try chunks.append(packer.take(all: true), batch: number, merchant: accepted.merchant)
        }
    }
}

extension BatchRefusal {
    fileprivate static func batchReused(_ batch: VerifiedBatch) -> BatchRefusal {
        BatchRefusal(
            .batchReused, field: "batch",
            reason: "batch \(batch.header.batch) of \(batch.header.merchant) is stored with other bytes",
            expected: "an id that no batch has, or that batch's bytes",
            found: "\(batch.header.batch) with bytes of \(batch.authentic.digest.text)")
    }

    fileprivate static func sequenceReused(_ batch: VerifiedBatch) -> BatchRefusal {
        BatchRefusal(
            .sequenceReused, field: "sequence",
            reason: "sequence \(batch.header.sequence) of \(batch.header.merchant), signed by the "
                + "\(batch.authentic.signer.rawValue), is another batch's",
            expected: "a sequence number that no batch has", found: "\(batch.header.sequence)")
    }

    fileprivate static func recordsRefused(_ refused: RefusedRecords) -> BatchRefusal {
        BatchRefusal(
            .recordsRefused, line: refused.first?.line,
            reason: "the batch is strict and \(refused.count) of its records would be refused",
            expected: "no record that would be refused", found: "\(refused.count)",
            records: refused)
    }
}
