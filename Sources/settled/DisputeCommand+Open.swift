import ArgumentParser
import Service
import Settlement
import Store

extension DisputeCommand {
    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a dispute against a line of a statement or a record, or a file of them.",
            discussion: """
                --from opens all of a CSV file or none: columns merchant, reason, owner and due, and either period \
                and line or record, of which each row has one. All that is wrong in it is told with its line; \
                --dry-run shows what would be opened, and opens nothing.

                Examples:
                  settled dispute open M001 --record T-17 --reason "was never sold" --owner ben --due 2026-12-15 \\
                    --as ana --data DIR
                  settled dispute open --from disputes.csv --dry-run --as ana --data DIR
                """)

        @Argument(help: ArgumentHelp("The merchant's id.", valueName: "merchant"))
        var merchant: String?

        @Option(name: .long, help: ArgumentHelp("The closed period of the statement.", valueName: "period"))
        var period: String?

        @Option(
            name: .long, help: ArgumentHelp("The line, as `settled explain` counts them.", valueName: "n"))
        var line: Int?

        @Option(name: .long, help: ArgumentHelp("A record that the merchant reported.", valueName: "id"))
        var record: String?

        @Option(
            name: .long, help: ArgumentHelp("What for, 1 … 1000 bytes on one line.", valueName: "text"))
        var reason: String?

        @Option(name: .long, help: ArgumentHelp("Who has to see to it.", valueName: "name"))
        var owner: String?

        @Option(name: .long, help: ArgumentHelp("By which day, YYYY-MM-DD.", valueName: "date"))
        var due: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Many at once, CSV: merchant,reason,owner,due and period,line or record.", valueName: "file"))
        var from: String?

        @Flag(name: .long, help: "Show what would be opened, open nothing.")
        var dryRun = false

        @OptionGroup var place: Place

        func validate() throws {
            guard from == nil else {
                guard merchant == nil, period == nil, line == nil, record == nil, reason == nil, owner == nil,
                    due == nil
                else { throw ValidationError("expected either --from FILE or one dispute") }
                return
            }
            guard merchant != nil else { throw ValidationError("expected a merchant") }
            guard (period == nil) == (line == nil), (line == nil) != (record == nil) else {
                throw ValidationError("expected --period and --line, or --record")
            }
            guard reason != nil, owner != nil, due != nil else {
                throw ValidationError("expected --reason TEXT, --owner NAME and --due DATE")
            }
            guard !dryRun else { throw ValidationError("--dry-run is of --from FILE") }
        }

        func run() throws {
            try place.run { store, person in
                if let from {
                    return try DisputeOpenings(file: from).open(
                        in: store, by: person, at: place.when.instant, trial: dryRun)
                }
                let opening = DisputeDesk.Opening(
                    merchant: merchant ?? "", period: period, line: line, record: record,
                    reason: reason ?? "", owner: owner ?? "", due: due ?? "")
                return [
                    try DisputeDesk(store).open(opening, by: person, at: place.when.instant)
                ]
            }
            if dryRun && !place.json { print("dry run: nothing was opened") }
        }
    }
}
