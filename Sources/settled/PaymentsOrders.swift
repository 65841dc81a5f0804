import ArgumentParser
import Service
import Store

extension PaymentsCommand {
    struct Orders: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the files that were given out have ordered, and how far it has come.",
            discussion: """
                Of a period it is what `settled pay --from` reads: take out what the bank has not carried out before you \
                record it. What is not recorded counts as under way in later runs, under its reference.

                --ages shows since when each was given out, and what became of it. An order of which nothing is booked ten \
                bank days after its day is overdue, and on the stuck list of `settled status`.

                Examples:
                  settled payments orders 2026-11 --data DIR > paid.csv
                  settled payments orders --ages --data DIR
                """)

        @Argument(
            help: ArgumentHelp(
                "The closed period, as 2026-11; with --ages all, if left out.", valueName: "period"))
        var period: String?

        @Flag(name: .long, help: "Show how long each was given out, and what became of it.")
        var ages = false

        @Flag(name: .long, help: "With --ages: print a JSON object a line, amounts in minor units.")
        var json = false

        @OptionGroup var place: DataOption
        @OptionGroup var when: NowOption

        func validate() throws {
            guard ages || period != nil, ages || !json else {
                throw ValidationError("expected a period, or --ages")
            }
        }

        func run() throws {
            let desk = PaymentDesk(try ReadingDesk(place.folder))
            guard !ages, let period else {
                let listing = try desk.ages(period, at: when.instant)
                print(json ? listing.json : listing.text, terminator: "")
                return
            }
            print(try desk.orders(period), terminator: "")
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give up a payment run of which no file was given out, or orders that a bank rejected.",
            discussion: """
                --rejected gives up the orders of these merchants, of which the bank has said that it does not carry them \
                out: what they were of is open again, and paid by the next run under another reference. What was booked \
                and came back needs none of it: `settled payments import` takes it back.

                Examples:
                  settled payments withdraw 2026-11 --as ana --data DIR
                  settled payments withdraw 2026-11 --rejected M001 --reason "AC01, no such account" --as ana --data DIR
                """)

        @OptionGroup var period: PaymentPlace

        @Option(name: .long, help: ArgumentHelp("A merchant whose order the bank rejected.", valueName: "id"))
        var rejected: [String] = []

        @Option(name: .long, help: ArgumentHelp("With --rejected: what the bank said.", valueName: "text"))
        var reason: String?

        @OptionGroup var person: PersonOptions
        @OptionGroup var when: NowOption

        func validate() throws {
            guard rejected.isEmpty == (reason == nil) else {
                throw ValidationError("expected --rejected and --reason TEXT together")
            }
        }

        func run() throws {
            let person = try person.person()
            guard let reason else {
                let number = try period.desk().withdraw(period.period, by: person, at: when.instant)
                return print("withdrawn: payment run \(number) of \(period.period)")
            }
            let number = try period.desk().reject(
                period.period, rejected, because: reason, by: person, at: when.instant)
            print("given up as rejected, of payment run \(number): \(rejected.joined(separator: ", "))")
        }
    }
}
