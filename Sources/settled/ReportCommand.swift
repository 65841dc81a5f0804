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
            seal are refused. The matrix is that of the period; points, balances, activity and payments go back up to \
            13 periods. --csv has the matrix, with --course the course: of each period all merchants' points in a row \
            without a merchant, and every merchant's activity, payments and balance, to which the balance before and \
            these add up. --json has matrix and course, with the positions as they were signed.

            Examples:
              settled report flows 2026-11 --data /var/lib/settled
              settled report flows 2026-11 --data /var/lib/settled --csv --course > course.csv
              settled report flows 2026-11 --data /var/lib/settled --html > flows.html
            """)

    @Argument(help: ArgumentHelp("The period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @OptionGroup var place: DataOption
    @OptionGroup var showing: ShowingOptions

    @Flag(name: .long, help: "With --csv: the course in place of the matrix.")
    var course = false

    func validate() throws {
        guard !course || showing.form == .csv else {
            throw ValidationError("--course is for --csv; the other forms have it anyway")
        }
    }

    func run() throws {
        let report = try showing.desk(place.folder).flows(period: period)
        if course { return print(report.courseTable, terminator: "") }
        try showing.show(report)
    }
}
