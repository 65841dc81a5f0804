#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import Dispatch
import Settlement

/// Sorts the records of a close by member, and each member's by their time and then by arrival, in bounded memory.
///
/// What has come is cut into runs that are sorted on other threads while more comes. What passes the budget is
/// merged into a file without a name; the runs there and those in memory are merged by who reads them.
final class EventSort {
    /// Bytes of packed records that stand in memory at a time.
    static let budget = 48 << 20
    /// Of which each run has this part at most.
    private static let runsInMemory = 6
    /// What few records take is cut into as many runs, so that one is sorted while the next one fills; shorter ones
    /// than this are not worth their merging.
    private static let fewestBytes = 256 << 10

    private let budget: Int
    private let runCapacity: Int
    private let folder: String
    private let willSpill: (_ bytes: Int) throws -> Void
    private var runs: [MemoryRun] = []
    private var spill: SpillFile?
    private let sorter = SortingThread()
    private let sorting = DispatchGroup()
    private let queue = DispatchQueue(label: "settled.sort", qos: .userInitiated)

    /// `folder` is where a file may be made; it never has a name there that outlives this. About `expected` records
    /// will come. `willSpill` is called before so many bytes are written.
    init(
        folder: String, budget: Int = EventSort.budget, expected: Int64 = .max,
        willSpill: @escaping (_ bytes: Int) throws -> Void = { _ in }
    ) {
        precondition(budget > RecordStretch.mostBytes, "the budget has room for a record")
        self.budget = budget
        self.folder = folder
        self.willSpill = willSpill
        let share = budget / Self.runsInMemory
        let few = Int(clamping: expected / Int64(Self.runsInMemory)).multipliedReportingOverflow(
            by: EventPacking.usualBytes)
        let wanted = few.overflow ? share : min(share, max(few.partialValue, Self.fewestBytes))
        runCapacity = max(wanted, RecordStretch.mostBytes)
    }

    /// Adds a record, in the order of arrival.
    func add(_ record: StoredView, attempts: Int) throws {
        if runs.last?.hasRoom != true { try beginRun() }
        runs[runs.count - 1].append(at: record.view.at) {
            EventPacking.pack(record, attempts: attempts, into: &$0)
        }
    }

    /// What was added, sorted; a run with records of earlier arrival comes first. Nothing is added afterwards.
    func sorted() throws -> [any SortedRun] {
        sortLast()
        sorting.wait()
        guard let spill else { return runs }
        return try spill.runs() + runs
    }

    private func beginRun() throws {
        sortLast()
        if (runs.count + 1) * runCapacity > budget, !runs.isEmpty { try spillRuns() }
        runs.append(MemoryRun(capacity: runCapacity))
    }

    private func sortLast() {
        guard let run = runs.last else { return }
        queue.async(group: sorting) { [sorter] in sorter.sort(run) }
    }

    private func spillRuns() throws {
        sorting.wait()
        try willSpill(runs.reduce(0) { $0 + $1.byteCount })
        let file = try spill ?? SpillFile(folder: folder)
        spill = file
        try file.append(runs)
        runs = []
    }
}

/// What is needed to sort one run after the other. Used on the queue of one sort only.
private final class SortingThread: @unchecked Sendable {
    private var sorter = RunSorter()
    private var spare: RunRoom?

    func sort(_ run: MemoryRun) { run.sort(by: &sorter, spare: &spare) }
}

/// Packed records in the order of their members.
protocol SortedRun: AnyObject {
    /// The record at hand, valid until `advance`; nil behind the last.
    var head: UnsafeRawBufferPointer? { get }
    func advance() throws
    /// Appends the records of a member as `RecordStretch` says, where they are at hand, and goes behind them; says
    /// whether any is a reversal.
    func takeAll(of member: UnsafeRawBufferPointer, into bytes: inout [UInt8]) throws -> Bool
}

/// The run whose head comes first by member; of those that are equal the first. Nil behind the last.
func leastRun(of runs: [any SortedRun]) -> (any SortedRun)? {
    var least: (run: any SortedRun, member: UnsafeRawBufferPointer)?
    for run in runs {
        guard let head = run.head else { continue }
        let member = EventPacking.member(of: head)
        if let known = least, compare(known.member, member) <= 0 { continue }
        least = (run, member)
    }
    return least?.run
}

/// Orders ids as bytes: negative, zero or positive.
func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let one = left.baseAddress, let other = right.baseAddress {
        let order = memcmp(one, other, common)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}
