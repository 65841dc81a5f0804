import Foundation
import Settlement
import Signing
import Store
import Synchronization
import Testing

@testable import Service

/// An alliance whose periods the service of the daemon closes by itself while simulated time goes on, batch after batch,
/// from the founding until the last period is due.
final class SimulatedYear: Sendable {
    /// What was handed in beside the plain batches.
    struct Counts {
        var batches = 0
        var copies = 0
        /// Batches before which one of a higher sequence number had come.
        var overtaken = 0
        /// Times at which more than one period was due.
        var catchUps = 0
    }

    let scratch: Scratch
    let open: OpenFolder
    let schedule: Schedule
    /// The ordinal of the last period to close.
    let last: Int
    private let batches: SimulatedBatches
    private let time: Mutex<Instant>

    /// Texts in the acceptance formats; the same keys as those of a simulation.
    init(alliance: String, records: String, bookings: String? = nil, through: String) throws {
        scratch = try Scratch()
        let definition = try AllianceFile.parse(text: alliance, fileName: "alliance.yaml")
        schedule = Schedule(alliance: definition, zone: try ZoneInfo.rules(of: definition.timezone))
        last = try #require(schedule.calendar.ordinal(id: through))
        let start = schedule.calendar.period(0).start
        time = Mutex(start)
        batches = try SimulatedBatches(
            path: try scratch.write(records, to: "records.csv"), alliance: definition,
            unreceived: schedule.calendar.period(last).end)
        let secret = scratch.file("secret")
        _ = try MasterSecretFile.write(Simulation.publicSecret, at: secret)
        let founding = try Founding(
            alliance: definition, at: scratch.file("data"), secretFile: secret, now: start)
        open = try founding.folder.open()
        if let bookings {
            try open.store.rebook(
                try SimulatedBookings.read(try scratch.write(bookings, to: "bookings.csv")),
                by: PersonName(verified: "ana"), at: start)
        }
    }

    deinit { try? open.store.shut() }

    /// When the period closes.
    func due(_ ordinal: Int) -> Instant {
        schedule.calendar.period(ordinal).end.advanced(byHours: schedule.alliance.graceHours)
    }

    /// Lives through it. One batch in `swapEvery` is numbered behind its successor, one in `copyEvery` is handed in once
    /// more later on.
    func live(copyEvery: Int, swapEvery: Int) async throws -> Counts {
        let clock = WallClock { [self] in time.withLock { $0 } }
        return try await closing(open, at: clock) { [self] health in
            var counts = Counts()
            let intake = open.intake(limitBytes: 1 << 30)
            var sent: [(bytes: [UInt8], signature: String, receipt: SealedDocument)] = []
            let sequences = sequences(swapEvery: swapEvery)
            for (number, batch) in batches.batches.enumerated() {
                try await pass(to: batch.received, &counts)
                let (sequence, isOvertaken) = sequences[number]
                let bytes = batches.bytes(
                    of: batch, id: "\(batch.signer.rawValue)-\(sequence)", sequence: sequence)
                let signature = key(of: batch).sign(bytes)
                let answer = try intake.take(
                    bytes, form: .csv, signature: signature, received: batch.received)
                guard case .stored(let receipt, _) = answer else {
                    Issue.record("batch \(number) is not new")
                    continue
                }
                counts.batches += 1
                counts.overtaken += isOvertaken ? 1 : 0
                sent.append((bytes, signature, receipt))
                guard number % copyEvery == copyEvery - 1 else { continue }
                let old = sent[(number * 7_919) % sent.count]
                let again = try intake.take(
                    old.bytes, form: .csv, signature: old.signature, received: batch.received)
                guard case .copy(let receipt) = again, receipt == old.receipt else {
                    Issue.record("a copy got another receipt than the first")
                    continue
                }
                counts.copies += 1
            }
            try await pass(to: due(last).advanced(byMilliseconds: 1), &counts)
            #expect(health.reason() == nil)
            return counts
        }
    }

    /// Lets time pass until just before something is received: what is due strictly before that closes first.
    private func pass(to instant: Instant, _ counts: inout Counts) async throws {
        let store = open.store
        var next = try store.earliestOpen()
        let isCatchingUp = next < last && due(next + 1) < instant
        counts.catchUps += isCatchingUp ? 1 : 0
        while next <= last, due(next) < instant {
            // A clock that jumps finds several due at once.
            if isCatchingUp { while next < last, due(next + 1) < instant { next += 1 } }
            let now = due(next)
            #expect(try store.earliestOpen() <= next)
            time.withLock { $0 = now }
            next += 1
            try await until { [next] in try store.earliestOpen() == next }
        }
        time.withLock { $0 = max($0, instant) }
    }

    /// The sequence number of each batch, and whether its predecessor comes after it.
    private func sequences(swapEvery: Int) -> [(Int64, Bool)] {
        var ofSigner: [String: [Int]] = [:]
        for (number, batch) in batches.batches.enumerated() {
            ofSigner["\(batch.merchant) \(batch.signer)", default: []].append(number)
        }
        var sequences = [(Int64, Bool)](repeating: (0, false), count: batches.batches.count)
        for numbers in ofSigner.values {
            for (place, number) in numbers.enumerated() { sequences[number] = (Int64(place + 1), false) }
            for place in stride(from: swapEvery - 1, to: numbers.count - 1, by: swapEvery) {
                sequences[numbers[place]] = (Int64(place + 2), false)
                sequences[numbers[place + 1]] = (Int64(place + 1), true)
            }
        }
        return sequences
    }

    private func key(of batch: SimulatedBatch) -> SigningKey {
        switch batch.signer {
        case .merchant: open.master.batchKey(merchant: batch.merchant.text, version: 1)
        case .operator: open.master.operatorKey(version: 1)
        }
    }
}
