import ArgumentParser
import Foundation
import Settlement

/// Writes records as lines: those that other programs read, or a batch without its signature.
struct WorkloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload", abstract: "Writes seeded records as NDJSON.",
        discussion: """
            In the plain form of the baselines: id, type, merchant, member, points, amount, at in milliseconds. \
            With --form ndjson or csv one batch in Settled's own form, for the scanners.
            """)

    enum Form: String, ExpressibleByArgument, CaseIterable { case plain, ndjson, csv }

    @OptionGroup var options: ShapeOptions
    @Option(help: "The form: plain, ndjson or csv.") var form = Form.plain
    @Argument(help: "The file to write.") var file: String

    func run() throws {
        var workload = Workload(options.shape)
        var all: [Workload.Reported] = []
        while let reported = workload.next() { all.append(reported) }
        try Data(form == .plain ? plain(all) : batch(all)).write(to: URL(fileURLWithPath: file))
    }

    private func batch(_ all: [Workload.Reported]) -> [UInt8] {
        let records = all.map(\.record)
        let header = BatchHeader(
            merchant: Workload.merchants[0], batch: BatchID(verified: "scan"), sequence: 1, for: records)
        return BatchWriter.bytes(header, records, form: form == .csv ? .csv : .ndjson)
    }

    private func plain(_ all: [Workload.Reported]) -> [UInt8] {
        var text: [UInt8] = []
        for reported in all {
            let record = reported.record
            let type = record.type == .earnReversal ? "reversal" : record.type.name
            var line =
                "{\"id\":\"\(record.id)\",\"type\":\"\(type)\",\"merchant\":\(reported.merchant + 1)"
                + ",\"member\":\"\(record.member)\",\"points\":\(record.points.count)"
                + ",\"amount\":\(record.amount?.minorUnits ?? record.points.count),\"at\":\(record.at.milliseconds)"
            if let ref = record.ref { line += ",\"ref\":\"\(ref)\"" }
            text.append(contentsOf: (line + "}\n").utf8)
        }
        return text
    }
}
