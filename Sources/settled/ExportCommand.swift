public import ArgumentParser
public import Service

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the operator's books for a bookkeeping program.",
        subcommands: [ExportJournal.self])
}

struct ExportJournal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Every entry of the operator's books of a closed period, with what caused it.",
        discussion: """
            An entry each for every line of every statement, every payment, and what prepaid points did: spent or \
            expired points leave the pool, an issuer and price at a time. The signed statements and the closing are \
            checked first, and the entries of every account add up to what the closing says of it, or nothing is \
            written.

            hledger and beancount get accounts, the balances before the first period, and after each period an \
            assertion of every balance. --entries-only leaves these out, for books that have them. csv has two rows an \
            entry and no balances. An account's balance is debit less credit: what merchants owe is positive, prepaid \
            points stand in `pool` as a negative balance. What was booked late bears the period's first day, and says \
            in `dated` which day it was booked for.

            Examples:
              settled export journal 2026-11 --format hledger --data /var/lib/settled > 2026-11.journal
              settled export journal 2026-12 --from 2026-01 --format beancount --data /var/lib/settled > 2026.beancount
              settled export journal 2026-11 --format csv --data /var/lib/settled > 2026-11.csv
            """)

    @Argument(help: ArgumentHelp("The last period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @Option(
        name: .long, help: ArgumentHelp("The first period; the same, if left out.", valueName: "period"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("hledger, beancount or csv.", valueName: "format"))
    var format: JournalExport.Format

    @Flag(name: .long, help: "Leave out accounts, opening balances and assertions.")
    var entriesOnly = false

    @OptionGroup var place: DataOption

    func run() throws {
        let desk = try ReadingDesk(place.folder)
        if !desk.checksSignatures {
            complain(
                "\(place.folder.secretPath): there is no master secret; seals alone were checked, not signatures"
            )
        }
        let journal = try desk.journal(from: from, through: period, entriesOnly: entriesOnly)
        print(journal.text(format), terminator: "")
    }
}

extension JournalExport.Format: ExpressibleByArgument {}
