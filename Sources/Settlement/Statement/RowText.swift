/// Memory for one row of text, of one thread at a time.
final class RowSpace {
    let start = UnsafeMutablePointer<UInt8>.allocate(capacity: RowText.mostBytes)

    deinit { start.deallocate() }
}

/// A row of text while it is written, by pointer: rows are made by the million. Its space, which has room for
/// `mostBytes`, must outlive it.
///
/// A row is bounded, as identifiers and numbers are; what would pass the space is a defect that is caught.
struct RowText {
    /// More than any row of DETAILS.csv takes: some twenty cells of at most 64 bytes, and a few names.
    static let mostBytes = 2_048

    private let start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(in space: RowSpace) { start = space.start }

    @inline(__always)
    init(at start: UnsafeMutablePointer<UInt8>) { self.start = start }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        makeRoom(1)
        start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func text(_ text: StaticString) { copy(text.utf8Start, text.utf8CodeUnitCount) }

    @inline(__always)
    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { copy($0.baseAddress, $0.count) }
    }

    @inline(__always)
    mutating func text(_ other: UnsafeBufferPointer<UInt8>) { copy(other.baseAddress, other.count) }

    @inline(__always)
    mutating func short(_ text: ShortText) {
        makeRoom(16)
        let place = UnsafeMutableRawPointer(start + count)
        place.storeBytes(of: text.low.littleEndian, as: UInt64.self)
        place.storeBytes(of: text.high.littleEndian, toByteOffset: 8, as: UInt64.self)
        count &+= text.count
    }

    @inline(__always)
    mutating func identifier<Kind>(_ id: Identifier<Kind>) {
        makeRoom(Identifier<Kind>.mostBytes)
        count &+= id.copy(to: UnsafeMutableRawPointer(start + count))
    }

    /// What stands from a place on, once more.
    mutating func repeatText(from place: Int) { copy(start + place, count - place) }

    /// Decimal digits, with a minus sign where there is one.
    mutating func integer(_ value: Int64) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        var length = 1
        var bound: UInt64 = 10
        while length < 19, magnitude >= bound {
            length += 1
            bound &*= 10
        }
        digits(magnitude, width: length)
    }

    /// A number of exactly `width` digits, zeros before it.
    @inline(__always)
    mutating func digits(_ value: UInt64, width: Int) {
        makeRoom(width)
        var rest = value
        var place = count &+ width
        while place > count {
            place &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        count &+= width
    }

    /// A number below 100 as two digits.
    @inline(__always)
    mutating func twoDigits(_ value: UInt64) {
        makeRoom(2)
        let digits = Self.pairs.utf8Start + Int(truncatingIfNeeded: value) &* 2
        start[count] = digits[0]
        start[count &+ 1] = digits[1]
        count &+= 2
    }

    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """

    /// A decimal of `places` fractional digits in shortest form: `0.1`, `0`, `12`.
    mutating func decimal(_ value: UInt64, scale: UInt64, places: Int) {
        let (whole, fraction) = value.quotientAndRemainder(dividingBy: scale)
        integer(Int64(whole))
        guard fraction > 0 else { return }
        byte(UInt8(ascii: "."))
        digits(fraction, width: places)
        while start[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }

    @inline(__always)
    private mutating func copy(_ source: UnsafePointer<UInt8>?, _ length: Int) {
        guard let source, length > 0 else { return }
        makeRoom(length)
        (start + count).update(from: source, count: length)
        count &+= length
    }

    @inline(__always)
    private func makeRoom(_ length: Int) {
        precondition(count &+ length <= Self.mostBytes, "a row is bounded")
    }
}

/// A text of at most sixteen bytes, in the value itself: written in two steps, and no references to count.
struct ShortText: BitwiseCopyable {
    /// The first byte the lowest.
    fileprivate private(set) var low: UInt64 = 0
    fileprivate private(set) var high: UInt64 = 0
    fileprivate private(set) var count = 0

    init(_ text: String) {
        precondition(text.utf8.count <= 16, "a short text has at most 16 bytes")
        for byte in text.utf8 {
            if count < 8 {
                low |= UInt64(byte) << UInt64(8 * count)
            } else {
                high |= UInt64(byte) << UInt64(8 * (count - 8))
            }
            count += 1
        }
    }
}
