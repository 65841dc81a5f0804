public import ArgumentParser
import Service
public import Store

struct PaymentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payments",
        abstract: "Pay the balances of a closed period by the banks' files, and take their statements back.",
        discussion: """
            A run takes the balances of the signed closing of the period that closed last, less what was paid since and \
            what earlier runs have ordered. Merchants in credit get a credit transfer; from those that owe and gave a \
            mandate it is collected by direct debit; the rest is left to a person. What is less than the minimum is \
            carried on. Accounts, names, minimum and days stand under `payment` in the alliance file.

            A run that was made is numbered and does not change. Its files bear that number, and each is given out once. \
            Nothing is booked by it: the bank's statement says what was paid (`import`), or a person does, with what \
            `settled payments orders` writes.

            Examples:
              settled payments run 2026-11 --calendar target2.txt --data DIR
              settled payments run 2026-11 --calendar target2.txt --make --as ana --data DIR
              settled payments export 2026-11 --format pain.001 --as ben --data DIR > transfers.xml
              settled payments import statement.camt.053.xml --as ana --data DIR; settled payments unmatched --data DIR
            """,
        subcommands: [
            Run.self, Export.self, Import.self, Unmatched.self, Orders.self, Withdraw.self,
        ])
}

/// Which period, and where.
struct PaymentPlace: ParsableArguments {
    @Argument(help: ArgumentHelp("The closed period, as 2026-11.", valueName: "period"))
    var period: String

    @OptionGroup var place: DataOption

    func desk() throws -> PaymentDesk {
        let desk = try ReadingDesk(place.folder)
        if !desk.checksSignatures {
            complain(
                "\(place.folder.secretPath): there is no master secret; seals alone were checked, not signatures"
            )
        }
        return PaymentDesk(desk)
    }
}

extension PaymentsCommand {
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the payment run of a period; --make makes it.",
            discussion: """
                Amounts are from the merchant's side: positive is paid to it. It is due so many days after the period's \
                last one, on that day or the next bank day, and no earlier than a file of now can be in time: a transfer \
                today until the cut-off, a direct debit a bank day later.

                A calendar has a line for each day on which banks are closed, and `cut_off 15:00` where wanted:

                  # TARGET
                  cut_off 15:00
                  2026-12-25 Christmas

                With `four_eyes: true` in the alliance another person exports than who makes it, and says which run was \
                looked at: `export --run N`.

                Example:
                  settled payments run 2026-11 --calendar target2.txt --data DIR
                """)

        @OptionGroup var period: PaymentPlace

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Days on which banks are closed; without it Saturdays and Sundays.", valueName: "file"))
        var calendar: String?

        @Flag(name: .long, help: "Make the run: number it, and fix it.")
        var make = false

        @Option(
            name: .customLong("as"),
            help: ArgumentHelp("With --make: who does it, as `settled pay` has it.", valueName: "name"))
        var name: String?

        @Option(
            name: .customLong("key"),
            help: ArgumentHelp(
                "The person's own Ed25519 private key, as proof; needed with four_eyes.",
                valueName: "keyfile"))
        var keyFile: String?

        @Flag(name: .long, help: "Print a JSON object, amounts in minor units.")
        var json = false

        @OptionGroup var when: NowOption

        func validate() throws {
            guard make == (name != nil), make || keyFile == nil else {
                throw ValidationError("expected --make and --as NAME together, or neither")
            }
        }

        func run() throws {
            let desk = try period.desk()
            let listing =
                if let name {
                    try desk.make(
                        period.period, calendar: calendar, by: Person(named: name, keyFile: keyFile),
                        at: when.instant)
                } else {
                    try desk.preview(period.period, calendar: calendar, at: when.instant)
                }
            print(json ? listing.json : listing.text, terminator: "")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a file of a payment run that was made.",
            discussion: """
                pain.001 has the credit transfers (version 09, or 03), pain.008 the direct debits (08, or 02), csv what is \
                paid or collected by hand. Names and addresses are written in the characters that every bank takes; one \
                that cannot be is refused. Each file is given out once; --again gives the same bytes again.

                Example:
                  settled payments export 2026-11 --format pain.001 --version 03 --as ben --data DIR > transfers.xml
                """)

        @OptionGroup var period: PaymentPlace

        @Option(name: .long, help: ArgumentHelp("pain.001, pain.008 or csv.", valueName: "format"))
        var format: PaymentRun.File.Kind

        @Option(
            name: .customLong("run"),
            help: ArgumentHelp(
                "The run's number, as it was looked at; needed with four_eyes.", valueName: "number"))
        var number: Int64?

        // The program's own flag is called so too, and does not reach here.
        @Option(name: .long, help: ArgumentHelp("The message's version.", valueName: "version"))
        var version: String?

        @Flag(name: .long, help: "Give out the same file again.")
        var again = false

        @OptionGroup var person: PersonOptions
        @OptionGroup var when: NowOption

        func run() throws {
            let person = try person.person()
            emit(
                try period.desk().export(
                    period.period, format, run: number, version: version, again: again, by: person,
                    at: when.instant))
        }
    }
}

extension PaymentRun.File.Kind: ExpressibleByArgument {}
