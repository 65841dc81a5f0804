public import ArgumentParser
import Service
import Settlement
public import Store

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List what the operator did and which batches were refused, the latest first.",
        discussion: """
            Acts: \(AuditEntry.Act.allCases.map(\.rawValue).joined(separator: ", ")).

            Examples:
              settled audit --data DIR --merchant M001 --code signature_invalid
              settled audit --data DIR --from 2026-11-01T00:00:00+08:00 --json
            """)

    @Option(name: .long, help: ArgumentHelp("The data folder that `settled init` made.", valueName: "dir"))
    var data: String

    @Option(name: .long, help: ArgumentHelp("Of this merchant only.", valueName: "id"))
    var merchant: String?

    @Option(name: .long, help: ArgumentHelp("Acts of this kind only.", valueName: "act"))
    var act: AuditEntry.Act?

    @Option(name: .long, help: ArgumentHelp("Refusals with this code only.", valueName: "code"))
    var code: String?

    @Option(name: .long, help: ArgumentHelp("From this instant on.", valueName: "instant"))
    var from: Instant?

    @Option(name: .long, help: ArgumentHelp("Before this instant.", valueName: "instant"))
    var until: Instant?

    @Option(name: .long, help: ArgumentHelp("The last so many.", valueName: "n"))
    var limit = 1_000

    @Flag(name: .long, help: "Print one JSON object a line.")
    var json = false

    func run() throws {
        let merchant = try merchant.map { text in
            guard let id = MerchantID(text) else { throw Failure.misused(text, "is not a merchant's id") }
            return id
        }
        guard limit >= 1 else { throw Failure.misused("--limit", "expected 1 or more, found \(limit)") }
        if let code, !BatchRefusalCode.allCases.contains(where: { $0.rawValue == code }) {
            throw Failure.misused("--code", "\(code) is no code that a batch is refused with")
        }
        let entries = try DataFolder(data).openStore().audit(
            AuditFilter(merchant: merchant, act: act, code: code, from: from, until: until, limit: limit))
        print(json ? AuditText.json(entries) : AuditText.text(entries), terminator: "")
    }
}

extension AuditEntry.Act: ExpressibleByArgument {}
