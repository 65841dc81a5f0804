/// Reads fixed-width decimal numbers and single characters from bytes, left to right. It never allocates.
struct TextCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The number that the next `width` bytes write; nil unless all are digits.
    mutating func number(width: Int) -> Int? {
        guard bytes.count - position >= width else { return nil }
        var value = 0
        for offset in position..<position + width {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        position += width
        return value
    }

    /// Whether the next byte is this one; then it is passed.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Whether the next byte is this capital letter or its small one; then it is passed.
    mutating func take(letter: UInt8) -> Bool { take(letter) || take(letter | 0x20) }

    /// A full date, `YYYY-MM-DD`.
    mutating func date() -> LocalDate? {
        guard let year = number(width: 4), take(UInt8(ascii: "-")), let month = number(width: 2),
            take(UInt8(ascii: "-")), let day = number(width: 2)
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }
}

/// Runs `body` on the bytes of a collection, copying them only if they do not lie side by side.
@inline(__always)
func withRawBytes<Bytes: Collection<UInt8>, Result>(
    of bytes: Bytes, _ body: (UnsafeRawBufferPointer) -> Result
) -> Result {
    if let result = bytes.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) {
        return result
    }
    return Array(bytes).withUnsafeBytes(body)
}

extension LocalDate: CustomStringConvertible, LosslessStringConvertible {
    /// Reads exactly `YYYY-MM-DD` (RFC 3339 `full-date`); nil for any other text or no such day.
    public init?(_ text: String) { self.init(text: text.utf8) }

    /// As `init(_:)`, from bytes, without allocation where they lie side by side.
    public init?(text bytes: some Collection<UInt8>) {
        guard let date = withRawBytes(of: bytes, { Self.parse($0) }) else { return nil }
        self = date
    }

    /// As `init(text:)`.
    public init?(text bytes: UnsafeRawBufferPointer) {
        guard let date = Self.parse(bytes) else { return nil }
        self = date
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> LocalDate? {
        var cursor = TextCursor(bytes)
        guard let date = cursor.date(), cursor.isAtEnd else { return nil }
        return date
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            var writer = DigitWriter(buffer)
            writer.write(self)
            return writer.count
        }
    }
}

/// Writes fixed-width numbers into bytes that are there already.
struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func write(_ character: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: character)
        count += 1
    }

    /// At least `width` digits of a number that is not negative.
    mutating func write(_ number: Int, width: Int) {
        precondition(number >= 0, "only years from 0 on have a text, found \(number)")
        var places = width
        var bound = 1
        for _ in 0..<width { bound *= 10 }
        while bound <= number {
            places += 1
            bound *= 10
        }
        var rest = number
        for place in stride(from: places - 1, through: 0, by: -1) {
            buffer[count + place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += places
    }

    mutating func write(_ date: LocalDate) {
        let (year, month, day) = date.components
        write(year, width: 4)
        write("-")
        write(month, width: 2)
        write("-")
        write(day, width: 2)
    }
}
