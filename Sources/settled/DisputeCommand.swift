import ArgumentParser
import Service
import Settlement
import Store

struct DisputeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispute",
        abstract: "Open a merchant's dispute, comment on it, accept or reject it.",
        discussion: """
            A dispute is against a line of a statement or a record, has a number, somebody who sees to it and a day by \
            which. It changes no figure: one that is accepted ends in an adjustment, which is booked first and whose \
            reason names it. Open ones stand on the merchant's statement page, overdue ones in `settled status`.

            Examples:
              settled dispute open M001 --period 2026-11 --line 3 --reason "counted twice" --owner ben \\
                --due 2026-12-15 --as ana --data DIR
              settled adjust M001 --credit 12.50 --reference D-7 --reason "dispute 7" --as ana --data DIR
              settled dispute accept 7 --adjustment D-7 --reason "it was" --as ben --data DIR
            """,
        subcommands: [Open.self, Comment.self, Accept.self, Reject.self])
}

extension DisputeCommand {
    /// What all of them are told.
    struct Options: ParsableArguments {
        @Option(
            name: .long, help: ArgumentHelp("What to say, 1 … 1000 bytes on one line.", valueName: "text"))
        var reason: String

        @OptionGroup var person: PersonOptions

        @Flag(name: .long, help: "Print a JSON object.")
        var json = false

        @Option(
            name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
        var data: String

        @OptionGroup var when: NowOption

        func run(_ act: (Store, Person) throws -> Dispute) throws {
            let person = try person.person()
            let store = try DataFolder(data).openStore()
            defer { try? store.shut() }
            let listing = try DisputeListing([try act(store, person)], in: store, now: when.instant)
            print(json ? listing.json : listing.course, terminator: "")
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a dispute against a line of a statement or a record.",
            discussion: """
                Example:
                  settled dispute open M001 --record T-17 --reason "was never sold" --owner ben --due 2026-12-15 \\
                    --as ana --data DIR
                """)

        @Argument(help: ArgumentHelp("The merchant's id.", valueName: "merchant"))
        var merchant: String

        @Option(name: .long, help: ArgumentHelp("The closed period of the statement.", valueName: "period"))
        var period: String?

        @Option(
            name: .long, help: ArgumentHelp("The line, as `settled explain` counts them.", valueName: "n"))
        var line: Int?

        @Option(name: .long, help: ArgumentHelp("A record that the merchant reported.", valueName: "id"))
        var record: String?

        @Option(name: .long, help: ArgumentHelp("Who has to see to it.", valueName: "name"))
        var owner: String

        @Option(name: .long, help: ArgumentHelp("By which day, YYYY-MM-DD.", valueName: "date"))
        var due: String

        @OptionGroup var options: Options

        func validate() throws {
            guard (period == nil) == (line == nil), (line == nil) != (record == nil) else {
                throw ValidationError("expected --period and --line, or --record")
            }
        }

        func run() throws {
            try options.run { store, person in
                try DisputeDesk(store).open(
                    DisputeDesk.Opening(
                        merchant: merchant, period: period, line: line, record: record,
                        reason: options.reason, owner: owner, due: due),
                    by: person, at: options.when.instant)
            }
        }
    }

    struct Comment: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a comment to an open dispute.",
            discussion:
                "Example:\n  settled dispute comment 7 --reason \"asked the shop\" --as ben --data DIR")

        @Argument(help: ArgumentHelp("The dispute's number.", valueName: "n"))
        var number: Int64

        @OptionGroup var options: Options

        func run() throws {
            try options.run {
                try $0.commentDispute(number, options.reason, by: $1, at: options.when.instant)
            }
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a dispute by an adjustment that is booked and whose reason names it.",
            discussion: """
                The reason of the adjustment has to say `dispute 7`, for the number 7.

                Example:
                  settled dispute accept 7 --adjustment D-7 --reason "it was counted twice" --as ben --data DIR
                """)

        @Argument(help: ArgumentHelp("The dispute's number.", valueName: "n"))
        var number: Int64

        @Option(name: .long, help: ArgumentHelp("The adjustment's reference.", valueName: "ref"))
        var adjustment: String

        @OptionGroup var options: Options

        func run() throws {
            guard let reference = BookingReference(adjustment) else {
                throw Failure.misused("--adjustment", "\(adjustment) is no reference")
            }
            try options.run {
                try $0.acceptDispute(
                    number, options.reason, adjustment: reference, by: $1, at: options.when.instant)
            }
        }
    }

    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a dispute without an adjustment.",
            discussion: "Example:\n  settled dispute reject 7 --reason \"two sales\" --as ben --data DIR")

        @Argument(help: ArgumentHelp("The dispute's number.", valueName: "n"))
        var number: Int64

        @OptionGroup var options: Options

        func run() throws {
            try options.run {
                try $0.rejectDispute(number, options.reason, by: $1, at: options.when.instant)
            }
        }
    }
}
