import Settlement

/// A record of a run while it is sorted.
struct RunEntry: BitwiseCopyable {
    /// What of the member's id orders it, as a number; given by the sorter.
    var key: UInt64 = 0
    let at: Instant
    /// Where it stands in the run.
    let offset: UInt32

    init(at: Instant, offset: UInt32) {
        self.at = at
        self.offset = offset
    }
}

/// Sorts the records of runs by member, then by their time, then by arrival. Keeps the memory that it needs.
///
/// The ids of a programme's members mostly begin alike and differ in few bits: those bits of the eight bytes behind
/// what all ids of a run share are made a number each, and the numbers are sorted digit by digit. Only records that
/// are alike in them are compared as texts.
struct RunSorter {
    private static let digitBits = 11
    private static let digits = 1 << digitBits

    private var room: [RunEntry] = []
    private var counts = Array(repeating: 0, count: digits)

    mutating func sort(_ entries: inout [RunEntry], of bytes: UnsafeRawBufferPointer) {
        guard entries.count > 1 else { return }
        var shape = IDShape(entries, of: bytes)
        for place in entries.indices {
            entries[place].key = shape.window(of: member(of: entries[place], in: bytes))
        }
        shape.measure(entries)
        for place in entries.indices { entries[place].key = shape.number(of: entries[place].key) }
        sortByKey(&entries, bits: shape.bits)
        sortAlike(&entries, shape, of: bytes)
    }

    private mutating func sortByKey(_ entries: inout [RunEntry], bits: Int) {
        var shift = 0
        while shift < bits {
            for digit in counts.indices { counts[digit] = 0 }
            for entry in entries { counts[digit(of: entry, shift)] += 1 }
            var start = 0
            for digit in counts.indices { (counts[digit], start) = (start, start + counts[digit]) }
            if room.count < entries.count { room = entries }
            for entry in entries {
                let digit = digit(of: entry, shift)
                room[counts[digit]] = entry
                counts[digit] += 1
            }
            let count = entries.count
            swap(&entries, &room)
            if entries.count > count { entries.removeLast(entries.count - count) }
            shift += Self.digitBits
        }
    }

    @inline(__always)
    private func digit(of entry: RunEntry, _ shift: Int) -> Int {
        Int(truncatingIfNeeded: entry.key &>> UInt64(shift)) & (Self.digits - 1)
    }

    /// Puts those of one key in order, where they are not: mostly they are of one member and came in time.
    private func sortAlike(
        _ entries: inout [RunEntry], _ shape: IDShape, of bytes: UnsafeRawBufferPointer
    ) {
        func precedes(_ left: RunEntry, _ right: RunEntry) -> Bool {
            if !shape.isWhole {
                let order = compare(member(of: left, in: bytes), member(of: right, in: bytes))
                if order != 0 { return order < 0 }
            }
            return left.at == right.at ? left.offset < right.offset : left.at < right.at
        }
        var start = 0
        while start < entries.count {
            var end = start + 1
            var isSorted = true
            while end < entries.count, entries[end].key == entries[start].key {
                isSorted = isSorted && !precedes(entries[end], entries[end - 1])
                end += 1
            }
            if !isSorted { entries[start..<end].sort(by: precedes) }
            start = end
        }
    }

    private func member(of entry: RunEntry, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let record = RecordStretch.first(of: bytes, at: Int(entry.offset))
        return EventPacking.member(
            of: UnsafeRawBufferPointer(rebasing: bytes[record.dropFirst(RecordStretch.lengthBytes)]))
    }
}

/// In which bits the ids of a run's members differ.
private struct IDShape {
    /// How many bytes all of them share at their beginning.
    private let shared: Int
    /// Whether none goes on behind the window: equal windows are then equal ids.
    let isWhole: Bool
    /// Of each byte of the window, the first the highest, how many of its low bits have to be looked at.
    private var widths = InlineArray<8, UInt64>(repeating: 0)
    /// Sum of the widths.
    private(set) var bits = 0

    init(_ entries: [RunEntry], of bytes: UnsafeRawBufferPointer) {
        var first: UnsafeRawBufferPointer?
        var shared = 0
        var longest = 0
        for entry in entries {
            let record = RecordStretch.first(of: bytes, at: Int(entry.offset))
            let member = EventPacking.member(
                of: UnsafeRawBufferPointer(rebasing: bytes[record.dropFirst(RecordStretch.lengthBytes)]))
            longest = max(longest, member.count)
            guard let first else {
                (first, shared) = (member, member.count)
                continue
            }
            shared = min(shared, member.count)
            var place = 0
            while place < shared, first[place] == member[place] { place += 1 }
            shared = place
        }
        self.shared = shared
        isWhole = longest <= shared + 8
    }

    /// Eight bytes of an id behind what all share, zeros behind its end.
    func window(of member: UnsafeRawBufferPointer) -> UInt64 {
        if shared + 8 <= member.count {
            return UInt64(bigEndian: member.loadUnaligned(fromByteOffset: shared, as: UInt64.self))
        }
        var window: UInt64 = 0
        for place in shared..<shared + 8 {
            window = window << 8 | (place < member.count ? UInt64(member[place]) : 0)
        }
        return window
    }

    /// Finds the bits in which the windows, which stand in the keys, differ.
    mutating func measure(_ entries: [RunEntry]) {
        var differing: UInt64 = 0
        for entry in entries { differing |= entry.key ^ entries[0].key }
        for place in 0..<8 {
            let byte = UInt8(truncatingIfNeeded: differing >> UInt64(56 - 8 * place))
            widths[place] = UInt64(8 - byte.leadingZeroBitCount)
            bits += 8 - byte.leadingZeroBitCount
        }
    }

    /// The window with only those bits: it orders as the whole does.
    func number(of window: UInt64) -> UInt64 {
        var number: UInt64 = 0
        for place in 0..<8 {
            let byte = window &>> UInt64(56 &- 8 &* place)
            number = number &<< widths[place] | byte & (1 &<< widths[place] &- 1)
        }
        return number
    }
}
