import ArgumentParser
import Service
import Settlement
import Store

struct DisputesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disputes",
        abstract: "List disputes: what they are against, who sees to them, and by when.",
        discussion: """
            Those that are open, or with --all the others too. One of a number is shown with all that was said and done.

            Examples:
              settled disputes --data /var/lib/settled
              settled disputes 7 --data /var/lib/settled
            """)

    @Argument(help: ArgumentHelp("This one, with its whole course.", valueName: "n"))
    var number: Int64?

    @Option(name: .long, help: ArgumentHelp("Of this merchant only.", valueName: "id"))
    var merchant: String?

    @Flag(name: .long, help: "Accepted and rejected ones too.")
    var all = false

    @Flag(name: .long, help: "Print one JSON object a line.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @OptionGroup var when: NowOption

    func run() throws {
        let merchant = try merchant.map { text in
            guard let id = MerchantID(text) else { throw Failure.misused(text, "is not a merchant's id") }
            return id
        }
        let store = try DataFolder(data).openStore()
        let found = try store.disputes().filter { dispute in
            (merchant == nil || dispute.merchant == merchant)
                && (number.map { dispute.number == $0 } ?? (all || dispute.state == .open))
        }
        if let number, found.isEmpty {
            throw Failure.misused("\(number)", "there is no dispute of that number")
        }
        let listing = try DisputeListing(found, in: store, now: when.instant)
        print(json ? listing.json : number == nil ? listing.text : listing.course, terminator: "")
    }
}
