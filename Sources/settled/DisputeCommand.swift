import ArgumentParser
import Service
import Settlement
import Store

struct DisputeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispute",
        abstract: "Open a merchant's dispute, assign it, comment on it, accept or reject it.",
        discussion: """
            A dispute is against a line of a statement or a record, has a number, somebody who sees to it and a day by \
            which. It changes no figure: one that is accepted ends in an adjustment, which is booked first and whose \
            reason names it. Open ones stand on the merchant's statement page, overdue ones in `settled status`.

            One that a merchant has opened itself is for `operator` to see to within 30 days, until it is assigned. \
            Merchants read texts and answers of theirs, but no names, and nothing of who was assigned.

            Examples:
              settled dispute open M001 --period 2026-11 --line 3 --reason "counted twice" --owner ben \\
                --due 2026-12-15 --as ana --data DIR
              settled adjust M001 --credit 12.50 --reference D-7 --reason "dispute 7" --as ana --data DIR
              settled dispute accept 7 --adjustment D-7 --reason "it was" --as ben --data DIR
              settled dispute accept --from answers.csv --dry-run --as ben --data DIR
            """,
        subcommands: [Open.self, Assign.self, Comment.self, Accept.self, Reject.self])
}

extension DisputeCommand {
    /// Who acts, and where.
    struct Place: ParsableArguments {
        @OptionGroup var person: PersonOptions

        @Flag(name: .long, help: "Print a JSON object, of several one a line.")
        var json = false

        @Option(
            name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
        var data: String

        @OptionGroup var when: NowOption

        func run(_ act: (Store, Person) throws -> [Dispute]) throws {
            let person = try person.person()
            let store = try DataFolder(data).openStore()
            defer { try? store.shut() }
            let listing = try DisputeListing(try act(store, person), in: store, now: when.instant)
            print(json ? listing.json : listing.course, terminator: "")
        }
    }

    /// What those are told that say something of one dispute.
    struct Options: ParsableArguments {
        @Option(
            name: .long, help: ArgumentHelp("What to say, 1 … 1000 bytes on one line.", valueName: "text"))
        var reason: String

        @OptionGroup var place: Place

        var when: NowOption { place.when }

        func run(_ act: (Store, Person) throws -> Dispute) throws { try place.run { [try act($0, $1)] } }
    }

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who sees to an open dispute from now on, by which day, or both.",
            discussion: """
                It is a step of its own: who had to see to it before stays to be read in `settled disputes N`.

                Example:
                  settled dispute assign 7 --owner ben --due 2026-12-15 --reason "knows the till" --as ana --data DIR
                """)

        @Argument(help: ArgumentHelp("The dispute's number.", valueName: "n"))
        var number: Int64

        @Option(name: .long, help: ArgumentHelp("Who has to see to it.", valueName: "name"))
        var owner: String?

        @Option(name: .long, help: ArgumentHelp("By which day, YYYY-MM-DD.", valueName: "date"))
        var due: String?

        @OptionGroup var options: Options

        func validate() throws {
            guard owner != nil || due != nil else { throw ValidationError("expected --owner, --due or both") }
        }

        func run() throws {
            try options.run { store, person in
                try DisputeDesk(store).assign(
                    number, to: owner, due: due, reason: options.reason, by: person,
                    at: options.when.instant)
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
}
