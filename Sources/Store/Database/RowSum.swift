/// The sum in the last eight bytes of a packed row, by which a row that was changed behind the program's back is told
/// before any of it is believed: over what tells the row from others, and all of its bytes.
///
/// Every step can be undone, so that a change within one of the words of eight bytes that the content is read by never
/// passes; of other changes about one in 2^64 does. It keeps nobody off who means to deceive: whether all comes of signed
/// batches is for a rederivation to say.
struct RowSum {
    static let byteCount = 8

    private var state: UInt64

    /// Begins with numbers that tell the row from others.
    @inline(__always)
    init(_ first: Int64, _ second: Int64 = 0, _ third: Int64 = 0) {
        state = 0x7365_7474_6C65_6421
        add(UInt64(bitPattern: first))
        add(UInt64(bitPattern: second))
        add(UInt64(bitPattern: third))
    }

    @inline(__always)
    private mutating func add(_ word: UInt64) {
        state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
        state ^= state &>> 32
    }

    /// Adds one more number that the row stands on.
    mutating func add(_ number: Int64) { add(UInt64(bitPattern: number)) }

    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while place &+ 8 <= bytes.count {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place &+= 8
        }
        var word: UInt64 = 0
        for rest in place..<bytes.count { word = word &<< 8 | UInt64(bytes[rest]) }
        add(word)
        add(UInt64(bytes.count))
    }

    /// The sum of a row that is kept in columns: of its numbers, of its texts, then of other bytes.
    static func of(_ numbers: [Int64], _ texts: [String] = [], bytes: [UInt8]? = nil) -> Int64 {
        var sum = RowSum(Int64(numbers.count), Int64(texts.count))
        for number in numbers { sum.add(UInt64(bitPattern: number)) }
        for var text in texts { text.withUTF8 { sum.add(UnsafeRawBufferPointer($0)) } }
        if let bytes { bytes.withUnsafeBytes { sum.add($0) } }
        return Int64(bitPattern: sum.state)
    }

    /// The same of columns of which some may be NULL, which is another value than any.
    static func of(columns numbers: [Int64?], _ texts: [String?], bytes: [UInt8]? = nil) -> Int64 {
        of(
            numbers.map { $0 ?? 0 } + numbers.map { $0 == nil ? 0 : 1 } + texts.map { $0 == nil ? 0 : 1 },
            texts.map { $0 ?? "" }, bytes: bytes)
    }

    /// The sum at the end of a row's bytes, as it stands there.
    static func written(in bytes: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - byteCount, as: UInt64.self))
    }

    /// Appends the sum to a row's bytes.
    func append(to bytes: inout [UInt8]) {
        var sum = self
        bytes.withUnsafeBytes { sum.add($0) }
        withUnsafeBytes(of: sum.state.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// What stands before the sum; nil if these are not the bytes that were written.
    func content(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard bytes.count >= Self.byteCount else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(Self.byteCount))
        var sum = self
        sum.add(content)
        return sum.state == Self.written(in: bytes) ? content : nil
    }
}
