#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sorts the records of a close by member, and each member's by arrival, in bounded memory: what passes the
/// budget is sorted and written to a file without a name, in runs that are merged at the end.
final class EventSort {
    /// Bytes of packed records that stand in memory at a time.
    static let budget = 48 << 20

    private let budget: Int
    private let folder: String
    private var run: MemoryRun
    private var spill: SpillFile?

    /// `folder` is where a file may be made; it never has a name there that outlives this.
    init(folder: String, budget: Int = EventSort.budget) {
        precondition(budget > EventPacking.mostBytes, "the budget has room for a record")
        self.budget = budget
        self.folder = folder
        run = MemoryRun(capacity: budget)
    }

    /// Adds a record, in the order of arrival of those of its member.
    func add(_ record: StoredView, attempts: Int) throws {
        if run.count + EventPacking.mostBytes > budget { try spillRun() }
        run.append { EventPacking.pack(record, attempts: attempts, into: &$0) }
    }

    /// What was added, sorted. Nothing is added afterwards.
    func sorted() throws -> [any SortedRun] {
        run.sort()
        guard let spill else { return [run] }
        return try spill.runs() + [run]
    }

    private func spillRun() throws {
        run.sort()
        if spill == nil { spill = try SpillFile(folder: folder) }
        try spill?.append(run)
        run = MemoryRun(capacity: budget)
    }
}

/// Packed records in the order of their members.
protocol SortedRun: AnyObject {
    /// The record at hand, valid until `advance`; nil behind the last.
    var head: UnsafeRawBufferPointer? { get }
    func advance() throws
}

/// A run in memory.
final class MemoryRun: SortedRun {
    private struct Entry {
        /// The first eight bytes of the member's id, as a number that orders as they do.
        let prefix: UInt64
        let offset: UInt32
        let length: UInt32
    }

    private let start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var entries: [Entry] = []
    private var position = 0

    init(capacity: Int) { start = .allocate(byteCount: capacity, alignment: 8) }

    deinit { start.deallocate() }

    func append(_ write: (inout PackedBytes) -> Void) {
        var packed = PackedBytes(start + count)
        write(&packed)
        let bytes = UnsafeRawBufferPointer(start: start + count, count: packed.count)
        entries.append(
            Entry(
                prefix: Self.prefix(EventPacking.member(of: bytes)), offset: UInt32(count),
                length: UInt32(packed.count)))
        count += packed.count
    }

    func sort() {
        entries.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let order = compare(EventPacking.member(of: bytes(left)), EventPacking.member(of: bytes(right)))
            return order == 0 ? left.offset < right.offset : order < 0
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
