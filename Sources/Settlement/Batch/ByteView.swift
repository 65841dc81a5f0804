/// The bytes of a batch as the scanners see them: borrowed for the length of one call, never kept.
struct ByteView {
    let base: UnsafeRawPointer
    let count: Int
    /// How many bytes may be read from `base` on: `count`, or more if the view is a part of another.
    private let readable: Int

    @inline(__always)
    init(base: UnsafeRawPointer, count: Int) {
        self.base = base
        self.count = count
        readable = count
    }

    /// A part of this view.
    @inline(__always)
    func part(from start: Int, count: Int) -> ByteView {
        ByteView(base: base + start, count: count, readable: readable &- start)
    }

    @inline(__always)
    private init(base: UnsafeRawPointer, count: Int, readable: Int) {
        self.base = base
        self.count = count
        self.readable = readable
    }

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// The byte at a position; 0, which no form takes, beyond the end.
    @inline(__always)
    subscript(position: Int) -> UInt8 {
        position < count ? base.load(fromByteOffset: position, as: UInt8.self) : 0
    }

    /// Eight bytes, the first one lowest; there must be as many.
    @inline(__always)
    func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// One to eight bytes, the first one lowest, zeros above.
    @inline(__always)
    func word(at position: Int, length: Int) -> UInt64 {
        if position &+ 8 <= readable {
            return word(at: position) & (~0 &>> UInt64(64 &- 8 &* length))
        }
        var word: UInt64 = 0
        for index in 0..<length { word |= UInt64(self[position &+ index]) << UInt64(8 &* index) }
        return word
    }

    /// The first position from `start` on whose byte no identifier may hold; `count` if there is none.
    @inline(__always)
    func identifierEnd(from start: Int) -> Int {
        var position = start
        while position &+ 8 <= count {
            let stops = Self.stops(in: word(at: position))
            if stops != 0 { return position &+ (stops.trailingZeroBitCount &>> 3) }
            position &+= 8
        }
        while position < count, isIdentifierByte(self[position]) { position &+= 1 }
        return position
    }

    /// The high bit of the lowest byte that no identifier may hold is set; higher ones may be set in error.
    @inline(__always)
    private static func stops(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let comma = word ^ (ones &* 0x2C)
        let backslash = word ^ (ones &* 0x5C)
        let belowExclamation = (word &- ones &* 0x21) & ~word
        let beyondTilde = (word &+ ones) | word
        let equal =
            ((quote &- ones) & ~quote) | ((comma &- ones) & ~comma) | ((backslash &- ones) & ~backslash)
        return (belowExclamation | beyondTilde | equal) & (ones &* 0x80)
    }

    /// How many bytes the character at `position` has, 1 … 4; 0 if they are not UTF-8 (overlong forms,
    /// surrogates and what lies beyond U+10FFFF are not).
    func characterLength(at position: Int) -> Int {
        let first = self[position]
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return continues(at: position + 1) ? 2 : 0
        case 0xE0...0xEF:
            let second = self[position + 1]
            let fits: Bool
            switch first {
            case 0xE0: fits = (0xA0...0xBF).contains(second)
            case 0xED: fits = (0x80...0x9F).contains(second)
            default: fits = (0x80...0xBF).contains(second)
            }
            return fits && continues(at: position + 2) ? 3 : 0
        case 0xF0...0xF4:
            let second = self[position + 1]
            let fits: Bool
            switch first {
            case 0xF0: fits = (0x90...0xBF).contains(second)
            case 0xF4: fits = (0x80...0x8F).contains(second)
            default: fits = (0x80...0xBF).contains(second)
            }
            return fits && continues(at: position + 2) && continues(at: position + 3) ? 4 : 0
        default: return 0
        }
    }

    private func continues(at position: Int) -> Bool { self[position] & 0xC0 == 0x80 }
}

/// A name of up to eight ASCII characters as `ByteView.word(at:length:)` gives it.
@inline(__always)
func packed(_ name: StaticString) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<name.utf8CodeUnitCount {
        word |= UInt64(name.utf8Start[index]) << UInt64(8 &* index)
    }
    return word
}
