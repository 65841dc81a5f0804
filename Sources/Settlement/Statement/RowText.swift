/// Room for one row of text at a time, written by pointer: rows are made by the million.
///
/// Of one thread at a time. A row is bounded: identifiers are, and numbers are.
final class RowText {
    /// More than any row of DETAILS.csv: some twenty cells of at most 64 bytes, and a few names.
    private static let capacity = 4_096

    private let start = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    private(set) var count = 0

    deinit { start.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    func clear() { count = 0 }

    func byte(_ byte: UInt8) {
        precondition(count < Self.capacity, "a row is bounded")
        start[count] = byte
        count += 1
    }

    func text(_ text: StaticString) {
        copy(text.utf8Start, text.utf8CodeUnitCount)
    }

    func text(_ text: String) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { copy($0.baseAddress, $0.count) }
        if done == nil { for byte in text.utf8 { self.byte(byte) } }
    }

    func text(_ other: RowText) { copy(UnsafePointer(other.start), other.count) }

    /// Decimal digits, with a minus sign where there is one.
    func integer(_ value: Int64) {
        if value < 0 { byte(UInt8(ascii: "-")) }
        digits(value.magnitude, width: 1)
    }

    /// At least `width` digits.
    func digits(_ value: UInt64, width: Int) {
        var length = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        length = max(length, width)
        precondition(count + length <= Self.capacity, "a row is bounded")
        rest = value
        for place in stride(from: count + length - 1, through: count, by: -1) {
            start[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += length
    }

    /// A decimal of `places` fractional digits in shortest form: `0.1`, `0`, `12`.
    func decimal(_ value: UInt64, scale: UInt64, places: Int) {
        let (whole, fraction) = value.quotientAndRemainder(dividingBy: scale)
        digits(whole, width: 1)
        guard fraction > 0 else { return }
        byte(UInt8(ascii: "."))
        digits(fraction, width: places)
        while start[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }

    private func copy(_ source: UnsafePointer<UInt8>?, _ length: Int) {
        guard let source, length > 0 else { return }
        precondition(count + length <= Self.capacity, "a row is bounded")
        (start + count).update(from: source, count: length)
        count += length
    }
}
