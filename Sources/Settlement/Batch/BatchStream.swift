/// Reads a batch whose bytes come piece by piece, cut anywhere: no more of it is held than a piece and a row.
///
/// What it says of a batch, and of what is malformed, is what `BatchContent` says of the whole.
struct BatchStream {
    /// The header, once it is here.
    private(set) var header: BatchHeader?
    private let form: BatchForm
    private var cutter: RowCutter
    /// What came of rows that are not whole yet.
    private var pending: [UInt8] = []
    private var rows = 0
    private var standing = CSVBatchReader.Standing()

    /// The longest row that is taken.
    static let longestRow = 16 << 20

    init(_ form: BatchForm) {
        self.form = form
        cutter = RowCutter(form)
    }

    /// Takes the next bytes, the last ones with `isLast`. Throws `malformed`, and `too_large` for a row without end.
    mutating func take(
        _ bytes: [UInt8], isLast: Bool, record: (ScannedRecord, BatchText) -> Void
    ) throws(BatchRefusal) {
        let (ends, last) = cutter.ends(in: bytes)
        let end = isLast ? pending.count + bytes.count : last.map { pending.count + $0 } ?? 0
        pending.append(contentsOf: bytes)
        rows += ends
        // The header of CSV is two rows.
        if isLast || (end > 0 && rows >= (form == .csv ? 2 : 1)) {
            try read(Array(pending[..<end]), record)
            pending.removeSubrange(..<end)
        }
        guard pending.count <= Self.longestRow else {
            // If something else is wrong with it, that is said.
            try read(pending, record)
            throw BatchRefusal(
                .tooLarge, line: standing.line,
                reason: "the row is longer than the \(Self.longestRow) bytes that are read of one",
                expected: "at most \(Self.longestRow) bytes", found: "more")
        }
    }

    private mutating func read(
        _ bytes: [UInt8], _ record: (ScannedRecord, BatchText) -> Void
    ) throws(BatchRefusal) {
        if bytes.isEmpty, header != nil { return }
        try bytes.withUnsafeBufferPointer { buffer throws(BatchRefusal) in
            guard let base = buffer.baseAddress, buffer.count > 0 else {
                throw BatchRefusal.empty
            }
            let view = ByteView(base: UnsafeRawPointer(base), count: buffer.count)
            switch form {
            case .ndjson:
                var reader = NDJSONReader(view, line: standing.line)
                try read(&reader, record)
                standing.line = reader.line
            case .csv:
                var reader = CSVBatchReader(view, behind: standing)
                try read(&reader, record)
                standing = reader.standing
            }
        }
    }

    private mutating func read<Reader: BatchReader>(
        _ reader: inout Reader, _ record: (ScannedRecord, BatchText) -> Void
    ) throws(BatchRefusal) {
        do throws(Malformation) {
            if header == nil { header = try reader.readHeader() }
            var scanned = ScannedRecord()
            while try reader.readRecord(&scanned) { record(scanned, reader.text) }
        } catch {
            throw BatchRefusal(error, line: reader.line, in: reader.text.view)
        }
    }
}
