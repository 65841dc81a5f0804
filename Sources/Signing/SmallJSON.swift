/// The little JSON that signature headers and key files are made of: ASCII, shallow, short, no member twice.
/// An escape is read for what it stands for, as long as that is ASCII too.
enum SmallJSON: Hashable {
    case string(String)
    case boolean(Bool)
    case null
    /// As written; nothing here needs its value.
    case number
    case array([SmallJSON])
    case object([Member])

    struct Member: Hashable {
        let name: String
        let value: SmallJSON
    }

    /// Parses the whole text; nil if it is not JSON, or not of this little kind.
    init?(_ text: [UInt8]) {
        var reader = JSONReader(text)
        guard let value = reader.value(depth: 0), reader.isAtEnd() else { return nil }
        self = value
    }

    subscript(name: String) -> SmallJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }
}

/// One pass over the bytes; every function is nil on what is no JSON.
private struct JSONReader {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    private static let deepest = 8

    mutating func isAtEnd() -> Bool {
        skipSpace()
        return position == text.count
    }

    mutating func value(depth: Int) -> SmallJSON? {
        skipSpace()
        guard depth < Self.deepest, position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number() ? .number : nil
        }
    }

    private mutating func object(depth: Int) -> SmallJSON? {
        var members: [SmallJSON.Member] = []
        position += 1
        if takeAfterSpace("}") { return .object(members) }
        repeat {
            skipSpace()
            guard position < text.count, text[position] == UInt8(ascii: "\""), let name = string(),
                !members.contains(where: { $0.name == name }), takeAfterSpace(":"),
                let value = value(depth: depth + 1)
            else { return nil }
            members.append(SmallJSON.Member(name: name, value: value))
        } while takeAfterSpace(",")
        return takeAfterSpace("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> SmallJSON? {
        var elements: [SmallJSON] = []
        position += 1
        if takeAfterSpace("]") { return .array(elements) }
        repeat {
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
        } while takeAfterSpace(",")
        return takeAfterSpace("]") ? .array(elements) : nil
    }

    private mutating func string() -> String? {
        var scalars: [UInt8] = []
        position += 1
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: scalars, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                scalars.append(escaped)
            case 0x20...0x7e: scalars.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func escape() -> UInt8? {
        guard position < text.count else { return nil }
        position += 1
        switch text[position - 1] {
        case UInt8(ascii: "\""): return UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "/"): return UInt8(ascii: "/")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return unicodeEscape()
        default: return nil
        }
    }

    private mutating func unicodeEscape() -> UInt8? {
        guard position + 4 <= text.count else { return nil }
        defer { position += 4 }
        var scalar = 0
        for byte in text[position..<position + 4] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            scalar = scalar * 16 + digit
        }
        return scalar < 0x80 ? UInt8(scalar) : nil
    }

    /// `-`, an integer without leading zero, fraction, exponent.
    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || takeDigits() else { return false }
        if take("."), !takeDigits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return takeDigits()
        }
        return true
    }

    private mutating func takeDigits() -> Bool {
        let start = position
        while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
            position += 1
        }
        return position > start
    }

    private mutating func take(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard text[position...].starts(with: word) else { return false }
            position += word.count
            return true
        }
    }

    private mutating func takeAfterSpace(_ word: StaticString) -> Bool {
        skipSpace()
        return take(word)
    }

    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
    }
}
