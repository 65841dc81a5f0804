/// Reads a batch in NDJSON: the header object on the first line, a record object on each further one.
///
/// A line ends with LF or CRLF, the last may lack it. Names and texts may be written with escapes and mean
/// the same. No byte order mark.
struct NDJSONReader: BatchReader {
    private(set) var line: Int
    private(set) var text: BatchText
    private var cursor: JSONCursor

    /// Of what stands behind so many lines that were read already.
    init(_ view: ByteView, line: Int = 0) {
        self.line = line
        text = BatchText(view: view)
        cursor = JSONCursor(view)
    }

    @inline(__always)
    mutating func readRecord(_ record: inout ScannedRecord) throws(Malformation) -> Bool {
        guard cursor.position < cursor.view.count else { return false }
        line &+= 1
        record.begin(line: line)
        let start = cursor.position
        if try openLine() {
            repeat {
                let (name, offset) = try memberName()
                guard let field = text.withBytes(name, { RecordField($0) }) else {
                    throw unknown(name, RecordField.names)
                }
                try record.note(field, at: offset)
                if let bounds = ScannedRecord.bounds(of: field) {
                    record.set(field, number: try integer(bounds, field.name))
                } else {
                    try record.set(field, text: try string(field.name), in: text)
                }
            } while try goesOn()
        }
        try closeLine()
        try record.finish(at: start)
        return true
    }

    mutating func readHeader() throws(Malformation) -> BatchHeader {
        line = 1
        guard cursor.view.count > 0 else { throw Malformation(.emptyText, at: 0) }
        var draft = HeaderDraft()
        if try openLine() {
            repeat {
                let (name, offset) = try memberName()
                guard let field = HeaderField.allCases.first(where: { text.matches(name, $0.name) }) else {
                    throw unknown(name, HeaderField.names)
                }
                try draft.note(field, at: offset)
                try readValue(of: field, into: &draft)
            } while try goesOn()
        }
        try closeLine()
        return try draft.finish()
    }

    private mutating func readValue(of field: HeaderField, into draft: inout HeaderDraft) throws(Malformation)
    {
        switch field {
        case .format, .merchant, .batch:
            try draft.set(field, text: try string(field.name.description).range, in: text)
        case .sequence, .records:
            guard let bounds = field.bounds else { preconditionFailure("\(field.name) has bounds") }
            draft.set(field, number: try integer(bounds, field.name.description))
        case .totals: try readTotals(into: &draft)
        case .strict: draft.set(strict: try boolean("strict"))
        }
    }

    private mutating func readTotals(into draft: inout HeaderDraft) throws(Malformation) {
        guard cursor.take(UInt8(ascii: "{")) else { throw cursor.fault(.expectedObject).named("totals") }
        cursor.skipBlanks()
        if cursor.take(UInt8(ascii: "}")) { return }
        repeat {
            let (name, offset) = try memberName()
            guard let type = text.withBytes(name, { RecordType($0) }) else {
                throw Malformation(.unknownMember(known: RecordType.names), at: offset, field: "totals")
            }
            let points = try integer(HeaderField.totalBounds, "totals.\(type.name)")
            try draft.set(totalOf: type, points, at: offset)
        } while try goesOn()
    }
}

extension NDJSONReader {
    /// Passes over the opening bracket of a line's object; false if it is closed at once.
    @inline(__always)
    private mutating func openLine() throws(Malformation) -> Bool {
        cursor.skipBlanks()
        guard cursor.take(UInt8(ascii: "{")) else {
            let isEmpty = cursor.byte == 0x0A || cursor.position >= cursor.view.count
            throw Malformation(isEmpty ? .emptyLine : .expectedObject, at: cursor.position)
        }
        cursor.skipBlanks()
        return !cursor.take(UInt8(ascii: "}"))
    }

    /// Passes over a member's name, its colon and the space around it.
    @inline(__always)
    private mutating func memberName() throws(Malformation) -> (TextRange, offset: Int) {
        cursor.skipBlanks()
        let offset = cursor.position
        guard cursor.byte == UInt8(ascii: "\"") else { throw cursor.fault(.expectedName) }
        let name = try cursor.string(&text.decoded).range
        cursor.skipBlanks()
        guard cursor.take(UInt8(ascii: ":")) else { throw cursor.fault(.expectedColon) }
        cursor.skipBlanks()
        return (name, offset)
    }

    /// Passes over the comma before another member, or over the object's end: then false.
    @inline(__always)
    private mutating func goesOn() throws(Malformation) -> Bool {
        cursor.skipBlanks()
        if cursor.take(UInt8(ascii: ",")) { return true }
        guard cursor.take(UInt8(ascii: "}")) else { throw cursor.fault(.expectedCommaOrClose) }
        return false
    }

    /// Passes over the end of a line or of the bytes.
    @inline(__always)
    private mutating func closeLine() throws(Malformation) {
        cursor.skipBlanks()
        if cursor.take(0x0A) { return }
        guard cursor.position >= cursor.view.count else { throw cursor.fault(.textAfterValue) }
    }

    @inline(__always)
    private mutating func string(_ field: String) throws(Malformation) -> ScannedText {
        do throws(Malformation) { return try cursor.string(&text.decoded) } catch { throw error.named(field) }
    }

    @inline(__always)
    private mutating func integer(
        _ bounds: ClosedRange<Int64>, _ field: String
    ) throws(Malformation) -> Int64 {
        do throws(Malformation) {
            let (value, end) = try cursor.view.integer(at: cursor.position, within: bounds)
            cursor.position = end
            return value
        } catch {
            throw error.named(field)
        }
    }

    private mutating func boolean(_ field: String) throws(Malformation) -> Bool {
        for (word, value) in [("true", true), ("false", false)] {
            let end = cursor.position + word.utf8.count
            let range = TextRange(offset: cursor.position, length: word.utf8.count)
            guard end <= cursor.view.count, text.string(range) == word else { continue }
            cursor.position = end
            return value
        }
        throw cursor.fault(.expectedBoolean).named(field)
    }

    /// The refusal of a name that nobody knows. It is told if it looks like one: letters, no digits, not
    /// long.
    private func unknown(_ name: TextRange, _ known: String) -> Malformation {
        Malformation(.unknownMember(known: known), at: name.start, field: text.telling(name))
    }
}
