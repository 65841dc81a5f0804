import ArgumentParser
import Foundation
import Settlement

/// Scans a batch without keeping anything of it.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Measures the readers of batches: strict, any order of members.")

    @Argument(help: "A batch, as `bench workload --form` writes it.") var file: String
    @Option(help: "How often.") var runs = 5

    func run() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let form: BatchForm = bytes.first == UInt8(ascii: "{") ? .ndjson : .csv
        var times: [Double] = []
        var records = 0
        for _ in 0..<runs {
            times.append(try seconds { records = Int(try BatchContent.measure(bytes, form: form).records) })
        }
        try report([
            "form": form.rawValue, "records": records, "bytes": bytes.count,
            "seconds": times.sorted()[times.count / 2],
        ])
    }
}
