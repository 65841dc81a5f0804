/// Where a text stands: in the batch's bytes or, if it was written with escapes, behind them among the
/// texts that were decoded.
struct TextRange: Hashable, Sendable {
    let offset: UInt32
    let length: UInt32

    static let none = TextRange(offset: 0, length: 0)

    @inline(__always)
    init(offset: Int, length: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
    }

    @inline(__always) var start: Int { Int(offset) }
    @inline(__always) var count: Int { Int(length) }
    @inline(__always) var end: Int { Int(offset) + Int(length) }
}

/// A text that a scanner met.
struct ScannedText {
    let range: TextRange
    /// Whether every byte is one that identifiers may hold.
    let isPlain: Bool

    @inline(__always)
    init(_ range: TextRange, isPlain: Bool) {
        self.range = range
        self.isPlain = isPlain
    }
}

/// The bytes of a batch and, behind them, the texts that had to be decoded; ranges count through both.
struct BatchText {
    /// The most bytes that ranges can count, decoded texts included: 2^31 of the batch, as many decoded.
    static let maximumBytes = Int(Int32.max)

    let view: ByteView
    var decoded: [UInt8] = []

    /// Calls `body` with the bytes of a range, wherever they stand.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ range: TextRange, _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if range.start < view.count || range.count == 0 {
            return try body(view.part(from: range.start, count: range.count))
        }
        return try withDecoded(range, body)
    }

    @inline(never)
    private func withDecoded<Result, Failure: Error>(
        _ range: TextRange, _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try decoded.withUnsafeBufferPointer { buffer throws(Failure) in
            guard let base = buffer.baseAddress else { return try body(view) }
            return try body(
                ByteView(base: UnsafeRawPointer(base) + (range.start - view.count), count: range.count))
        }
    }

    /// The text of a range; what is not UTF-8 has been refused before.
    @inline(__always)
    func string(_ range: TextRange) -> String {
        withBytes(range) {
            String(decoding: UnsafeRawBufferPointer(start: $0.base, count: $0.count), as: UTF8.self)
        }
    }

    /// Whether the range holds exactly this text.
    func matches(_ range: TextRange, _ text: StaticString) -> Bool {
        withBytes(range) { bytes in
            bytes.count == text.utf8CodeUnitCount
                && (0..<bytes.count).allSatisfy { bytes[$0] == text.utf8Start[$0] }
        }
    }

    /// An unknown name as a refusal may tell it: nil unless it is short and made of letters, `_`, `-` and
    /// `.`, for what stands in a name's place may be a member's id.
    func telling(_ range: TextRange) -> String? {
        let isName = withBytes(range) { bytes in
            (1...32).contains(bytes.count)
                && bytes.buffer.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || "_-.".utf8.contains($0)
                }
        }
        return isName ? string(range) : nil
    }

    /// Whether the text is an identifier: 1–64 bytes, each of which identifiers may hold.
    @inline(__always)
    func isIdentifier(_ text: ScannedText) -> Bool {
        guard text.range.count > 0, text.range.count <= 64 else { return false }
        return text.isPlain || withBytes(text.range) { $0.identifierEnd(from: 0) == $0.count }
    }
}
