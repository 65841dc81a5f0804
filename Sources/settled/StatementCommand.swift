import ArgumentParser
import Service
import Settlement
import Signing
import Store

struct StatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show a merchant's statement of a closed period, or hand it out as signed files.",
        discussion: """
            Amounts are from the merchant's side: positive is owed to it. `operator` in place of the merchant shows \
            the closing of the alliance. --out writes what the merchant gets: STATEMENT.json, its signature .jws, \
            its seal .seal, and DETAILS.csv with a row for everything that made up the lines.

            Examples:
              settled statement M001 2026-11 --data /var/lib/settled
              settled statement M001 2026-11 --data /var/lib/settled --out M001-2026-11
              settled statement operator 2026-11 --data /var/lib/settled
            """)

    @Argument(help: ArgumentHelp("The merchant's id, or operator.", valueName: "merchant"))
    var merchant: String

    @Argument(help: ArgumentHelp("The period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Flag(name: .long, help: "Print the signed bytes themselves.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Write the signed files to this folder.", valueName: "dir"))
    var out: String?

    func run() throws {
        let store = try DataFolder(data).openStore()
        let shelf = StatementShelf(store)
        if merchant == "operator" {
            let closing = try shelf.closing(period: period)
            if let out { try StatementFiles(out).write(closing: closing.document) }
            return try show(closing.document.bytes) { bytes throws(Failure) in
                try ClosingText(bytes: bytes, place: "CLOSING.json").text
            }
        }
        let (name, statement) = try shelf.statement(of: merchant, period: period)
        if let out {
            try StatementFiles(out).write(
                statement: statement.document, of: statement.merchant, period: statement.period, from: store)
        }
        try show(statement.document.bytes) { bytes throws(Failure) in
            try StatementText(StatementDocument(bytes: bytes, place: "STATEMENT.json"), name: name).text
        }
    }

    private func show(_ bytes: [UInt8], as text: ([UInt8]) throws(Failure) -> String) throws {
        if json {
            emit(bytes)
            print()
        } else if let out {
            print("written to \(out)")
        } else {
            print(try text(bytes), terminator: "")
        }
    }
}
