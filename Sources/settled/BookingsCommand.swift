import ArgumentParser
import Service
import Settlement

struct BookingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bookings",
        abstract: "List payments and adjustments: booked, undone, drafted, withdrawn.",
        discussion: """
            Amounts are from the merchant's side: positive is in its favour. `late` marks one whose own period took \
            nothing any more when it was booked. A draft that was approved stands there as booked, with both persons.

            Examples:
              settled bookings --data /var/lib/settled --period 2026-11
              settled bookings --data /var/lib/settled --waiting --json
            """)

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(name: .long, help: ArgumentHelp("Of this merchant only.", valueName: "id"))
    var merchant: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Those that belong to this period, as 2026-11, only.", valueName: "period"))
    var period: String?

    @Flag(name: .long, help: "Drafts that wait for somebody to approve them, only.")
    var waiting = false

    @Flag(name: .long, help: "Print one JSON object a line, amounts in minor units.")
    var json = false

    func run() throws {
        let merchant = try merchant.map { text in
            guard let id = MerchantID(text) else { throw Failure.misused(text, "is not a merchant's id") }
            return id
        }
        let store = try DataFolder(data).openStore()
        let ordinal = try period.map { try StatementShelf(store).ordinal(ofPeriod: $0) }
        let listing = try BookingListing(
            store, BookingListing.Filter(merchant: merchant, period: ordinal, isWaitingOnly: waiting))
        print(json ? listing.json : listing.text, terminator: "")
    }
}
