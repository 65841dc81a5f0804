import Dispatch
import GRDB
import Synchronization

/// Records of one batch, of which so many are of the period that closes.
struct BatchPart: Sendable {
    let batch: Int64
    let numbers: Range<Int64>
    let records: Int64
}

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
    /// Called with the connection that reads and how many bytes, before anything is written to a file.
    let willSpill: @Sendable (Database, Int) throws -> Void
    /// The second connection.
    let second: () throws -> DatabaseSnapshot

    /// How many of the batches, from the first on, the first connection reads.
    func ownPart(of parts: [BatchPart]) -> Int {
        guard expected >= fewestBeside else { return parts.count }
        let half = parts.reduce(0) { $0 + $1.numbers.count } / 2
        var seen = 0
        for (place, part) in parts.enumerated() {
            if seen >= half { return place }
            seen += part.numbers.count
        }
        return parts.count
    }

    /// What `add` adds to a sort, one of so many that read at once.
    func sorted(
        _ database: Database, parts: Int, _ add: (EventSort) throws -> Void
    ) throws -> [any SortedRun] {
        let budget = max(budget / parts, RecordStretch.mostBytes + 1)
        let sort = EventSort(folder: folder, budget: budget, expected: expected / Int64(parts)) {
            // Each may write before the other has.
            try willSpill(database, $0 * parts)
        }
        try add(sort)
        return try sort.sorted()
    }

    /// Begins to read a period's records of these batches by the second connection; nil where there are none.
    func beginBeside(_ parts: [BatchPart], of period: Int) throws -> ReadingBeside? {
        parts.isEmpty ? nil : ReadingBeside(try second(), self, parts, of: period)
    }

    /// Adds a period's records of these batches, in the order of arrival. Throws `StoreTrouble` where there are not as
    /// many as the batch brought.
    static func add(
        _ parts: some Sequence<BatchPart>, of period: Int, to sort: EventSort, _ database: Database
    ) throws {
        let chunks = try RecordChunks(database)
        for part in parts {
            var found: Int64 = 0
            try chunks.forEach(in: part.numbers) { record in
                guard record.period == period else { return }
                found += 1
                try sort.add(record, attempts: 0)
            }
            guard found == part.records else {
                throw StoreTrouble.damaged(
                    "record_chunks", "batch \(part.batch)",
                    "it brought \(part.records) records of period \(period), and \(found) are there")
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

    init(_ snapshot: DatabaseSnapshot, _ reading: EventReading, _ parts: [BatchPart], of period: Int) {
        self.snapshot = snapshot
        let reader = Reader(reading: reading)
        snapshot.asyncRead { database in
            let runs = Result {
                let database = try database.get()
                return Runs(
                    runs: try reader.reading.sorted(database, parts: 2) { sort in
                        try EventReading.add(parts, of: period, to: sort, database)
                    })
            }
            self.runs.withLock { $0 = runs }
            self.isDone.signal()
        }
    }

    /// Of `EventReading`, what makes the second connection is not used by it.
    private struct Reader: @unchecked Sendable {
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
