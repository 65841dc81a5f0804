import ArgumentParser
import Service
import Settlement
import Signing

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a batch before it is sent: everything that would be refused, not only the first.",
        discussion: """
            Needs the alliance's definition, as the operator gives it out. What only the daemon knows stays open: \
            whether the batch's id and sequence, a record's id or the record that a reversal names were there \
            before. Exit code 0: nothing found; 1: something would be refused.

            Examples:
              settled check 2026-11-01.ndjson --alliance alliance.yaml
              settled check 2026-11-01.csv --alliance alliance.yaml --key batch_M001_1.key --json
            """)

    @Argument(help: ArgumentHelp("The batch, NDJSON or CSV.", valueName: "file"))
    var file: String

    @Option(name: .long, help: ArgumentHelp("The alliance's definition, YAML.", valueName: "file"))
    var alliance: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The key that signs it: its merchant is held against the header, a signature FILE.jws is checked.",
            valueName: "keyfile"))
    var key: String?

    @Option(name: .long, help: ArgumentHelp("The key's id, which a PEM does not say.", valueName: "key-id"))
    var kid: String?

    @Flag(name: .long, help: "The operator will sign it.")
    var `operator` = false

    @Option(
        name: .long,
        help: ArgumentHelp("The largest batch that the daemon takes, in bytes.", valueName: "bytes"))
    var maxBatchBytes = Intake.standardBytes

    @Option(
        name: .long,
        help: ArgumentHelp("The most records of a batch that the daemon takes.", valueName: "count"))
    var maxBatchRecords = Intake.standardRecords

    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func run() throws {
        let key = try key.map { (path) throws(Failure) in try KeyFile.readSigning(path, id: kid) }
        let check = try FileCheck(
            file, alliance: try AllianceFile.read(alliance), key: key, isOperator: self.operator,
            limitBytes: maxBatchBytes, limitRecords: maxBatchRecords, now: when.instant)
        if json { print(check.json) } else { for line in check.lines { print(line) } }
        guard check.isGood else { throw ExitCode(Failure.Kind.refused.rawValue) }
    }
}
