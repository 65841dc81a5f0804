extension Instant {
    /// Reads an RFC 3339 date-time with an offset, truncated to the millisecond; nil for any other text.
    ///
    /// `T` and `Z` may be small letters, a fraction has one digit or more, a leap second is malformed
    /// (rulebook §1). Every year 0000 … 9999 is read: the bounds are `isWithinBounds`. Never allocates where
    /// the bytes lie side by side.
    public init?(rfc3339 bytes: some Collection<UInt8>) {
        guard let instant = withRawBytes(of: bytes, { Self.parse($0) }) else { return nil }
        self = instant
    }

    /// As `init(rfc3339:)`, of bytes in place.
    public init?(rfc3339 bytes: UnsafeRawBufferPointer) {
        guard let instant = Self.parse(bytes) else { return nil }
        self = instant
    }

    /// As `init(rfc3339:)`, of a text.
    public init?(rfc3339 text: String) {
        self.init(rfc3339: text.utf8)
    }

    /// `YYYY-MM-DDTHH:MM:SS` stands in the same place in every text, so it is read without looking for it;
    /// whatever is no digit there is noticed once, at the end.
    private static func parse(_ bytes: UnsafeRawBufferPointer) -> Instant? {
        guard bytes.count >= 20 else { return nil }
        var fields = FixedFields(bytes)
        let year = fields.pair(at: 0) * 100 + fields.pair(at: 2)
        let month = fields.pair(at: 5)
        let day = fields.pair(at: 8)
        let hour = fields.pair(at: 11)
        let minute = fields.pair(at: 14)
        let second = fields.pair(at: 17)
        guard fields.areDigits, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), hour < 24, minute < 60, second < 60,
            let date = LocalDate(year: year, month: month, day: day)
        else { return nil }
        var cursor = TextCursor(bytes, at: 19)
        guard let millisecond = fraction(&cursor), let offset = offset(&cursor), cursor.isAtEnd else {
            return nil
        }
        let seconds = date.dayNumber * 86_400 + (hour * 60 + minute) * 60 + second - offset
        return Instant(milliseconds: Int64(seconds * 1000 + millisecond))
    }

    /// Nothing, or a point and digits, of which the first three count.
    private static func fraction(_ cursor: inout TextCursor) -> Int? {
        guard cursor.take(UInt8(ascii: ".")) else { return 0 }
        guard let first = cursor.number(width: 1) else { return nil }
        var weight = 100
        var milliseconds = first * weight
        while let digit = cursor.number(width: 1) {
            weight /= 10
            milliseconds += digit * weight
        }
        return milliseconds
    }

    /// `Z` or `±HH:MM`, as seconds east of UTC.
    private static func offset(_ cursor: inout TextCursor) -> Int? {
        if cursor.take(letter: UInt8(ascii: "Z")) { return 0 }
        let isWest = cursor.take(UInt8(ascii: "-"))
        guard isWest || cursor.take(UInt8(ascii: "+")), let hours = cursor.number(width: 2), hours < 24,
            cursor.take(UInt8(ascii: ":")), let minutes = cursor.number(width: 2), minutes < 60
        else { return nil }
        let seconds = (hours * 60 + minutes) * 60
        return isWest ? -seconds : seconds
    }
}

/// Reads pairs of digits at known places, and remembers whether all were digits.
private struct FixedFields {
    private let bytes: UnsafeRawBufferPointer
    private(set) var areDigits = true

    @inline(__always) init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    @inline(__always)
    mutating func pair(at place: Int) -> Int {
        let tens = bytes[place] &- UInt8(ascii: "0")
        let ones = bytes[place &+ 1] &- UInt8(ascii: "0")
        areDigits = areDigits && tens < 10 && ones < 10
        return Int(tens) &* 10 &+ Int(ones)
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 at this offset east of UTC, in seconds; `±HH:MM` even if it is zero. Without `milliseconds`
    /// the text is truncated to the second. An offset's odd seconds, which no zone has had since 1972, are
    /// left out, and the local time with them.
    public func text(offsetSeconds: Int, milliseconds: Bool) -> String {
        String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer)
            let minutes = offsetSeconds / 60
            write(minutes: minutes, milliseconds: milliseconds, to: &writer)
            writer.write(minutes < 0 ? "-" : "+")
            writer.write(abs(minutes) / 60, width: 2)
            writer.write(":")
            writer.write(abs(minutes) % 60, width: 2)
            return writer.count
        }
    }

    /// RFC 3339 in UTC, to the millisecond, with `Z`.
    public var description: String {
        String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer)
            write(minutes: 0, milliseconds: true, to: &writer)
            writer.write("Z")
            return writer.count
        }
    }

    private func write(minutes: Int, milliseconds: Bool, to writer: inout DigitWriter) {
        let local = Int(self.milliseconds) + minutes * 60_000
        let date = LocalDate(dayNumber: local.floorDivided(by: 86_400_000))
        let ofDay = local - date.dayNumber * 86_400_000
        writer.write(date)
        writer.write("T")
        writer.write(ofDay / 3_600_000, width: 2)
        writer.write(":")
        writer.write(ofDay / 60_000 % 60, width: 2)
        writer.write(":")
        writer.write(ofDay / 1000 % 60, width: 2)
        guard milliseconds else { return }
        writer.write(".")
        writer.write(ofDay % 1000, width: 3)
    }
}
