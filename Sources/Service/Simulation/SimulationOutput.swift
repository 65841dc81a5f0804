import Foundation
import Settlement
import Store

/// The folder that a simulation fills: `OUT/<period>/<merchant>/STATEMENT.json` and so on.
struct SimulationOutput {
    private let folder: URL

    /// Takes the folder, making it if need be. Periods that an earlier run left there are removed: whatever else
    /// it holds stays. Throws `trouble` when it cannot be written to.
    init(_ path: String, calendar: PeriodCalendar) throws(Failure) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            let files = FileManager.default
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: path) where calendar.ordinal(id: name) != nil {
                let period = folder.appendingPathComponent(name)
                guard files.fileExists(atPath: period.appendingPathComponent("CLOSING.json").path) else {
                    continue
                }
                try files.removeItem(at: period)
            }
        } catch {
            throw .trouble(path, "cannot make room for the statements: \(error.localizedDescription)")
        }
    }

    /// Writes all documents of one closed period.
    func write(_ closed: ClosedPeriod, period: Period, from store: Store) throws {
        let folder = self.folder.appendingPathComponent(period.id, isDirectory: true)
        var details: [MerchantID: UnfinishedDetails] = [:]
        for statement in closed.statements {
            let files = try StatementFiles(
                folder.appendingPathComponent(Self.name(of: statement.merchant)).path)
            details[statement.merchant] = try files.beginDetails()
            try files.write(statement: statement.document)
        }
        try store.details(period: period.ordinal) { try details[$0]?.append($1) }
        for file in details.values { try file.finish() }
        try StatementFiles(folder.path).write(closing: closed.closing)
    }

    /// A merchant's folder: its id, and behind it a `~`, which no id has, where the closing's files are called so.
    private static func name(of merchant: MerchantID) -> String {
        let taken = ["CLOSING.json", "CLOSING.json.jws", "CLOSING.json.seal"]
        return taken.contains(merchant.text) ? merchant.text + "~" : merchant.text
    }
}
