/// A place in bytes that are read as JSON (RFC 8259), strictly. What both readers of JSON stand on: the
/// lines of a batch, and whole values.
struct JSONCursor {
    let view: ByteView
    var position: Int

    @inline(__always)
    init(_ view: ByteView, at position: Int = 0) {
        self.view = view
        self.position = position
    }

    @inline(__always) var byte: UInt8 { view[position] }

    func fault(_ fault: Fault) -> Malformation {
        Malformation(position < view.count ? fault : .ended, at: position)
    }

    /// Passes over space, tab and CR: white space that ends no line of a batch.
    @inline(__always)
    mutating func skipBlanks() {
        while true {
            let byte = self.byte
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x09 || byte == 0x0D else { return }
            position &+= 1
        }
    }

    /// Passes over all white space, LF included.
    mutating func skipSpace() {
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Passes over this byte if it stands here.
    @inline(__always)
    mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        position &+= 1
        return true
    }

    /// A string's text, position at its opening quote. Escaped texts are decoded behind `decoded`.
    @inline(__always)
    mutating func string(_ decoded: inout [UInt8]) throws(Malformation) -> ScannedText {
        guard byte == UInt8(ascii: "\"") else { throw fault(.expectedString) }
        let start = position &+ 1
        let end = view.identifierEnd(from: start)
        if view[end] == UInt8(ascii: "\"") {
            position = end &+ 1
            return ScannedText(TextRange(offset: start, length: end &- start), isPlain: true)
        }
        return ScannedText(try longString(from: start, plainTo: end, &decoded), isPlain: false)
    }

    /// The same for strings that hold more than identifiers may.
    @inline(never)
    private mutating func longString(
        from start: Int, plainTo: Int, _ decoded: inout [UInt8]
    ) throws(Malformation) -> TextRange {
        let mark = decoded.count
        var copied = start
        var isEscaped = false
        position = plainTo
        while position < view.count {
            switch byte {
            case UInt8(ascii: "\""):
                let end = position
                position += 1
                guard isEscaped else { return TextRange(offset: start, length: end - start) }
                append(copied..<end, to: &decoded)
                return TextRange(offset: view.count + mark, length: decoded.count - mark)
            case UInt8(ascii: "\\"):
                append(copied..<position, to: &decoded)
                isEscaped = true
                try escape(&decoded)
                copied = position
            case 0x00..<0x20: throw fault(.controlCharacter)
            case 0x20..<0x80: position += 1
            default:
                let length = view.characterLength(at: position)
                guard length > 0 else { throw fault(.encoding) }
                position += length
            }
        }
        throw fault(.ended)
    }

    private func append(_ range: Range<Int>, to decoded: inout [UInt8]) {
        decoded.append(
            contentsOf: UnsafeRawBufferPointer(start: view.base + range.lowerBound, count: range.count))
    }

    /// An escape, position at its backslash.
    private mutating func escape(_ decoded: inout [UInt8]) throws(Malformation) {
        let start = position
        position += 2
        switch view[start + 1] {
        case UInt8(ascii: "\""): decoded.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): decoded.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): decoded.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): decoded.append(contentsOf: UTF8.encode(try scalar())!)
        default: throw Malformation(.escape, at: start)
        }
    }

    /// The character of one `\u` escape or of a pair of them, position behind the first `\u`.
    private mutating func scalar() throws(Malformation) -> Unicode.Scalar {
        let start = position - 2
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, byte == UInt8(ascii: "\\"), view[position + 1] == UInt8(ascii: "u") else {
            throw Malformation(.surrogate, at: start)
        }
        position += 2
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw Malformation(.surrogate, at: start) }
        return scalar
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit() throws(Malformation) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault(.escape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
