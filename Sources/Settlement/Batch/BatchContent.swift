/// A record and where it stands in its batch.
public struct BatchRecord: Hashable, Sendable {
    /// 1-based line of the batch's bytes (in CSV, the line on which the row begins).
    public let line: Int
    public let record: Record

    public init(line: Int, record: Record) {
        self.line = line
        self.record = record
    }
}

/// What the bytes of a batch say, whoever signed them: well-formed, every member within its bounds.
/// Whether its count and totals are right is not looked at here. Rulebook §3.
public struct BatchContent: Hashable, Sendable {
    public let header: BatchHeader
    /// In the order of the bytes.
    public let records: [BatchRecord]

    public init(header: BatchHeader, records: [BatchRecord]) {
        self.header = header
        self.records = records
    }

    /// Reads a whole batch. Throws `malformed` at the first line that is, with the field and the reason;
    /// `too_large` beyond 2^31 − 1 bytes.
    public init(parsing bytes: [UInt8], form: BatchForm) throws(BatchRefusal) {
        var records: [BatchRecord] = []
        header = try Self.scan(bytes, form: form) { header in
            records.reserveCapacity(Self.likelyCount(header, bytes))
        } record: { scanned, text in
            records.append(BatchRecord(line: scanned.line, record: scanned.record(in: text)))
        }
        self.records = records
    }

    /// How many records there may be. What a header announces is only its word; a record takes at least 50
    /// bytes of JSON, 30 of CSV.
    static func likelyCount(_ header: BatchHeader, _ bytes: [UInt8]) -> Int {
        min(Int(header.records), bytes.count / 30)
    }

    /// Reads a whole batch without keeping it: the header goes to `header`, each record to `record`, and in
    /// the end the texts that had to be decoded to `decoded`.
    @inline(__always)
    static func scan(
        _ bytes: [UInt8], form: BatchForm, header: (BatchHeader) -> Void,
        record: (ScannedRecord, BatchText) -> Void, decoded: ([UInt8]) -> Void = { _ in }
    ) throws(BatchRefusal) -> BatchHeader {
        guard bytes.count <= BatchText.maximumBytes else {
            throw BatchRefusal(
                .tooLarge,
                reason: "the batch has \(bytes.count) bytes, at most \(BatchText.maximumBytes) are read",
                expected: "at most \(BatchText.maximumBytes) bytes", found: "\(bytes.count) bytes")
        }
        return try bytes.withUnsafeBufferPointer { buffer throws(BatchRefusal) in
            guard let base = buffer.baseAddress else {
                throw BatchRefusal.empty
            }
            let view = ByteView(base: UnsafeRawPointer(base), count: buffer.count)
            switch form {
            case .ndjson:
                var reader = NDJSONReader(view)
                return try read(&reader, header: header, record: record, decoded: decoded)
            case .csv:
                var reader = CSVBatchReader(view)
                return try read(&reader, header: header, record: record, decoded: decoded)
            }
        }
    }

    @inline(__always)
    private static func read<Reader: BatchReader>(
        _ reader: inout Reader, header: (BatchHeader) -> Void, record: (ScannedRecord, BatchText) -> Void,
        decoded: ([UInt8]) -> Void
    ) throws(BatchRefusal) -> BatchHeader {
        do throws(Malformation) {
            let found = try reader.readHeader()
            header(found)
            var scanned = ScannedRecord()
            while try reader.readRecord(&scanned) { record(scanned, reader.text) }
            decoded(reader.text.decoded)
            return found
        } catch {
            throw BatchRefusal(error, line: reader.line, in: reader.text.view)
        }
    }

    /// Reads a whole batch without keeping it: each record goes to `body`, in the order of the bytes. Throws as
    /// `init(parsing:form:)` does, after the records before the fault.
    public static func forEach(
        in bytes: [UInt8], form: BatchForm, _ body: (BatchRecord) -> Void
    ) throws(BatchRefusal) {
        _ = try scan(bytes, form: form) { _ in
        } record: { scanned, text in
            body(BatchRecord(line: scanned.line, record: scanned.record(in: text)))
        }
    }

    /// Reads a whole batch and forgets it: how many records it has, and the sum of their points. For
    /// measuring the scanners by themselves.
    public static func measure(_ bytes: [UInt8], form: BatchForm) throws(BatchRefusal) -> (
        records: Int, points: Int64
    ) {
        var records = 0
        var points: Int64 = 0
        _ = try scan(bytes, form: form) { _ in
        } record: { scanned, _ in
            records += 1
            points += scanned.recordPoints
        }
        return (records, points)
    }
}

extension BatchRefusal {
    /// The refusal `malformed` of a batch in this line; `text` is what was read.
    init(_ malformation: Malformation, line: Int, in text: ByteView) {
        self.init(
            .malformed, line: line, field: malformation.field, reason: malformation.reason,
            expected: malformation.fault.expected, found: malformation.found(in: text))
    }

    /// The refusal `malformed` of no bytes at all.
    static var empty: BatchRefusal {
        BatchRefusal(
            .malformed, line: 1, reason: Fault.emptyText.sentence, expected: Fault.emptyText.expected,
            found: "nothing")
    }
}

/// What reads a batch in one of its forms.
protocol BatchReader {
    /// 1-based: the line of what was read last or, after a throw, of the fault.
    var line: Int { get }
    /// Where the texts of the records stand.
    var text: BatchText { get }

    /// Reads what comes before the records; called once, first.
    mutating func readHeader() throws(Malformation) -> BatchHeader
    /// Reads the next record; false at the end of the bytes.
    mutating func readRecord(_ record: inout ScannedRecord) throws(Malformation) -> Bool
}
