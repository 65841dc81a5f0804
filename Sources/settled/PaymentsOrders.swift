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

                With --draft nothing is given up until somebody approves it, by the number that `settled status` and \
                `settled payments run` show; --drop ends a draft. With `four_eyes: true` in the alliance it has to be \
                drafted, and another person approves it.

                Examples:
                  settled payments withdraw 2026-11 --as ana --data DIR
                  settled payments withdraw 2026-11 --rejected M001 --reason "AC01, no such account" --as ana --data DIR
                  settled payments withdraw 2026-11 --rejected M001 --reason AC01 --draft --as ana --key ana.pem --data DIR
                  settled payments withdraw 2026-11 --approve 3 --as ben --key ben.pem --data DIR
                """)

        @OptionGroup var period: PaymentPlace

        @Option(name: .long, help: ArgumentHelp("A merchant whose order the bank rejected.", valueName: "id"))
        var rejected: [String] = []

        @Option(name: .long, help: ArgumentHelp("With --rejected: what the bank said.", valueName: "text"))
        var reason: String?

        @Flag(name: .long, help: "With --rejected: draft it, for somebody to approve.")
        var draft = false

        @Option(name: .long, help: ArgumentHelp("A draft of it to approve.", valueName: "number"))
        var approve: [Int64] = []

        @Option(name: .long, help: ArgumentHelp("A draft of it to end.", valueName: "number"))
        var drop: [Int64] = []

        @OptionGroup var person: PersonOptions
        @OptionGroup var when: NowOption

        func validate() throws {
            guard rejected.isEmpty == (reason == nil) else {
                throw ValidationError("expected --rejected and --reason TEXT together")
            }
            guard [!rejected.isEmpty, !approve.isEmpty, !drop.isEmpty].count(where: { $0 }) <= 1 else {
                throw ValidationError("expected one of --rejected, --approve and --drop")
            }
            guard !draft || !rejected.isEmpty else {
                throw ValidationError("expected --draft with --rejected, and only there")
            }
        }

        func run() throws {
            let person = try person.person()
            let desk = try period.desk()
            if let reason { return try reject(because: reason, at: desk, by: person) }
            let drafts = approve + drop
            guard drafts.isEmpty else {
                let number = try desk.end(
                    rejections: drafts, of: period.period, approving: drop.isEmpty, by: person,
                    at: when.instant)
                let said = drop.isEmpty ? "given up as rejected" : "dropped, and nothing given up"
                let named = drafts.map { "draft \($0)" }.joined(separator: ", ")
                return print("\(said), of payment run \(number): \(named)")
            }
            let number = try desk.withdraw(period.period, by: person, at: when.instant)
            print("withdrawn: payment run \(number) of \(period.period)")
        }

        private func reject(because reason: String, at desk: PaymentDesk, by person: Person) throws {
            let run = try desk.reject(
                period.period, rejected, because: reason, draft: draft, by: person, at: when.instant)
            guard draft else {
                return print(
                    "given up as rejected, of payment run \(run.number): \(rejected.joined(separator: ", "))")
            }
            for draft in run.waitingRejections.suffix(rejected.count) { print(run.text(of: draft)) }
        }
    }
}
