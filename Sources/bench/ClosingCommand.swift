import ArgumentParser
import Foundation
import Service
import Settlement
import Signing
import Store

/// Closes what `bench intake` took in, in a process of its own, as `settled close` does.
struct ClosingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Measures the close of every period that holds records: read, settle, write, sign.")

    @Option(help: "Where to write the last CLOSING.json.") var closing: String?
    @Argument(help: "A folder that `bench intake` filled.") var folder: String

    func run() throws {
        let store = try Store.open(folder: folder)
        let signer = DocumentSigner(master: try BenchAlliance.master(), version: 1)
        let closer = PeriodCloser(store: store, signer: signer)
        let periods = try store.periods().filter { $0.close == nil && $0.records > 0 }
        var counts = RecordCounts()
        var last: ClosedPeriod?
        resetPeakMemory()
        let time = try seconds {
            for standing in periods {
                let closed = try closer.close(
                    standing.period.ordinal, at: Workload.received, forced: true)
                counts.settled += closed.records.settled
                counts.pending = closed.records.pending
                counts.refused += closed.records.refused
                last = closed
            }
        }
        let memory = peakMemory()
        try store.shut()
        if let closing, let last {
            try Data(last.closing.bytes).write(to: URL(fileURLWithPath: closing))
        }
        try report([
            "records": periods.reduce(0) { $0 + $1.records }, "periods": periods.count, "seconds": time,
            "memory": memory, "settled": counts.settled, "pending": counts.pending, "refused": counts.refused,
        ])
    }
}
