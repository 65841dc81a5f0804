import Foundation
import Settlement
import Signing
import Store

/// A simulation at work: batches and closes in the order of their instants.
struct SimulationRun {
    let alliance: OpenFolder
    let batches: SimulatedBatches
    let calendar: PeriodCalendar
    let graceHours: Int
    /// The ordinal of the last period to close.
    let last: Int
    let output: SimulationOutput
    let progress: SimulationProgress

    private let intake: Intake
    private let closer: PeriodCloser
    private var nextPeriod = 0
    /// The last sequence number taken.
    private var sequences: [MerchantID: [Signer: Int64]] = [:]
    private(set) var summary = Simulation.Summary()

    init(
        alliance: OpenFolder, batches: SimulatedBatches, schedule: Schedule, last: Int,
        output: SimulationOutput,
        progress: SimulationProgress
    ) {
        self.alliance = alliance
        self.batches = batches
        calendar = schedule.calendar
        graceHours = schedule.alliance.graceHours
        self.last = last
        self.output = output
        self.progress = progress
        intake = alliance.intake(limitBytes: 1 << 30)
        closer = PeriodCloser(store: alliance.store, signer: alliance.signer)
    }

    /// Hands in every batch and closes every period up to the last one.
    mutating func run() throws {
        for (number, batch) in batches.batches.enumerated() {
            if !batch.comesFirst { try closePeriods(before: batch.received) }
            progress.show("storing batch \(number + 1) of \(batches.batches.count)")
            try take(batch)
        }
        try closePeriods(before: nil)
        progress.clear()
    }

    /// Closes what is due strictly before an instant; nil: all that is left. Rulebook §4.
    private mutating func closePeriods(before instant: Instant?) throws {
        while nextPeriod <= last {
            let period = calendar.period(nextPeriod)
            let due = period.end.advanced(byHours: graceHours)
            if let instant, due >= instant { return }
            progress.show("closing \(period.id), period \(nextPeriod + 1) of \(last + 1)")
            let closed = try closer.close(nextPeriod, at: due)
            try output.write(closed, period: period, from: alliance.store)
            summary.periods.append(period.id)
            summary.statements += Int64(closed.statements.count)
            nextPeriod += 1
        }
    }

    private mutating func take(_ batch: SimulatedBatch) throws {
        // A refused batch keeps neither its id nor its number, so the next one takes them.
        let sequence = sequences[batch.merchant]?[batch.signer] ?? 0
        let id = "\(batch.signer.rawValue)-\(sequence + 1)"
        let bytes = batches.bytes(of: batch, id: id, sequence: sequence + 1)
        do {
            let answer = try intake.take(
                bytes, form: .csv, signature: key(of: batch).sign(bytes), received: batch.received)
            guard case .stored(_, let receipt) = answer else {
                preconditionFailure("a simulation never hands in the same batch twice")
            }
            sequences[batch.merchant, default: [:]][batch.signer] = sequence + 1
            count(receipt)
        } catch let refusal as BatchRefusal {
            try note(refusal, of: batch)
        }
    }

    private func key(of batch: SimulatedBatch) -> SigningKey {
        switch batch.signer {
        case .merchant: alliance.master.batchKey(merchant: batch.merchant.text, version: 1)
        case .operator: alliance.master.operatorKey(version: 1)
        }
    }

    private mutating func count(_ receipt: Receipt) {
        summary.batches += 1
        summary.records += receipt.counts.records
        summary.duplicates += receipt.counts.duplicates
        summary.refused += receipt.counts.refused
    }

    /// A suspended merchant's batch is part of a history; a malformed record is a fault of the file.
    private mutating func note(_ refusal: BatchRefusal, of batch: SimulatedBatch) throws {
        let place = batches.place(of: refusal.line, in: batch)
        guard refusal.code == .merchantSuspended else {
            let field = refusal.field.map { "\($0): " } ?? ""
            throw Failure.refused(place, "\(refusal.code.rawValue): \(field)\(refusal.reason)")
        }
        summary.refusedBatches.append(
            "batch of \(batch.merchant), \(batch.rows.count) records received"
                + " \(batch.received.text(offsetSeconds: 0, milliseconds: true)): \(refusal.code.rawValue)")
    }
}
