/// Writes canonical JSON: UTF-8, members in the order of the calls, no space, integers only; only `"`, `\`
/// and U+0000–001F are escaped, the latter as `\u00xx` in lowercase; no final newline. Rulebook §7.
public struct CanonicalJSON: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    /// With room for so many bytes.
    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// An object; `members` writes them with `member`.
    public mutating func object(_ members: (inout CanonicalJSON) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// An array with one value for each of `elements`.
    public mutating func array<Elements: Sequence>(
        _ elements: Elements, _ value: (inout CanonicalJSON, Elements.Element) -> Void
    ) {
        open(UInt8(ascii: "["))
        for element in elements { value(&self, element) }
        close(UInt8(ascii: "]"))
    }

    public mutating func integer(_ value: Int64) { scalar("\(value)".utf8) }
    public mutating func null() { scalar("null".utf8) }
    public mutating func boolean(_ value: Bool) { scalar((value ? "true" : "false").utf8) }

    public mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// The name of a member; its value follows.
    public mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    /// A string, or `null`.
    public mutating func member(_ name: String, orNull value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }

    /// Left out when nil.
    public mutating func member(_ name: String, ifPresent value: String?) {
        if let value { member(name, value) }
    }

    /// Left out when nil.
    public mutating func member(_ name: String, ifPresent value: Int64?) {
        if let value { member(name, value) }
    }

    /// A member that is an object.
    public mutating func member(_ name: String, _ members: (inout CanonicalJSON) -> Void) {
        self.name(name)
        object(members)
    }

    public mutating func member<Elements: Sequence>(
        _ name: String, array elements: Elements,
        _ value: (inout CanonicalJSON, Elements.Element) -> Void
    ) {
        self.name(name)
        array(elements, value)
    }

    /// A member whose value is canonical JSON already.
    public mutating func member(_ name: String, canonical value: [UInt8]) {
        self.name(name)
        scalar(value)
    }

    private mutating func scalar(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in
            // Hardly any text has a byte to escape: it is copied whole.
            if text.contains(where: Self.isEscaped) {
                for byte in text { write(byte) }
            } else {
                bytes.append(contentsOf: text)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func write(_ byte: UInt8) {
        guard Self.isEscaped(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        guard byte < 0x20 else { return bytes.append(byte) }
        bytes.append(contentsOf: "u00".utf8)
        for digit in [byte >> 4, byte & 15] {
            bytes.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }
}
