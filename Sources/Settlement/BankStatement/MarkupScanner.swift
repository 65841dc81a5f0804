/// The tokens of XML, from bytes that are UTF-8.
struct MarkupScanner {
    private let bytes: [UInt8]
    private var place = 0
    /// Lines' ends before a place, which is no later than this one.
    private var counted = (lines: 0, place: 0)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }
    /// 1-based.
    var line: Int { 1 + counted.lines + bytes[counted.place..<place].count { $0 == UInt8(ascii: "\n") } }

    /// The line, and remembers it: a document of many elements is not counted anew for each.
    mutating func countLine() -> Int {
        counted = (line - 1, place)
        return counted.lines + 1
    }

    func malformed(_ expected: String) -> BankRefusal {
        BankRefusal(.statementMalformed, line: line, "expected \(expected), found another text, or the end")
    }

    // MARK: Steps

    func begins(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    mutating func skip(_ count: Int) { place += count }

    /// Goes behind the bytes, if they stand here.
    mutating func skip(_ expected: [UInt8]) {
        if bytes[place...].starts(with: expected) { place += expected.count }
    }

    mutating func skip(_ text: StaticString) -> Bool {
        guard begins(text) else { return false }
        place += text.utf8CodeUnitCount
        return true
    }

    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = place
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
        return place > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// The text up to a mark, and goes behind that.
    private mutating func text(until mark: StaticString, of what: String) throws(BankRefusal) -> String {
        let start = place
        while !isAtEnd, !begins(mark) { place += 1 }
        guard !isAtEnd else {
            place = start
            throw malformed("the end of \(what)")
        }
        let text = try written(bytes[start..<place])
        place += mark.utf8CodeUnitCount
        return text
    }

    /// Characters that XML has; the ends of lines as one.
    private func written(_ bytes: ArraySlice<UInt8>) throws(BankRefusal) -> String {
        guard bytes.allSatisfy({ $0 >= 0x20 || Self.isSpace($0) }) else {
            throw malformed("characters of XML")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ $0.value & ~1 != 0xFFFE }) else {
            throw malformed("characters of XML")
        }
        guard bytes.contains(0x0D) else { return text }
        return String(text.map { $0 == "\r\n" || $0 == "\r" ? "\n" : $0 })
    }

    /// The same; white space in an attribute's value is a space.
    private func plain(_ bytes: ArraySlice<UInt8>, isValue: Bool) throws(BankRefusal) -> String {
        let text = try written(bytes)
        return isValue ? String(text.map { $0 == "\n" || $0 == "\t" ? " " : $0 }) : text
    }

    // MARK: Tokens

    /// Whether a comment stood here.
    mutating func comment() throws(BankRefusal) -> Bool {
        guard skip("<!--") else { return false }
        _ = try text(until: "--", of: "a comment")
        guard skip(">") else { throw malformed("the end of a comment") }
        return true
    }

    /// What stands in an instruction, if one is here.
    mutating func instruction() throws(BankRefusal) -> String? {
        guard skip("<?") else { return nil }
        return try text(until: "?>", of: "an instruction")
    }

    /// A section of characters that mean nothing else, if one is here.
    mutating func section() throws(BankRefusal) -> String? {
        guard skip("<![CDATA[") else { return nil }
        return try text(until: "]]>", of: "a section of characters")
    }

    /// Letters, digits and `_ - . :` of ASCII, as all names of a bank's messages are.
    mutating func name() throws(BankRefusal) -> String {
        let start = place
        while place < bytes.count, Self.isOfName(bytes[place], isFirst: place == start) { place += 1 }
        guard place > start else { throw malformed("a name") }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private static func isOfName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
            !isFirst
        default: false
        }
    }

    /// Those of a tag, up to its end. Each stands once. Throws `statement_too_large` beyond `most`.
    mutating func attributes(most: Int) throws(BankRefusal) -> [String: String] {
        var attributes: [String: String] = [:]
        while skipSpace(), !isAtEnd, !begins(">"), !begins("/>") {
            guard attributes.count < most else {
                throw BankRefusal(
                    .statementTooLarge, line: line,
                    "expected at most \(most) attributes of an element, found more")
            }
            let name = try name()
            skipSpace()
            guard skip("=") else { throw malformed("= behind \(name)") }
            skipSpace()
            guard begins("\"") || begins("'") else { throw malformed("a value in quotes of \(name)") }
            let quote = bytes[place]
            place += 1
            let value = try characters(until: quote)
            guard place < bytes.count, bytes[place] == quote else {
                throw malformed("the end of the value of \(name)")
            }
            place += 1
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw malformed("\(name) once")
            }
        }
        return attributes
    }

    /// Characters up to the next tag, or to a quote.
    mutating func characters(until quote: UInt8? = nil) throws(BankRefusal) -> String {
        var text = ""
        var start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "<"), bytes[place] != quote {
            if bytes[place] == UInt8(ascii: "&") {
                text += try plain(bytes[start..<place], isValue: quote != nil)
                text.unicodeScalars.append(try reference())
                start = place
                continue
            }
            if quote == nil, bytes[place] == UInt8(ascii: "]"), begins("]]>") {
                throw malformed("no ]]> in a text")
            }
            place += 1
        }
        return text + (try plain(bytes[start..<place], isValue: quote != nil))
    }

    /// `&lt;` and the other four, `&#65;`, `&#x41;`.
    private mutating func reference() throws(BankRefusal) -> Unicode.Scalar {
        place += 1
        let start = place
        while place < bytes.count, place - start < 10, bytes[place] != UInt8(ascii: ";") { place += 1 }
        let name = String(decoding: bytes[start..<place], as: UTF8.self)
        let known: [String: Unicode.Scalar] = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        let digits = name.hasPrefix("#x") ? (name.dropFirst(2), 16) : (name.dropFirst(1), 10)
        let number =
            name.hasPrefix("#") && digits.0.allSatisfy(\.isHexDigit)
            ? UInt32(digits.0, radix: digits.1).flatMap(Unicode.Scalar.init) : nil
        guard let scalar = known[name] ?? number,
            scalar.value >= 0x20 || Self.isSpace(UInt8(scalar.value)), scalar.value & ~1 != 0xFFFE
        else {
            place = start
            throw malformed("one of &lt; &gt; &amp; &quot; &apos; or a character's number")
        }
        guard skip(";") else { throw malformed("; behind &\(name)") }
        return scalar
    }
}
