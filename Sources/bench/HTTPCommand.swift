import ArgumentParser
import Foundation
import Synchronization

/// Uploads a workload to a running daemon, and may read from it meanwhile.
struct HTTPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Measures a daemon on loopback: keep-alive clients that upload, and one that reads.",
        discussion: """
            Requests are made whole before the time runs, so that the clients use little of the processor that \
            the daemon needs too: `client_cpu_seconds` says how much. Any answer but 201 to an upload, or 200 to \
            a read, ends the measurement.
            """)

    @OptionGroup var options: ShapeOptions
    @Option(help: "Records a batch, at most.") var batch = 500
    @Option(help: "The first batch's number, of each merchant.") var sequence: Int64 = 1
    @Option(help: "Clients that upload at the same time.") var clients = 20
    @Option(help: "Milliseconds between reads; 0 reads nothing.") var pause = 0
    @Argument(help: "The daemon's port on 127.0.0.1.") var port: UInt16

    func run() throws {
        var batches = try SignedBatches(options.shape, size: batch, from: sequence)
        let prepared = batches.next(records: options.shape.records)
        guard let first = prepared.first else { throw ValidationError("expected at least one batch") }
        let requests = prepared.map(Requests.upload)
        // The first one beforehand: there is something to read then, and everything is warm.
        let warm = try LoopbackConnection(port: port)
        let firstSeconds = try seconds { try warm.exchange(requests[0], expecting: 201) }
        let load = Load(port: port, requests: Array(requests.dropFirst()))
        let processor = processorSeconds()
        var reads: [Double] = []
        let time = try seconds { reads = try load.run(clients: clients, pause: pause, reading: first) }
        let records = prepared.dropFirst().reduce(0) { $0 + $1.records }
        var figures: [String: Any] = [
            "records": records, "batches": requests.count - 1, "seconds": time,
            "first_seconds": firstSeconds, "client_cpu_seconds": processorSeconds() - processor,
            "reads": reads.count, "read_path": Requests.readPath(first),
        ]
        if !reads.isEmpty {
            reads.sort()
            figures["read_p50_seconds"] = reads[reads.count / 2]
            figures["read_p99_seconds"] = reads[min(reads.count - 1, reads.count * 99 / 100)]
        }
        try report(figures)
    }
}

/// Prepared uploads, and the clients that send them.
private struct Load {
    let port: UInt16
    let requests: [[UInt8]]

    /// Returns when every upload has its receipt: what each read took meanwhile, in seconds.
    func run(clients: Int, pause: Int, reading batch: SignedBatch) throws -> [Double] {
        let queue = WorkQueue(count: requests.count)
        let uploading = Atomic<Int>(clients)
        let reads = Mutex<[Double]>([])
        try queue.work(threads: clients + (pause > 0 ? 1 : 0)) { [self] number in
            guard number < clients else {
                let connection = try LoopbackConnection(port: port)
                repeat {
                    let request = try Requests.read(batch)
                    let time = try seconds { try connection.exchange(request, expecting: 200) }
                    reads.withLock { $0.append(time) }
                    usleep(UInt32(pause) * 1_000)
                } while uploading.load(ordering: .relaxed) > 0
                return
            }
            defer { uploading.subtract(1, ordering: .relaxed) }
            let connection = try LoopbackConnection(port: port)
            while let position = queue.next() {
                try connection.exchange(requests[position], expecting: 201)
            }
        }
        return reads.withLock { $0 }
    }
}
