import ArgumentParser
import Foundation
import Service
import Settlement
import Signing
import Store
import Synchronization

/// Takes in a workload through the intake of the process, then closes its period.
struct SettleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Measures durable intake, from verification to receipt, then the close.")

    @Option(help: "How many records.") var records = 100_000
    @Option(help: "How many members; a tenth of the records by default.") var members: Int?
    @Option(help: "Callers that hand in batches at the same time.") var callers = 32
    @Option(help: "Of a thousand records, reversals.") var reversals = 12
    @Flag(help: "Few members have most of the records.") var zipf = false
    @Flag(help: "Do not close.") var open = false
    @Argument(help: "An empty folder for the data.") var folder: String

    func run() throws {
        let store = try BenchAlliance.found(folder)
        let master = try BenchAlliance.master()
        let signer = DocumentSigner(master: master, version: 1)
        let intake = Intake(store: store, master: master, signer: signer, limitBytes: 1 << 26)
        var batches = try SignedBatches(
            Workload(
                records: records, members: members ?? max(1, records / 10), reversals: reversals, isZipf: zipf
            ))
        var tenths: [Double] = []
        var counts: [Int] = []
        let before = bytesWritten()
        for _ in 0..<10 {
            let slice = batches.next(records: (records + 9) / 10)
            counts.append(slice.reduce(0) { $0 + $1.records })
            tenths.append(try seconds { try take(slice, by: intake) })
        }
        var figures: [String: Any] = [
            "records": records, "intake_seconds": tenths.reduce(0, +), "intake_memory": peakMemory(),
            "intake_first_tenth": Double(counts[0]) / tenths[0],
            "intake_last_tenth": Double(counts[8]) / tenths[8],
            "intake_bytes": bytesWritten() - before,
        ]
        if !open { try close(store, signer, into: &figures) }
        try store.shut()
        try report(figures)
    }

    private func close(_ store: Store, _ signer: DocumentSigner, into figures: inout [String: Any]) throws {
        resetPeakMemory()
        var settled: Int64 = 0
        figures["close_seconds"] = try seconds {
            settled = try PeriodCloser(store: store, signer: signer)
                .close(0, at: Workload.start, forced: true).records.settled
        }
        figures["close_memory"] = peakMemory()
        figures["settled"] = settled
    }

    /// Hands in batches by as many callers at once; throws the first refusal or trouble.
    private func take(_ batches: [SignedBatch], by intake: Intake) throws {
        let next = Atomic<Int>(0)
        let failures = Mutex<[any Error]>([])
        let threads = (0..<callers).map { _ in
            Thread {
                while true {
                    let position = next.add(1, ordering: .relaxed).oldValue
                    guard position < batches.count, failures.withLock({ $0.isEmpty }) else { break }
                    do {
                        _ = try intake.take(
                            batches[position].bytes, form: .ndjson, signature: batches[position].signature,
                            received: Workload.start.advanced(byHours: 24 * 40))
                    } catch {
                        failures.withLock { $0.append(error) }
                    }
                }
                finished.signal()
            }
        }
        for thread in threads { thread.start() }
        for _ in threads { finished.wait() }
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }

    private var finished: DispatchSemaphore { Self.semaphore }
    private static let semaphore = DispatchSemaphore(value: 0)
}
