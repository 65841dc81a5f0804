import ArgumentParser
import Service
import Settlement

struct OperatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Hand in a batch of the operator's, on behalf of a merchant.",
        discussion: """
            Only the operator may report opening balances and corrections, and it may report anything for any \
            merchant. Its batches have sequence numbers of their own, per merchant.
            """,
        subcommands: [Submit.self])
}

extension OperatorCommand {
    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a batch with the operator's key and store it.",
            discussion: """
                The header names the merchant that the batch is for. Works beside the running daemon, on the data \
                folder itself; keeps NAME.receipt.json with its .jws and .seal beside the file. The same file \
                again gives the first receipt.

                Example:
                  settled operator submit openings-M001.csv --data /var/lib/settled
                """)

        @Argument(help: ArgumentHelp("The batch, NDJSON or CSV.", valueName: "file"))
        var file: String

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        @Option(name: .long, help: ArgumentHelp("The largest batch, in bytes.", valueName: "bytes"))
        var maxBatchBytes = Intake.standardBytes

        @Option(name: .long, help: ArgumentHelp("The most records of a batch.", valueName: "count"))
        var maxBatchRecords = Intake.standardRecords

        @Flag(name: .long, help: "Print the receipt itself.")
        var json = false

        func run() throws {
            guard DaemonConfiguration.batchBytes.contains(maxBatchBytes) else {
                throw Failure.misused("--max-batch-bytes", "expected 1 … 536870912, found \(maxBatchBytes)")
            }
            guard DaemonConfiguration.batchRecords.contains(maxBatchRecords) else {
                throw Failure.misused(
                    "--max-batch-records", "expected 1 … 10000000, found \(maxBatchRecords)")
            }
            let open = try place.folder.open()
            defer { open.shut() }
            let stored = try OperatorSubmission(
                file: file, in: open, limitBytes: maxBatchBytes, limitRecords: maxBatchRecords,
                now: when.instant)
            if json {
                emit(stored.receipt.bytes)
                return print()
            }
            for line in stored.lines { print(line) }
        }
    }
}
