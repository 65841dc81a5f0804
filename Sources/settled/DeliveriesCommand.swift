import ArgumentParser
import Service
import Settlement
import Store

struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List what is to be taken to merchants and to the operator, and have it tried again.",
        discussion: """
            The daemon takes statements, closings, receipts and notices to the folders and endpoints that the alliance \
            file names (`delivery`), in order for each of them. What cannot be delivered is tried again for five days, \
            ever more seldom, and then given up: the stuck list of `settled status` has it. Where an endpoint answers \
            410, all that is meant for it waits.

            Examples:
              settled deliveries --data DIR --merchant M001
              settled deliveries retry --merchant M001 --data DIR
            """,
        subcommands: [List.self, Retry.self], defaultSubcommand: List.self)
}

/// Which deliveries.
struct DeliveryOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Of this merchant only, or `operator`.", valueName: "id"))
    var merchant: String?

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    func filter(all: Bool = false, numbers: [Int64] = []) throws -> DeliveryFilter {
        let owner = try merchant.map { text -> MerchantID? in
            guard text != "operator" else { return nil }
            guard let id = MerchantID(text) else { throw Failure.misused(text, "is not a merchant's id") }
            return id
        }
        return DeliveryFilter(merchant: owner, all: all, numbers: numbers.isEmpty ? nil : Set(numbers))
    }
}

extension DeliveriesCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List deliveries by number: those that wait, and those that were given up.",
            discussion: """
                Example:
                  settled deliveries --all --json --data DIR
                """)

        @OptionGroup var which: DeliveryOptions

        @Flag(name: .long, help: "Also those that were delivered.")
        var all = false

        @Option(name: .long, help: ArgumentHelp("The first so many.", valueName: "n"))
        var limit = 1_000

        @Flag(name: .long, help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            guard limit >= 1 else { throw Failure.misused("--limit", "expected 1 or more, found \(limit)") }
            let store = try DataFolder(which.data).openStore()
            let listing = try DeliveryListing(
                try store.deliveries(try which.filter(all: all), limit: limit), in: store)
            print(json ? listing.json : listing.text, terminator: "")
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have deliveries that were given up, or wait for their next attempt, tried again now.",
            discussion: """
                Those of these numbers, of a merchant, or all. One that was given up comes behind others that were \
                delivered since: its id tells the receiver which it is.

                Examples:
                  settled deliveries retry --merchant M001 --data DIR
                  settled deliveries retry 17 18 --data DIR
                """)

        @Argument(help: ArgumentHelp("As `settled deliveries` numbers them.", valueName: "n"))
        var numbers: [Int64] = []

        @OptionGroup var which: DeliveryOptions
        @OptionGroup var when: NowOption

        func run() throws {
            let store = try DataFolder(which.data).openStore()
            let count = try store.retryDeliveries(try which.filter(numbers: numbers), at: when.instant)
            guard count > 0 || numbers.isEmpty else {
                throw Failure.refused(
                    numbers.map { "\($0)" }.joined(separator: ", "), "none of them waits or was given up")
            }
            print(count == 1 ? "1 delivery is tried again" : "\(count) deliveries are tried again")
        }
    }
}
