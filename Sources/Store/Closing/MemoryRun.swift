import Settlement

/// A run in memory. One thread at a time uses it: the one that fills it, then the one that sorts it, then the one
/// that reads it, each once the other is done.
final class MemoryRun: SortedRun, @unchecked Sendable {
    private var room: RunRoom
    /// What of the room is filled: records as `RecordStretch` says, in the order of arrival until they are sorted.
    private var count = 0
    private var entries: [RunEntry] = []
    private var position = 0

    init(capacity: Int) {
        room = RunRoom(capacity: capacity)
        entries.reserveCapacity(capacity / EventPacking.usualBytes)
    }

    var byteCount: Int { count }

    /// Whether any record fits.
    var hasRoom: Bool { count + RecordStretch.mostBytes <= room.capacity }

    /// Appends a record where there is room.
    func append(at: Instant, _ write: (inout PackedBytes) -> Void) {
        var packed = PackedBytes(room.start + count)
        let place = packed.reserve(RecordStretch.lengthBytes)
        write(&packed)
        packed.store(UInt16(packed.count - RecordStretch.lengthBytes), at: place)
        entries.append(RunEntry(at: at, offset: UInt32(count)))
        count += packed.count
    }

    /// Puts the records in order, copying them into `spare`; the room that they stood in becomes the spare one.
    func sort(by sorter: inout RunSorter, spare: inout RunRoom?) {
        let bytes = UnsafeRawBufferPointer(start: room.start, count: count)
        sorter.sort(&entries, of: bytes)
        let sorted = spare ?? RunRoom(capacity: room.capacity)
        var end = 0
        for entry in entries {
            let record = RecordStretch.first(of: bytes, at: Int(entry.offset))
            (sorted.start + end).copyMemory(from: room.start + record.lowerBound, byteCount: record.count)
            end += record.count
        }
        precondition(end == count, "sorting loses no record")
        spare = room
        room = sorted
        entries = []
    }

    var head: UnsafeRawBufferPointer? {
        guard position < count else { return nil }
        let bytes = UnsafeRawBufferPointer(start: room.start, count: count)
        let record = RecordStretch.first(of: bytes, at: position)
        return UnsafeRawBufferPointer(rebasing: bytes[record.dropFirst(RecordStretch.lengthBytes)])
    }

    func advance() {
        position =
            RecordStretch.first(
                of: UnsafeRawBufferPointer(start: room.start, count: count), at: position
            ).upperBound
    }

    func takeAll(of member: UnsafeRawBufferPointer, into bytes: inout [UInt8]) -> Bool {
        let start = position
        var hasReversals = false
        while let head, compare(EventPacking.member(of: head), member) == 0 {
            hasReversals = hasReversals || EventPacking.type(of: head).reverses != nil
            advance()
        }
        let run = UnsafeRawBufferPointer(start: room.start, count: count)
        bytes.append(contentsOf: run[start..<position])
        return hasReversals
    }
}

/// Packed records that stand one behind the other, each behind its length in two bytes, the lower first.
enum RecordStretch {
    static let lengthBytes = 2
    /// More than any record takes with its length.
    static let mostBytes = lengthBytes + EventPacking.mostBytes

    /// Where the record that begins at a place stands, its length included.
    @inline(__always)
    static func first(of bytes: UnsafeRawBufferPointer, at place: Int) -> Range<Int> {
        let length = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
        return place..<place + lengthBytes + Int(length)
    }
}

/// Memory of one run.
final class RunRoom: Sendable {
    nonisolated(unsafe) let start: UnsafeMutableRawPointer
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        start = .allocate(byteCount: capacity, alignment: largePage)
        preferLargePages(start, capacity)
    }

    deinit { start.deallocate() }
}
