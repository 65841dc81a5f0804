/// A record refused alone: where it stands in its batch, and why.
public struct RefusedRecord: Hashable, Sendable {
    /// 1-based line of the batch's bytes (in CSV, the line on which the row begins).
    public let line: Int
    public let id: RecordID
    public let code: RecordRefusalCode

    public init(line: Int, id: RecordID, code: RecordRefusalCode) {
        self.line = line
        self.id = id
        self.code = code
    }
}

/// Refused records, closely packed: a batch may have a million of them.
public struct RefusedRecords: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
    private struct Entry: Hashable {
        let line: UInt32
        /// Where its id ends among all of them.
        let end: UInt32
        let code: RecordRefusalCode
    }

    private var entries: [Entry] = []
    private var ids: [UInt8] = []
    private var isSorted = true

    public init() {}

    public init(arrayLiteral elements: RefusedRecord...) { self.init(elements) }

    public init(_ records: some Sequence<RefusedRecord>) {
        for record in records { append(record) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }
    /// Bytes of all their ids.
    public var idBytes: Int { ids.count }

    public subscript(position: Int) -> RefusedRecord {
        let (entry, start) = (entries[position], position == 0 ? 0 : Int(entries[position - 1].end))
        let id = String(decoding: ids[start..<Int(entry.end)], as: UTF8.self)
        return RefusedRecord(line: Int(entry.line), id: RecordID(verified: id), code: entry.code)
    }

    public mutating func append(_ record: RefusedRecord) {
        append(line: record.line, id: record.id.text.utf8, code: record.code)
    }

    /// `id` are the bytes of a record's id.
    public mutating func append(line: Int, id: some Collection<UInt8>, code: RecordRefusalCode) {
        ids.append(contentsOf: id)
        isSorted = isSorted && (entries.last?.line ?? 0) <= line
        entries.append(Entry(line: UInt32(line), end: UInt32(ids.count), code: code))
    }

    /// By line, ascending.
    public var inOrder: RefusedRecords {
        isSorted ? self : RefusedRecords(self.sorted { $0.line < $1.line })
    }
}
