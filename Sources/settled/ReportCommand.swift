import ArgumentParser
import Service

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show how points and money went between the merchants.",
        subcommands: [FlowsReport.self])
}

struct FlowsReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flows",
        abstract: "Who spent whose points in a period, what was charged and paid, and the course up to it.",
        discussion: """
            Read from the signed closings, which are checked first: bytes that do not fit their digest, signature or \
            seal are refused. The matrix is that of the period; points, balances and activity go back up to 13 \
            periods. --csv has the matrix; --json the matrix and the course.

            Examples:
              settled report flows 2026-11 --data /var/lib/settled
              settled report flows 2026-11 --data /var/lib/settled --html > flows.html
            """)

    @Argument(help: ArgumentHelp("The period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @OptionGroup var place: DataOption
    @OptionGroup var showing: ShowingOptions

    func run() throws {
        try showing.show(try showing.desk(place.folder).flows(period: period))
    }
}
