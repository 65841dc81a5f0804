import ArgumentParser
import Service
import Settlement

struct PayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pay",
        abstract: "Record a payment that a merchant made or was made.",
        discussion: """
            It lessens what one owes the other, in the open period that contains its date, or else in the earliest \
            open one, and that is said. No money is moved. Amounts are in major units with all their digits: 12.50 \
            in EUR, 1250 in JPY.

            What is booked never changes. An error is taken back by its opposite (--undo), under a reference of its \
            own. The same again changes nothing and says so; the same reference with other content is refused.

            --from records a whole file or nothing: an amount received from the merchant is positive, one paid to \
            it negative; where `undoes` names a booking, the amount may be left out. --dry-run shows what it comes \
            to. With --draft nothing counts until somebody approves it; with `four_eyes: true` in the alliance that \
            has to be another person, and each shows their own key.

            Examples:
              settled pay M001 --received 250.00 --reference BANK-0412 --reason "transfer" --as ana --data DIR
              settled pay M002 --paid 80.00 --reference OUT-7 --reason "October" --date 2026-11-04 --as ana --data DIR
              settled pay --from payments.csv --draft --as ana --key ana.pem --data DIR
            """)

    @OptionGroup var options: BookingOptions

    @Option(name: .long, help: ArgumentHelp("Paid by the merchant, in major units.", valueName: "amount"))
    var received: String?

    @Option(name: .long, help: ArgumentHelp("Paid to the merchant, in major units.", valueName: "amount"))
    var paid: String?

    func validate() throws { try options.check([received, paid], named: "--received, --paid") }

    func run() throws {
        try options.run(
            .payment,
            [
                received.map { .init("--received", $0, isDebit: false) },
                paid.map { .init("--paid", $0, isDebit: true) },
            ])
    }
}
