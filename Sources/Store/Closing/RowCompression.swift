/// Makes pieces of DETAILS.csv a quarter of their length, as their rows are much alike: most of what a close
/// writes is such pieces, and each byte of them goes to the disk twice.
///
///     version, length of the plain bytes
///     until these are complete: number of bytes as they stand, these bytes, and unless they are the last:
///         number of bytes that have been there before less `leastMatch`, and how far back (2 bytes, the lower
///         first)
///
/// Numbers are in groups of seven bits, the lowest first, all but the last with the high bit set.
enum RowCompression {
    static let version: UInt8 = 1

    private static let leastMatch = 6
    private static let mostDistance = 0xFFFF
    private static let tableBits: UInt64 = 13

    static func compress(_ plain: [UInt8]) -> [UInt8] {
        // Bytes as they stand cost nothing beyond their number; a match is shorter than what it stands for.
        [UInt8](unsafeUninitializedCapacity: plain.count + 32) { room, count in
            plain.withUnsafeBytes { plain in
                guard let start = room.baseAddress else { preconditionFailure("an array has room") }
                var packed = PackedBytes(start)
                packed.write(byte: version)
                packed.write(UInt64(plain.count))
                compress(plain, into: &packed)
                count = packed.count
                precondition(count <= room.count, "what is compressed fits in the room that was made for it")
            }
        }
    }

    private static func compress(_ plain: UnsafeRawBufferPointer, into packed: inout PackedBytes) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << tableBits) { places in
            places.initialize(repeating: 0)
            var done = 0
            var place = 1
            while place &+ 8 <= plain.count {
                let word = word(plain, at: place)
                let slot = Int(
                    truncatingIfNeeded: ((word &<< 16) &* 0x9E37_79B9_7F4A_7C15) &>> (64 - tableBits))
                let other = Int(places[slot])
                places[slot] = UInt32(truncatingIfNeeded: place)
                guard (word ^ Self.word(plain, at: other)) &<< 16 == 0, place &- other <= mostDistance else {
                    // The longer nothing is found, the wider the steps.
                    place &+= 1 &+ ((place &- done) &>> 6)
                    continue
                }
                let start = begin(place, as: other, after: done, in: plain)
                let end = end(place, as: other, in: plain)
                write(plain, done..<start, match: end &- start, distance: place &- other, into: &packed)
                done = end
                place = end
            }
            write(plain, done..<plain.count, into: &packed)
        }
    }

    /// Eight bytes, the first of them the lowest.
    @inline(__always)
    private static func word(_ plain: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
        UInt64(littleEndian: plain.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Where bytes begin to be the same as those before `other`, not before `least`.
    @inline(__always)
    private static func begin(
        _ place: Int, as other: Int, after least: Int, in plain: UnsafeRawBufferPointer
    ) -> Int {
        var (place, other) = (place, other)
        while place > least, other > 0, plain[place &- 1] == plain[other &- 1] {
            place &-= 1
            other &-= 1
        }
        return place
    }

    /// Where bytes end to be the same as those from `other` on; the first `leastMatch` are.
    @inline(__always)
    private static func end(_ place: Int, as other: Int, in plain: UnsafeRawBufferPointer) -> Int {
        var end = place &+ leastMatch
        let back = place &- other
        while end &+ 8 <= plain.count {
            let difference = word(plain, at: end) ^ word(plain, at: end &- back)
            guard difference == 0 else { return end &+ difference.trailingZeroBitCount / 8 }
            end &+= 8
        }
        while end < plain.count, plain[end] == plain[end &- back] { end &+= 1 }
        return end
    }

    @inline(__always)
    private static func write(
        _ plain: UnsafeRawBufferPointer, _ range: Range<Int>, match: Int, distance: Int,
        into packed: inout PackedBytes
    ) {
        write(plain, range, into: &packed)
        packed.write(UInt64(match &- leastMatch))
        packed.store(UInt16(distance), at: packed.reserve(2))
    }

    @inline(__always)
    private static func write(
        _ plain: UnsafeRawBufferPointer, _ range: Range<Int>, into packed: inout PackedBytes
    ) {
        packed.write(UInt64(range.count))
        packed.write(bytes: UnsafeRawBufferPointer(rebasing: plain[range]))
    }

    /// The plain bytes again.
    static func decompress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var packed = PackedReader(bytes)
        let version = packed.byte()
        precondition(version == Self.version, "rows are compressed in a form that is known")
        let length = Int(packed.unsigned())
        return [UInt8](unsafeUninitializedCapacity: length) { room, count in
            while true {
                let literal = packed.bytes(Int(packed.unsigned()))
                precondition(literal.count <= length - count, "rows are as long as they were")
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[count...])
                    .copyMemory(from: literal)
                count += literal.count
                guard count < length else { return }
                let match = Int(packed.unsigned()) + leastMatch
                let distance = Int(packed.byte()) | Int(packed.byte()) << 8
                precondition(
                    match <= length - count && (1...count).contains(distance),
                    "what is repeated has been there before")
                // Byte by byte: a match may run into itself.
                for place in count..<count + match { room[place] = room[place - distance] }
                count += match
            }
        }
    }
}
