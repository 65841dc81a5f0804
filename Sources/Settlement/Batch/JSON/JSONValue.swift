import Signing

/// A whole JSON value (RFC 8259), read strictly: for receipts, key files and the like. Batches have a reader
/// of their own.
public indirect enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    /// The number as it was written: nothing is rounded.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; no name stands twice.
    case object([Member])

    public struct Member: Sendable {
        public let name: String
        public let value: JSONValue
    }

    /// Arrays and objects nested deeper than this are refused.
    public static let maximumDepth = 64

    /// Reads one value that fills the bytes, white space around it apart.
    ///
    /// Throws where the bytes are not JSON or not UTF-8, a surrogate stands alone, a name is given twice in
    /// one object, or values nest deeper than `maximumDepth`. A byte order mark is refused.
    public init(parsing bytes: [UInt8]) throws(Malformation) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(Malformation) in
            guard let base = buffer.baseAddress, buffer.count <= BatchText.maximumBytes else {
                throw Malformation(.ended, at: 0)
            }
            var reader = JSONValueReader(ByteView(base: base, count: buffer.count))
            return try reader.whole()
        }
    }
}

extension JSONValue {
    /// The value of a member; nil if this is no object or has none of that name. Names are compared byte for
    /// byte, so that composed and decomposed letters differ.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The names of an object's members in the order of the text; nil if this is no object.
    public var names: [String]? {
        guard case .object(let members) = self else { return nil }
        return members.map(\.name)
    }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    public var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    public var array: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    public var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }

    /// A number written as an integer that 64 bits hold: no point, no exponent, no minus zero.
    public var integer: Int64? {
        guard case .number(let text) = self, text != "-0", let value = Int64(text) else { return nil }
        return value
    }

    /// It in a few words, as much of a text as tells what was meant.
    var told: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): PlainText.excerpt(text)
        case .string(let text): PlainText.quoted(text)
        case .array(let values): PlainText.array(of: values.count)
        case .object: "an object"
        }
    }
}
