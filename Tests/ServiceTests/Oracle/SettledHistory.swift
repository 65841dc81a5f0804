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

    let summary: Simulation.Summary
    let periods: [Period]
    /// The data folder that the run left behind.
    let folder: DataFolder
    private let place: String

    convenience init(_ history: RandomHistory) throws {
        try self.init(
            alliance: history.alliance, records: history.records, bookings: history.bookings,
            through: history.through)
    }

    /// In memory if the system has a folder that is: what is written durably some hundred times a history
    /// takes its time on a disk.
    init(alliance: String, records: String, bookings: String? = nil, through: String) throws {
        let isThere = FileManager.default.isWritableFile(atPath: "/dev/shm")
        let place = (isThere ? "/dev/shm" : "/tmp") + "/settled-history-\(UUID().uuidString)"
        self.place = place
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        func file(_ text: String, _ name: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: place + "/" + name))
            return place + "/" + name
        }
        folder = DataFolder(place + "/data")
        do {
            summary = try Simulation(
                alliance: try file(alliance, "alliance.yaml"), records: try file(records, "records.csv"),
                bookings: try bookings.map { try file($0, "bookings.csv") }, through: through,
                output: place + "/out", keep: folder.path
            ).run()
            periods = try summary.periods.map { try Self.period(place + "/out/" + $0) }
        } catch {
            // Nothing is let go of that was never made.
            try? FileManager.default.removeItem(atPath: place)
            throw error
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: place) }

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

/// The seeds of the random histories that a test run settles. The environment's `SETTLED_SEED`, a number or a
/// range as `5000-9999`, picks others: one to look into, or many more than every run can do.
enum Seeds {
    static let picked: ClosedRange<UInt64>? = ProcessInfo.processInfo.environment["SETTLED_SEED"].map {
        text in
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
        guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1],
            first <= last
        else { preconditionFailure("SETTLED_SEED is a number or a range, found \(text)") }
        return first...last
    }

    static func among(_ all: Range<UInt64>) -> [UInt64] { Array(picked ?? ClosedRange(all)) }
}
