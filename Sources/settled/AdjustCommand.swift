import ArgumentParser
import Service
import Settlement

struct AdjustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust",
        abstract: "Book an adjustment: an amount credited or charged to a merchant, with a reason.",
        discussion: """
            It stands as a line of its own on the merchant's statement, in the open period that contains its date, \
            or else in the earliest open one, and that is said. Amounts are in major units with all their digits: \
            12.50 in EUR, 1250 in JPY.

            What is booked never changes. An error is taken back by its opposite (--undo), under a reference of its \
            own. The same again changes nothing and says so; the same reference with other content is refused.

            --from books a whole file or nothing: amounts are from the merchant's side, a minus charges it; where \
            `undoes` names a booking, the amount may be left out. --dry-run shows what it comes to. With --draft \
            nothing counts until somebody approves it; with `four_eyes: true` in the alliance that has to be \
            another person, and each shows their own key.

            Examples:
              settled adjust M001 --credit 12.50 --reference GW-17 --reason "goodwill" --as ana --data DIR
              settled adjust M001 --undo GW-17 --reference GW-17-U --reason "wrong merchant" --as ana --data DIR
              settled adjust --from adjustments.csv --dry-run --as ana --data DIR
            """)

    @OptionGroup var options: BookingOptions

    @Option(name: .long, help: ArgumentHelp("In the merchant's favour, in major units.", valueName: "amount"))
    var credit: String?

    @Option(name: .long, help: ArgumentHelp("To the merchant's debit, in major units.", valueName: "amount"))
    var charge: String?

    func validate() throws { try options.check([credit, charge], named: "--credit, --charge") }

    func run() throws {
        try options.run(
            .adjustment,
            [
                credit.map { .init("--credit", $0, isDebit: false) },
                charge.map { .init("--charge", $0, isDebit: true) },
            ])
    }
}
