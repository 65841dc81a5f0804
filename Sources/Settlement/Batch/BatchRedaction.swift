/// Puts pseudonyms in the place of members, in the very bytes of a batch.
public enum BatchRedaction {
    /// The bytes with a pseudonym wherever a record names that member; nil: none does. Throws as the other one.
    public static func redacted(
        _ bytes: [UInt8], form: BatchForm, _ member: MemberID, as pseudonym: MemberID
    ) throws(BatchRefusal) -> [UInt8]? {
        let name = Array(member.text.utf8)
        return try redacted(bytes, form: form) { $0.elementsEqual(name) ? pseudonym : nil }?.bytes
    }

    /// The bytes with another id wherever `pseudonym` gives one for a record's member, and how many records that are;
    /// nil: it gave none. Everything else stays byte for byte, the same text in another field too.
    ///
    /// Throws `malformed` and `too_large` as `BatchContent` does.
    public static func redacted(
        _ bytes: [UInt8], form: BatchForm, _ pseudonym: (UnsafeRawBufferPointer) -> MemberID?
    ) throws(BatchRefusal) -> (bytes: [UInt8], lines: Int)? {
        var redacted: [UInt8] = []
        var places = MemberPlaces()
        var (copied, lines) = (0, 0)
        _ = try BatchContent.scan(bytes, form: form) { _ in
        } record: { record, text in
            guard let other = text.withBytes(record.member, { pseudonym($0.buffer) }) else { return }
            let place = places.member(of: record, in: text.view)
            if lines == 0 { redacted.reserveCapacity(mostBytes(of: bytes, with: other)) }
            redacted.append(contentsOf: text.view.buffer[copied..<place.lowerBound])
            other.withBytes { redacted.append(contentsOf: $0) }
            copied = place.upperBound
            lines += 1
        }
        guard lines > 0 else { return nil }
        redacted.append(contentsOf: bytes[copied...])
        return (redacted, lines)
    }

    /// How long it can become, with that id on each line. Room that nothing is written to takes no memory; were there too
    /// little, growing would have the whole of it stand there three times.
    private static func mostBytes(of bytes: [UInt8], with id: MemberID) -> Int {
        var lines = 1
        for byte in bytes where byte == 0x0A { lines += 1 }
        return bytes.count + lines * id.withBytes { $0.count }
    }
}

/// Finds where records' members are written, of one record after another. Only what was written with escapes has to be
/// looked for: its text stands elsewhere by then.
private struct MemberPlaces {
    private var line = 1
    private var start = 0

    /// The bytes that mean the member, without quotes around them.
    mutating func member(of record: ScannedRecord, in view: ByteView) -> Range<Int> {
        let range = record.member
        // No id has as much as a quote that CSV would double: there it always stands as it is.
        if range.start < view.count { return range.start..<range.end }
        // And no line of NDJSON ends inside a text.
        while line < record.line {
            precondition(start < view.count, "a record stands on a line of its batch")
            if view[start] == 0x0A { line += 1 }
            start += 1
        }
        return Self.member(ofLineAt: start, in: view)
    }

    private static func member(ofLineAt start: Int, in view: ByteView) -> Range<Int> {
        do throws(Malformation) {
            return try member(of: JSONCursor(view, at: start), BatchText(view: view))
        } catch {
            preconditionFailure("a line that was read can be read again: \(error.reason)")
        }
    }

    private static func member(
        of line: JSONCursor, _ lineText: BatchText
    ) throws(Malformation) -> Range<Int> {
        var (cursor, text) = (line, lineText)
        cursor.skipBlanks()
        guard cursor.take(UInt8(ascii: "{")) else { throw cursor.fault(.expectedObject) }
        repeat {
            cursor.skipBlanks()
            let name = try cursor.string(&text.decoded).range
            cursor.skipBlanks()
            guard cursor.take(UInt8(ascii: ":")) else { throw cursor.fault(.expectedColon) }
            cursor.skipBlanks()
            let start = cursor.position
            if cursor.byte == UInt8(ascii: "\"") {
                _ = try cursor.string(&text.decoded)
            } else {
                guard let end = cursor.view.numberEnd(from: start) else { throw cursor.fault(.number) }
                cursor.position = end
            }
            if text.matches(name, "member") { return start + 1..<cursor.position - 1 }
            cursor.skipBlanks()
        } while cursor.take(UInt8(ascii: ","))
        throw Malformation(.missing, at: cursor.position, field: "member")
    }
}
