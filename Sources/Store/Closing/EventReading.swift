import Dispatch
import GRDB
import Synchronization

/// How the records of a close are read and sorted: few by one connection, of many a half by a second one beside it.
struct EventReading {
    /// Fewer records than this are read by one: a second connection takes its time too.
    static let fewestBeside: Int64 = 40_000

    /// Where a file may be made to sort in.
    let folder: String
    /// Bytes of records that are sorted in memory at a time, by both together.
    let budget: Int
    /// About how many records there are, and from how many on a second connection reads.
    let expected: Int64
    var fewestBeside = Self.fewestBeside
    /// Called with the connection that reads, before anything is written to a file.
    let willSpill: @Sendable (Database) throws -> Void
    /// The second connection.
    let second: () throws -> DatabaseSnapshot

    /// How many of the ranges, from the first on, the first connection reads.
    func ownPart(of ranges: [Range<Int64>]) -> Int {
        guard expected >= fewestBeside else { return ranges.count }
        let half = ranges.reduce(Int64(0)) { $0 + ($1.upperBound - $1.lowerBound) } / 2
        var seen: Int64 = 0
        for (place, range) in ranges.enumerated() {
            if seen >= half { return place }
            seen += range.upperBound - range.lowerBound
        }
        return ranges.count
    }

    /// What `add` adds to a sort, one of so many that read at once.
    func sorted(
        _ database: Database, parts: Int, _ add: (EventSort) throws -> Void
    ) throws -> [any SortedRun] {
        let budget = max(budget / parts, RecordStretch.mostBytes + 1)
        let sort = EventSort(folder: folder, budget: budget, expected: expected / Int64(parts)) {
            try willSpill(database)
        }
        try add(sort)
        return try sort.sorted()
    }

    /// Begins to read these ranges of a period by the second connection; nil where there are none.
    func beginBeside(_ ranges: [Range<Int64>], of period: Int) throws -> ReadingBeside? {
        ranges.isEmpty ? nil : ReadingBeside(try second(), self, ranges, of: period)
    }

    /// Adds the records that these ranges hold of a period, in the order of arrival.
    static func add(
        _ ranges: some Sequence<Range<Int64>>, of period: Int, to sort: EventSort, _ database: Database
    ) throws {
        let chunks = try RecordChunks(database)
        for range in ranges {
            try chunks.forEach(in: range) { record in
                guard record.period == period else { return }
                try sort.add(record, attempts: 0)
            }
        }
    }
}

/// Records that are read and sorted by a second connection, on a thread of its own. What a batch brought never
/// changes, so that it matters little that this one sees the file a moment later.
final class ReadingBeside: Sendable {
    private let snapshot: DatabaseSnapshot
    private let isDone = DispatchSemaphore(value: 0)
    private let runs = Mutex<Result<Runs, any Error>?>(nil)

    /// Handed over whole, once nobody adds to them.
    private struct Runs: @unchecked Sendable {
        let runs: [any SortedRun]
    }

    init(_ snapshot: DatabaseSnapshot, _ reading: EventReading, _ ranges: [Range<Int64>], of period: Int) {
        self.snapshot = snapshot
        let part = Part(reading: reading)
        snapshot.asyncRead { database in
            let runs = Result {
                let database = try database.get()
                return Runs(
                    runs: try part.reading.sorted(database, parts: 2) { sort in
                        try EventReading.add(ranges, of: period, to: sort, database)
                    })
            }
            self.runs.withLock { $0 = runs }
            self.isDone.signal()
        }
    }

    /// Of `EventReading`, what makes the second connection is not used by it.
    private struct Part: @unchecked Sendable {
        let reading: EventReading
    }

    /// The sorted records; the connection is closed then.
    func wait() throws -> [any SortedRun] {
        isDone.wait()
        defer { try? snapshot.close() }
        guard let runs = runs.withLock({ $0 }) else { preconditionFailure("who is done has a result") }
        return try runs.get().runs
    }
}
