import ArgumentParser
import Service
import Settlement
import Store

/// Who acts.
struct PersonOptions: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Who does it: a name, or with four_eyes the id of the person's own operator key.",
            valueName: "name"))
    var name: String

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "The person's own Ed25519 private key, as proof; needed with four_eyes.", valueName: "keyfile"))
    var keyFile: String?

    /// Reads it.
    func person() throws(Failure) -> Person { try Person(named: name, keyFile: keyFile) }
}

/// What both `adjust` and `pay` are told, amounts apart.
struct BookingOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The merchant's id.", valueName: "merchant"))
    var merchant: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A reference that the merchant has no other booking of.", valueName: "ref"))
    var reference: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The booking date, YYYY-MM-DD; today, if left out.", valueName: "date"))
    var date: String?

    @Option(name: .long, help: ArgumentHelp("What for, 1 … 200 bytes on one line.", valueName: "text"))
    var reason: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Take this booking back by its opposite, in place of an amount.", valueName: "ref")
    )
    var undo: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Many at once, CSV: merchant,reference,amount,reason and, where wanted, date,undoes.",
            valueName: "file"))
    var from: String?

    @OptionGroup var person: PersonOptions

    @Flag(name: .long, help: "Draft it, for somebody to approve.")
    var draft = false

    @Flag(name: .long, help: "Show what would be booked, book nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @OptionGroup var when: NowOption

    /// Holds the options against each other; `amounts` are those that the command has.
    func check(_ amounts: [String?], named names: String) throws {
        let given = amounts.count { $0 != nil } + (undo == nil ? 0 : 1)
        guard from == nil else {
            guard given == 0, merchant == nil, reference == nil, date == nil, reason == nil else {
                throw ValidationError("expected either --from FILE or one booking")
            }
            return
        }
        guard given == 1 else { throw ValidationError("expected one of \(names), --undo and --from") }
        guard merchant != nil else { throw ValidationError("expected a merchant") }
        guard reference != nil else { throw ValidationError("expected --reference REF") }
        guard reason != nil else { throw ValidationError("expected --reason TEXT") }
    }

    /// Books or drafts, and says what became of it.
    func run(_ kind: Booking.Kind, _ amounts: [BookingOrder.Amount?]) throws {
        let source: BookingOrder.Source =
            if let from {
                .file(from)
            } else {
                .typed(
                    BookingOrder.Typed(
                        merchant: merchant, reference: reference,
                        amount: amounts.compactMap(\.self).first, date: date, reason: reason, undo: undo))
            }
        let person = try person.person()
        let store = try DataFolder(data).openStore()
        defer { try? store.shut() }
        let report = try BookingOrder(kind, source).carry(
            out: draft, in: store, by: person, at: when.instant, trial: dryRun)
        if json { print(report.json) } else { for line in report.lines { print(line) } }
    }
}
