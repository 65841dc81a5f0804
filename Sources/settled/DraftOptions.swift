import ArgumentParser
import Service
import Settlement
import Store

/// Which drafts, and by whom they end.
struct DraftOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("References of drafts that wait, or REF#NUMBER.", valueName: "ref"))
    var references: [String]

    @Option(
        name: .long,
        help: ArgumentHelp("Their merchant, where several have a draft of that reference.", valueName: "id"))
    var merchant: String?

    @OptionGroup var person: PersonOptions

    @Flag(name: .long, help: "Show what would become of them, change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @OptionGroup var when: NowOption

    func run(_ act: (Store, [DraftName], Person) throws -> [BookingResult]) throws {
        let names = try DraftName.names(references, of: merchant)
        let person = try person.person()
        let store = try DataFolder(data).openStore()
        defer { try? store.shut() }
        let report = try BookingReport(
            try act(store, names, person), in: store, at: when.instant, isTrial: dryRun)
        if json { print(report.json) } else { for line in report.lines { print(line) } }
    }
}
