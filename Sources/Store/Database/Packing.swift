import Settlement

/// Room for packed values where an array has been made long enough: for what is written by the million.
struct PackedBytes {
    private let start: UnsafeMutableRawPointer
    private(set) var count = 0

    init(_ start: UnsafeMutableRawPointer) { self.start = start }

    /// Leaves room for bytes that are stored later; gives their place.
    @inline(__always)
    mutating func reserve(_ bytes: Int) -> Int {
        defer { count &+= bytes }
        return count
    }

    @inline(__always)
    func store(_ value: UInt16, at place: Int) {
        start.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt16.self)
    }

    @inline(__always)
    mutating func write(byte: UInt8) {
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            write(byte: UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        write(byte: UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func write(signed value: Int64) {
        write(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
    }

    /// A text of at most 255 bytes.
    @inline(__always)
    mutating func write(_ text: UnsafeRawBufferPointer) {
        write(byte: UInt8(text.count))
        guard let from = text.baseAddress else { return }
        (start + count).copyMemory(from: from, byteCount: text.count)
        count &+= text.count
    }

    /// Bytes as they stand.
    @inline(__always)
    mutating func write(bytes: UnsafeRawBufferPointer) {
        guard let from = bytes.baseAddress else { return }
        (start + count).copyMemory(from: from, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// The same of a text that is not in memory yet.
    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// The same of an identifier; there must be room for the longest one.
    @inline(__always)
    mutating func write<Kind>(_ id: Identifier<Kind>) {
        let length = id.copy(to: start + count + 1)
        write(byte: UInt8(length))
        count &+= length
    }

    /// The same if there is one; says so.
    @inline(__always)
    mutating func write(ifAny text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty else { return false }
        write(text)
        return true
    }
}

extension [UInt8] {
    /// Appends what `write` writes, which must not be more than `most` bytes.
    @inline(__always)
    mutating func appendPacked(atMost most: Int, _ write: (inout PackedBytes) -> Void) {
        append(addingCapacity: most) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                var packed = PackedBytes(UnsafeMutableRawPointer(start))
                write(&packed)
                precondition(packed.count <= most, "what is packed fits in the room that was made for it")
                count = packed.count
            }
        }
    }
}

/// Packed values in memory that someone else holds. Numbers are in groups of seven bits, the lowest first, all but
/// the last with the high bit set; signed ones alternate 0, -1, 1, -2 … A text is a byte for its length and its
/// bytes. Behind their end there is nothing to read, and reading it
/// is a defect that is caught.
struct PackedReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    var isAtEnd: Bool { position >= bytes.count }

    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    @inline(__always)
    mutating func byte() -> UInt8 {
        precondition(position < bytes.count, "packed bytes end where their last value does")
        defer { position &+= 1 }
        return bytes.load(fromByteOffset: position, as: UInt8.self)
    }

    @inline(__always)
    mutating func unsigned() -> UInt64 {
        var byte = byte()
        var value = UInt64(byte & 0x7F)
        var shift: UInt64 = 7
        while byte >= 0x80 {
            byte = self.byte()
            value |= UInt64(byte & 0x7F) &<< shift
            shift &+= 7
        }
        return value
    }

    @inline(__always)
    mutating func signed() -> Int64 {
        let value = unsigned()
        return Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
    }

    @inline(__always)
    mutating func text() -> UnsafeRawBufferPointer { bytes(Int(byte())) }

    /// Bytes as they stand.
    @inline(__always)
    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        precondition(
            count >= 0 && count <= bytes.count - position, "packed bytes end where their last value does")
        defer { position &+= count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position &+ count])
    }

    mutating func string() -> String { String(decoding: text(), as: UTF8.self) }

    @inline(__always)
    mutating func identifier<Kind>() -> Identifier<Kind> { Identifier(verified: text()) }
}
