import Foundation
import Oracle
import Service
import Signing

/// A history settled by the program: through the same intake, store and close as any other.
final class SettledHistory {
    /// One merchant's documents of one period.
    struct Merchant {
        let statement: PublishedStatement
        let bytes: [UInt8]
        let detailsBytes: [UInt8]
        let details: [DetailsRow]
    }

    /// All documents of one period.
    struct Period {
        let closing: PublishedClosing
        let bytes: [UInt8]
        /// By merchant, ascending.
        let merchants: [(name: String, documents: Merchant)]
    }

    private let scratch: Scratch
    let summary: Simulation.Summary
    let periods: [Period]
    /// The data folder that the run left behind, if it was to.
    let folder: DataFolder

    convenience init(_ history: RandomHistory, keep: Bool = false) throws {
        try self.init(
            alliance: history.alliance, records: history.records, bookings: history.bookings,
            through: history.through, keep: keep)
    }

    init(alliance: String, records: String, bookings: String? = nil, through: String, keep: Bool = false)
        throws
    {
        scratch = try Scratch()
        let data = scratch.file("data")
        let simulation = Simulation(
            alliance: try scratch.write(alliance, to: "alliance.yaml"),
            records: try scratch.write(records, to: "records.csv"),
            bookings: try bookings.map { [scratch] in try scratch.write($0, to: "bookings.csv") },
            through: through, output: scratch.file("out"), keep: keep ? data : nil)
        summary = try simulation.run()
        folder = DataFolder(data)
        let out = scratch.file("out")
        periods = try summary.periods.map { try Self.period(out + "/" + $0) }
    }

    private static func period(_ folder: String) throws -> Period {
        let bytes = try read(folder + "/CLOSING.json")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { !$0.hasPrefix("CLOSING.json") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return Period(
            closing: try JSONDecoder().decode(PublishedClosing.self, from: Data(bytes)), bytes: bytes,
            merchants: try names.map { ($0, try merchant(folder + "/" + $0)) })
    }

    private static func merchant(_ folder: String) throws -> Merchant {
        let (bytes, details) = (try read(folder + "/STATEMENT.json"), try read(folder + "/DETAILS.csv"))
        let lines = String(decoding: details, as: UTF8.self).split(separator: "\n")
        guard lines.first.map({ $0 == DetailsRow.header }) == true, details.last == UInt8(ascii: "\n") else {
            throw OutputTrouble(text: "\(folder)/DETAILS.csv has another header or no last line end")
        }
        return Merchant(
            statement: try JSONDecoder().decode(PublishedStatement.self, from: Data(bytes)), bytes: bytes,
            detailsBytes: details, details: lines.dropFirst().map(DetailsRow.init))
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

struct OutputTrouble: Error {
    let text: String
}

/// The seeds of the random histories that a test run settles: the environment's `SETTLED_SEED`, a number, picks
/// a single one to look into.
enum Seeds {
    static let one = ProcessInfo.processInfo.environment["SETTLED_SEED"].flatMap(UInt64.init)

    static func among(_ all: Range<UInt64>) -> [UInt64] { one.map { [$0] } ?? Array(all) }
}
