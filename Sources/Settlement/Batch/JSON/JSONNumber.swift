extension ByteView {
    /// The integer that begins at `start`, and where it ends. Strict: digits, no plus, no leading zero, no
    /// minus zero, no point or exponent; within `bounds`.
    @inline(__always)
    func integer(
        at start: Int, within bounds: ClosedRange<Int64>
    ) throws(Malformation) -> (value: Int64, end: Int) {
        var position = start
        var value: Int64 = 0
        while true {
            let digit = self[position] &- UInt8(ascii: "0")
            guard digit < 10, position &- start < 18 else { break }
            value = value &* 10 &+ Int64(digit)
            position &+= 1
        }
        // The common case: digits, a first one that is no idle zero, nothing that would go on with a number.
        let next = self[position]
        let isIdle = self[start] == UInt8(ascii: "0") && position &- start > 1
        if position > start, !isIdle, !Self.continuesNumber(next), bounds.contains(value) {
            return (value, position)
        }
        throw Malformation(integerFault(at: start, within: bounds), at: start)
    }

    /// Whether a number would go on with this byte.
    @inline(__always)
    private static func continuesNumber(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    /// Why what begins at `start` is not taken as an integer.
    private func integerFault(at start: Int, within bounds: ClosedRange<Int64>) -> Fault {
        let digits = self[start] == UInt8(ascii: "-") ? start + 1 : start
        guard isDigit(digits) else { return start < count ? .expectedInteger : .ended }
        var end = digits
        while isDigit(end) { end += 1 }
        if self[digits] == UInt8(ascii: "0"), end > digits + 1 { return .leadingZero }
        if self[end] == UInt8(ascii: ".") || self[end] | 0x20 == UInt8(ascii: "e") { return .fractional }
        if digits > start, end == digits + 1, self[digits] == UInt8(ascii: "0") { return .minusZero }
        return .bounds(bounds.lowerBound, bounds.upperBound)
    }

    /// Where the JSON number (RFC 8259 §6) that begins at `start` ends; nil if none does.
    func numberEnd(from start: Int) -> Int? {
        var position = self[start] == UInt8(ascii: "-") ? start + 1 : start
        guard isDigit(position) else { return nil }
        if self[position] == UInt8(ascii: "0") { position += 1 } else { position = digitsEnd(from: position) }
        if self[position] == UInt8(ascii: ".") {
            guard isDigit(position + 1) else { return nil }
            position = digitsEnd(from: position + 1)
        }
        if self[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if self[position] == UInt8(ascii: "+") || self[position] == UInt8(ascii: "-") { position += 1 }
            guard isDigit(position) else { return nil }
            position = digitsEnd(from: position)
        }
        return position
    }

    private func isDigit(_ position: Int) -> Bool { self[position] &- UInt8(ascii: "0") < 10 }

    private func digitsEnd(from start: Int) -> Int {
        var position = start
        while isDigit(position) { position += 1 }
        return position
    }
}
