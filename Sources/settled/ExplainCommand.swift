import ArgumentParser
import Service
import Settlement
import Store

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Take a figure of a statement apart, down to the signed batches.",
        discussion: """
            Without an option it lists the lines with their numbers and exact sums. --line N shows every movement \
            that makes line N: what caused it, the lot that it changes, the terms, campaign or item that set its \
            price, and the batch, line and signature that brought each record. --points does the same for the \
            figures of points. --record tells one record's whole life, also while the period is open: which debt of \
            points it left, which later points paid that, and what of its own points paid debts; or, of one that was \
            refused alone when its batch came, the code, the batch, the line and the time.

            Amounts are in major units, as on statements; with --json in minor units, as in the signed documents. \
            Exact sums are those before rounding.

            Examples:
              settled explain M001 2026-11 --data /var/lib/settled
              settled explain M001 2026-11 --line 3 --data /var/lib/settled
              settled explain M001 2026-11 --record T-1 --data /var/lib/settled --json
              settled explain M001 2026-11 --lang zh --data /var/lib/settled
            """)

    @Argument(help: ArgumentHelp("The merchant's id.", valueName: "merchant"))
    var merchant: String

    @Argument(help: ArgumentHelp("The period, as 2026-11, 2026-W47 or 2026-11-24.", valueName: "period"))
    var period: String

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(name: .long, help: ArgumentHelp("This line, from 1 on.", valueName: "n"))
    var line: Int?

    @Option(name: .long, help: ArgumentHelp("This record that the merchant reported.", valueName: "id"))
    var record: String?

    @Flag(name: .long, help: "The figures of points.")
    var points = false

    @Option(name: .long, help: ArgumentHelp("At most so many movements.", valueName: "n"))
    var limit = 1_000

    @Option(name: .long, help: ArgumentHelp("Without the first so many.", valueName: "n"))
    var offset = 0

    @Option(name: .long, help: ArgumentHelp("The language: en or zh.", valueName: "language"))
    var lang: Language = .english

    @Flag(name: .long, help: "Print a JSON object, the same in every language.")
    var json = false

    func validate() throws {
        guard [line != nil, record != nil, points].filter({ $0 }).count <= 1 else {
            throw ValidationError("expected one of --line, --record and --points")
        }
        guard limit >= 1, offset >= 0 else {
            throw ValidationError("--limit is 1 or more and --offset 0 or more")
        }
    }

    func run() throws {
        let store = try DataFolder(data).openStore()
        if let record { return try show(record, in: store) }
        let (_, stored) = try StatementShelf(store).statement(of: merchant, period: period)
        let explainer = try Explainer(stored, in: store, for: .operator)
        let text = explainer.words(in: lang)
        let window = Explainer.Window(offset: offset, limit: limit)
        if let line {
            guard let found = try explainer.line(line, window) else {
                throw Failure.misused(
                    "--line \(line)", "the statement has \(explainer.statement.lines.count) lines")
            }
            show(found.json, text.lines(found))
        } else if points {
            let figures = try explainer.pointFigures(window)
            show(explainer.json(figures), explainer.text(figures, in: lang))
        } else {
            show(try explainer.overviewJSON(), try explainer.overview(in: lang))
        }
    }

    private func show(_ record: String, in store: Store) throws {
        let shelf = StatementShelf(store)
        _ = try shelf.ordinal(ofPeriod: period)
        let merchant = try shelf.merchant(merchant)
        let text = ExplanationText(try store.schedule(), lang)
        if let id = RecordID(record) {
            if let life = try RecordLife(id, of: merchant, in: store, for: .operator) {
                return show(life.json, text.lines(life))
            }
            if let refusals = try RecordRefusals(id, of: merchant, in: store) {
                return show(refusals.json, text.lines(refusals))
            }
        }
        throw Failure.misused(
            "--record \(record)", "\(merchant) has no record of this id",
            hint: "of a batch that was refused whole nothing but a note is kept: see `settled audit`")
    }

    private func show(_ object: String, _ lines: [String]) {
        if json { print(object) } else { for line in lines { print(line) } }
    }
}
