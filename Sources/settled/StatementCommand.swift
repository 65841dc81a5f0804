import ArgumentParser
import Service
import Store

struct StatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show a merchant's statement of a closed period, or hand it out as signed files.",
        discussion: """
            Amounts are from the merchant's side: positive is owed to it. `operator` in place of the merchant shows \
            the closing of the alliance. Whatever is shown was first checked: bytes that do not fit their digest, \
            signature or seal are refused.

            --html is one page that needs nothing else, made for print; --pdf has it printed by WeasyPrint, which \
            has to be on the PATH; --csv has the lines (of the closing, the positions); --json are the signed bytes \
            themselves. --out writes what the merchant gets: STATEMENT.json, its signature .jws, its seal .seal, \
            and DETAILS.csv with a row for everything that made up the lines. Where members were forgotten since, \
            DETAILS.csv is not the file that was signed: REDACTION.json, with its own .jws and .seal, says which stands \
            in its place.

            Examples:
              settled statement M001 2026-11 --data /var/lib/settled
              settled statement M001 2026-11 --data /var/lib/settled --pdf --lang zh > M001-2026-11.pdf
              settled statement M001 2026-11 --data /var/lib/settled --out M001-2026-11
              settled statement operator 2026-11 --data /var/lib/settled
            """)

    @Argument(help: ArgumentHelp("The merchant's id, or operator.", valueName: "merchant"))
    var merchant: String

    @Argument(help: ArgumentHelp("The period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @OptionGroup var place: DataOption
    @OptionGroup var showing: ShowingOptions

    @Option(name: .long, help: ArgumentHelp("Write the signed files to this folder.", valueName: "dir"))
    var out: String?

    func run() throws {
        let desk = try showing.desk(place.folder)
        if merchant == "operator" {
            let closing = try desk.closing(period: period)
            if let out { try StatementFiles(out).write(closing: closing.stored.document) }
            return try show(closing)
        }
        let statement = try desk.statement(of: merchant, period: period)
        var redaction: Redaction?
        if let out {
            let stored = statement.stored
            redaction = try StatementFiles(out).write(
                statement: stored.document, of: stored.merchant, period: stored.period, from: desk.store)
        }
        try show(statement)
        if redaction != nil {
            complain(
                "DETAILS.csv is redacted, as members were forgotten; REDACTION.json beside it says so, and "
                    + "settled verify takes it")
        }
    }

    private func show(_ document: some Shown) throws {
        if let out, showing.form == .text {
            print("written to \(out)")
        } else {
            try showing.show(document)
        }
    }
}
