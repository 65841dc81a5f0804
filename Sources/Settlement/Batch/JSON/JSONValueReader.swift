/// Reads whole JSON values by descent, to a bounded depth.
struct JSONValueReader {
    private var cursor: JSONCursor
    private var text: BatchText

    init(_ view: ByteView) {
        cursor = JSONCursor(view)
        text = BatchText(view: view)
    }

    /// The one value that fills the bytes.
    mutating func whole() throws(Malformation) -> JSONValue {
        cursor.skipSpace()
        let value = try value(depth: 0)
        cursor.skipSpace()
        guard cursor.position == cursor.view.count else { throw cursor.fault(.textAfterValue) }
        return value
    }

    private mutating func value(depth: Int) throws(Malformation) -> JSONValue {
        switch cursor.byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw cursor.fault(.expectedValue)
        }
    }

    private mutating func object(depth: Int) throws(Malformation) -> JSONValue {
        var members: [JSONValue.Member] = []
        var names: Set<[UInt8]> = []
        try enter(depth)
        if cursor.take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            cursor.skipSpace()
            let start = cursor.position
            guard cursor.byte == UInt8(ascii: "\"") else { throw cursor.fault(.expectedName) }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw Malformation(.repeatedMember, at: start)
            }
            cursor.skipSpace()
            guard cursor.take(UInt8(ascii: ":")) else { throw cursor.fault(.expectedColon) }
            cursor.skipSpace()
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
        } while try goesOn(until: UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Malformation) -> JSONValue {
        var values: [JSONValue] = []
        try enter(depth)
        if cursor.take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            cursor.skipSpace()
            values.append(try value(depth: depth + 1))
        } while try goesOn(until: UInt8(ascii: "]"))
        return .array(values)
    }

    /// Passes over an opening bracket and the space behind it.
    private mutating func enter(_ depth: Int) throws(Malformation) {
        guard depth < JSONValue.maximumDepth else { throw cursor.fault(.tooDeep) }
        cursor.position += 1
        cursor.skipSpace()
    }

    /// Passes over a comma, or the closing bracket: then false.
    private mutating func goesOn(until close: UInt8) throws(Malformation) -> Bool {
        cursor.skipSpace()
        if cursor.take(UInt8(ascii: ",")) { return true }
        guard cursor.take(close) else { throw cursor.fault(.expectedCommaOrClose) }
        return false
    }

    private mutating func string() throws(Malformation) -> String {
        let range = try cursor.string(&text.decoded).range
        defer { text.decoded.removeAll(keepingCapacity: true) }
        return text.string(range)
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(Malformation) -> JSONValue
    {
        for index in 0..<word.utf8CodeUnitCount {
            guard cursor.take(word.utf8Start[index]) else { throw cursor.fault(.expectedValue) }
        }
        return value
    }

    private mutating func number() throws(Malformation) -> JSONValue {
        let start = cursor.position
        guard let end = cursor.view.numberEnd(from: start) else { throw Malformation(.number, at: start) }
        cursor.position = end
        return .number(text.string(TextRange(offset: start, length: end - start)))
    }
}
