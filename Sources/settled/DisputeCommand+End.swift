import ArgumentParser
import Service
import Settlement
import Store

extension DisputeCommand {
    /// One dispute, or a file of them, and where.
    struct EndOptions: ParsableArguments {
        @Argument(help: ArgumentHelp("The dispute's number.", valueName: "n"))
        var number: Int64?

        @Option(
            name: .long, help: ArgumentHelp("What to say, 1 … 1000 bytes on one line.", valueName: "text"))
        var reason: String?

        @Option(name: .long, help: ArgumentHelp("Many at once, a CSV file.", valueName: "file"))
        var from: String?

        @Flag(name: .long, help: "Show what would become of them, change nothing.")
        var dryRun = false

        @OptionGroup var place: Place

        func check() throws {
            guard from == nil else {
                guard number == nil, reason == nil else {
                    throw ValidationError("expected either --from FILE or one dispute")
                }
                return
            }
            guard number != nil, reason != nil else {
                throw ValidationError("expected a dispute's number and --reason TEXT, or --from FILE")
            }
        }

        func end(adjustment: BookingReference?, accepting: Bool) throws {
            try place.run { store, person in
                if let from {
                    return try DisputeEndings(file: from, accepting: accepting).end(
                        in: store, by: person, at: place.when.instant, trial: dryRun)
                }
                let ending = DisputeEnding(
                    dispute: number ?? 0, text: reason ?? "", adjustment: adjustment)
                do {
                    return try store.endDisputes(
                        [ending], by: person, at: place.when.instant, trial: dryRun)
                } catch let refused as DisputesRefused { throw refused.refusals[0].refusal }
            }
            if dryRun && !place.json { print("dry run: nothing was changed") }
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End disputes by adjustments that are booked and whose reasons name them.",
            discussion: """
                The reason of the adjustment has to say `dispute 7`, for the number 7, or by the \
                merchant's own number `dispute 2 of bakery`.

                --from ends all of a CSV file or none: columns dispute, adjustment and reason. All that is wrong in it \
                is told with its line; --dry-run shows what would become of them, and changes nothing.

                Examples:
                  settled dispute accept 7 --adjustment D-7 --reason "it was counted twice" --as ben --data DIR
                  settled dispute accept --from answers.csv --dry-run --as ben --data DIR
                """)

        @Option(name: .long, help: ArgumentHelp("The adjustment's reference.", valueName: "ref"))
        var adjustment: String?

        @OptionGroup var options: EndOptions

        func validate() throws {
            try options.check()
            guard (options.from == nil) == (adjustment != nil) else {
                throw ValidationError("expected --adjustment REF with one dispute, and only there")
            }
        }

        func run() throws {
            let reference = try adjustment.map { text in
                guard let reference = BookingReference(text) else {
                    throw Failure.misused("--adjustment", "\(text) is no reference")
                }
                return reference
            }
            try options.end(adjustment: reference, accepting: true)
        }
    }

    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End disputes without an adjustment.",
            discussion: """
                --from ends all of a CSV file or none: columns dispute and reason.

                Examples:
                  settled dispute reject 7 --reason "two sales" --as ben --data DIR
                  settled dispute reject --from answers.csv --dry-run --as ben --data DIR
                """)

        @OptionGroup var options: EndOptions

        func validate() throws { try options.check() }

        func run() throws { try options.end(adjustment: nil, accepting: false) }
    }
}
