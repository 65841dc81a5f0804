import ArgumentParser
import Foundation
import Service
import Settlement
import Signing
import Store

/// Takes in a workload through the intake of the process.
struct IntakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "Measures durable intake, from verification to receipt, part by part.",
        discussion: """
            The batches of a part are made and signed before its time runs. `seconds` is the parts' and that of \
            shutting the store, which moves what is in the log into the database; `bytes_written` is what all of \
            it wrote to the device, and `now` the instant at which the batches are received.
            """)

    @OptionGroup var options: ShapeOptions
    @Option(help: "Records a batch, at most.") var batch = 500
    @Option(help: "Callers that hand in batches at the same time; 1 uses no thread of its own.")
    var callers = 32
    @Option(help: "Parts that are timed one by one; at the end of each all callers wait for the last.")
    var parts = 1
    @Flag(help: "Make the batches and the folder, and take nothing in: what the measuring itself costs.")
    var dry = false
    @Argument(help: "An empty folder for the data.") var folder: String

    func validate() throws {
        guard batch >= 1, callers >= 1, parts >= 1 else {
            throw ValidationError("expected at least one record a batch, one caller and one part")
        }
    }

    func run() throws {
        let shape = options.shape
        let store = try BenchAlliance.found(folder, validity: shape.validity)
        let master = try BenchAlliance.master()
        let callers = Callers(
            intake: Intake(
                store: store, master: master, signer: DocumentSigner(master: master, version: 1),
                pseudonyms: .none, limitBytes: 1 << 26),
            count: dry ? 0 : self.callers)
        var batches = try SignedBatches(shape, size: batch)
        var times: [[String: Any]] = []
        var total = 0.0
        let before = bytesWritten()
        for _ in 0..<parts {
            let slice = batches.next(records: (shape.records + parts - 1) / parts)
            let time = try seconds { try callers.take(slice) }
            total += time
            times.append(["records": slice.reduce(0) { $0 + $1.records }, "seconds": time])
        }
        let shut = try seconds { try store.shut() }
        try report([
            "records": shape.records, "seconds": total + shut, "shut_seconds": shut, "parts": times,
            "bytes_written": bytesWritten() - before, "memory": peakMemory(),
            "now": Workload.received.text(offsetSeconds: 0, milliseconds: false),
        ])
    }
}
