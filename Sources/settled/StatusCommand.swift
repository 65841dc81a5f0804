import ArgumentParser
import Service
import Settlement
import Store

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the intake stands: what came, what was refused, what is missing, who is quiet.",
        discussion: """
            `unsettled` counts records that wait for a period to close, `pending` those that a close could not \
            settle yet. A merchant is quiet that sent no batch of its own in the last N periods and this one. What cannot \
            be read is named, the rest is shown, and the command ends as it does with trouble.

            Example:
              settled status --data /var/lib/settled --quiet-periods 2
            """)

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(
        name: .long, help: ArgumentHelp("Periods without a batch that make a merchant quiet.", valueName: "n")
    )
    var quietPeriods = 1

    @OptionGroup var when: NowOption

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(quietPeriods) else {
            throw ValidationError("--quiet-periods: expected 1 … 1000, found \(quietPeriods)")
        }
    }

    func run() throws {
        let report = try StatusReport(
            DataFolder(data).openStore(), now: when.instant, quietPeriods: quietPeriods)
        print(json ? report.json + "\n" : report.text, terminator: "")
        // What could be read is shown; that not all could is what the command ends with.
        if let trouble = report.trouble { throw trouble }
    }
}
