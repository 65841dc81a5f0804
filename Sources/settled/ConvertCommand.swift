public import ArgumentParser
import Service
public import Settlement

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a batch in the other form: NDJSON as CSV, CSV as NDJSON.",
        discussion: """
            Header and records stay the same, in the same order; times are written in UTC. Convert before you sign: \
            a signature is over the exact bytes, and a batch that is stored is not taken in other bytes.

            Examples:
              settled convert 2026-11-01.csv > 2026-11-01.ndjson
              settled convert 2026-11-01.ndjson --out 2026-11-01.csv
            """)

    @Argument(help: ArgumentHelp("The batch, NDJSON or CSV.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("csv or ndjson; the other one, if left out.", valueName: "form"))
    var to: BatchForm?

    @Option(name: .long, help: ArgumentHelp("Write to this new file.", valueName: "file"))
    var out: String?

    func run() throws {
        try FileConversion(file, to: to).write(to: out)
    }
}

extension BatchForm: ExpressibleByArgument {}
