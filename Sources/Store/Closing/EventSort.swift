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
    /// Of which each run has this part.
    private static let runsInMemory = 6

    private let budget: Int
    private let folder: String
    private var runs: [MemoryRun] = []
    private var spill: SpillFile?
    private let sorting = DispatchGroup()
    private let queue = DispatchQueue(label: "settled.sort", qos: .userInitiated)

    /// `folder` is where a file may be made; it never has a name there that outlives this.
    init(folder: String, budget: Int = EventSort.budget) {
        precondition(budget > EventPacking.mostBytes, "the budget has room for a record")
        self.budget = budget
        self.folder = folder
    }

    private var runCapacity: Int { max(budget / Self.runsInMemory, EventPacking.mostBytes) }

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
        queue.async(group: sorting) { run.sort() }
    }

    private func spillRuns() throws {
        sorting.wait()
        let file = try spill ?? SpillFile(folder: folder)
        spill = file
        try file.append(runs)
        runs = []
    }
}

/// Packed records in the order of their members.
protocol SortedRun: AnyObject {
    /// The record at hand, valid until `advance`; nil behind the last.
    var head: UnsafeRawBufferPointer? { get }
    func advance() throws
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

/// A run in memory. One thread at a time uses it: the one that fills it, then the one that sorts it, then the one
/// that reads it, each once the other is done.
final class MemoryRun: SortedRun, @unchecked Sendable {
    private struct Entry {
        /// The first eight bytes of the member's id, as a number that orders as they do.
        let prefix: UInt64
        let at: Instant
        let offset: UInt32
        let length: UInt32
    }

    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private var count = 0
    private var entries: [Entry] = []
    private var position = 0

    init(capacity: Int) {
        start = .allocate(byteCount: capacity, alignment: 8)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    /// Whether any record fits.
    var hasRoom: Bool { count + EventPacking.mostBytes <= capacity }

    /// Appends a record where there is room.
    func append(at: Instant, _ write: (inout PackedBytes) -> Void) {
        var packed = PackedBytes(start + count)
        write(&packed)
        let bytes = UnsafeRawBufferPointer(start: start + count, count: packed.count)
        entries.append(
            Entry(
                prefix: Self.prefix(EventPacking.member(of: bytes)), at: at, offset: UInt32(count),
                length: UInt32(packed.count)))
        count += packed.count
    }

    func sort() {
        entries.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let order = compare(EventPacking.member(of: bytes(left)), EventPacking.member(of: bytes(right)))
            if order != 0 { return order < 0 }
            return left.at == right.at ? left.offset < right.offset : left.at < right.at
        }
        position = 0
    }

    var head: UnsafeRawBufferPointer? { position < entries.count ? bytes(entries[position]) : nil }

    func advance() { position += 1 }

    private func bytes(_ entry: Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start + Int(entry.offset), count: Int(entry.length))
    }

    private static func prefix(_ member: UnsafeRawBufferPointer) -> UInt64 {
        var prefix: UInt64 = 0
        for place in 0..<8 { prefix = prefix << 8 | (place < member.count ? UInt64(member[place]) : 0) }
        return prefix
    }
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
