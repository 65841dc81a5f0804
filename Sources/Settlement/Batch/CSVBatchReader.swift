/// Reads a batch in CSV: a header row of `settled-batch/1` and `key=value` cells, a row of column names, then
/// a record a row. Rulebook §3.
///
/// The cells after the first and the columns stand in any order. An empty cell is absence, in the header row
/// too, which may be as short as it is or padded by a spreadsheet; quoting changes nothing. A batch of no
/// records may end after its header row.
struct CSVBatchReader: BatchReader {
    var line: Int { reader.line }
    let text: BatchText
    private var reader: CSVReader
    private var cells: [CSVCell] = []
    private var columns: [RecordField] = []

    init(_ view: ByteView) {
        text = BatchText(view: view)
        reader = CSVReader(view)
    }

    /// What rows behind those that were read have to know of them.
    struct Standing {
        /// Lines that were read.
        var line = 0
        fileprivate var columns: [RecordField] = []
    }

    /// Of what stands behind rows that were read already.
    init(_ view: ByteView, behind standing: Standing) {
        text = BatchText(view: view)
        columns = standing.columns
        reader = CSVReader(view, behind: standing.line)
        reader.width = columns.isEmpty ? nil : columns.count
    }

    var standing: Standing { Standing(line: reader.linesRead, columns: columns) }

    mutating func readHeader() throws(Malformation) -> BatchHeader {
        guard try reader.readRow(&cells), let first = cells.first else {
            throw Malformation(.emptyText, at: 0)
        }
        guard text.matches(first.text.range, "settled-batch/1") else {
            throw Malformation(.format, at: first.text.range.start, field: "format")
        }
        var draft = HeaderDraft()
        try draft.note(.format, at: 0)
        try draft.note(.totals, at: 0)
        for cell in cells.dropFirst() where cell.text.range.count > 0 { try readPair(cell, into: &draft) }
        let header = try draft.finish()
        try readColumns()
        return header
    }

    /// One `key=value` cell.
    private func readPair(_ cell: CSVCell, into draft: inout HeaderDraft) throws(Malformation) {
        let range = cell.text.range
        guard let equals = (range.start..<range.end).first(where: { text.view[$0] == UInt8(ascii: "=") })
        else {
            throw Malformation(.headerCell, at: range.start)
        }
        let key = TextRange(offset: range.start, length: equals - range.start)
        let value = TextRange(offset: equals + 1, length: range.end - equals - 1)
        if let field = HeaderField.allCases.first(where: { text.matches(key, $0.name) }), field != .totals {
            try draft.note(field, at: key.start)
            try read(field, value, into: &draft)
        } else if let type = RecordType.allCases.first(where: { text.string(key) == "totals.\($0.name)" }) {
            let points = try integer(value, HeaderField.totalBounds, text.string(key))
            try draft.set(totalOf: type, points, at: key.start)
        } else {
            let known = HeaderField.names.replacing("totals", with: "totals.TYPE")
            throw Malformation(.unknownMember(known: known), at: key.start, field: text.telling(key))
        }
    }

    private func read(
        _ field: HeaderField, _ value: TextRange, into draft: inout HeaderDraft
    ) throws(Malformation) {
        if let bounds = field.bounds {
            draft.set(field, number: try integer(value, bounds, field.name.description))
        } else if field == .strict {
            let isTrue = text.matches(value, "true")
            guard isTrue || text.matches(value, "false") else {
                throw Malformation(.expectedBoolean, at: value.start, field: "strict")
            }
            draft.set(strict: isTrue)
        } else {
            try draft.set(field, text: value, in: text)
        }
    }

    /// The row of column names; every column that each record needs must be there.
    private mutating func readColumns() throws(Malformation) {
        guard try reader.readRow(&cells) else { return }
        var given = RecordFields(rawValue: 0)
        for cell in cells {
            let range = cell.text.range
            guard let field = text.withBytes(range, { RecordField($0) }) else {
                throw Malformation(
                    .unknownMember(known: RecordField.names), at: range.start, field: text.telling(range))
            }
            guard given.isDisjoint(with: RecordFields(field)) else {
                throw Malformation(.repeatedField, at: range.start, field: field.name)
            }
            given.formUnion(RecordFields(field))
            columns.append(field)
        }
        if let missing = RecordFields.always.subtracting(given).first {
            throw Malformation(.missing, at: 0, field: missing.name)
        }
        reader.width = columns.count
    }

    @inline(__always)
    mutating func readRecord(_ record: inout ScannedRecord) throws(Malformation) -> Bool {
        guard try reader.readRow(&cells) else { return false }
        record.begin(line: reader.line)
        for index in 0..<columns.count {
            let scanned = cells[index].text
            guard scanned.range.count > 0 else { continue }
            let field = columns[index]
            try record.note(field, at: scanned.range.start)
            if let bounds = ScannedRecord.bounds(of: field) {
                record.set(field, number: try integer(scanned.range, bounds, field.name))
            } else {
                try record.set(field, text: scanned, in: text)
            }
        }
        try record.finish(at: cells[0].text.range.start)
        return true
    }

    /// A cell that is an integer from its first byte to its last.
    @inline(__always)
    private func integer(
        _ range: TextRange, _ bounds: ClosedRange<Int64>, _ field: String
    ) throws(Malformation) -> Int64 {
        do throws(Malformation) {
            let (value, end) = try text.view.integer(at: range.start, within: bounds)
            guard end == range.end else { throw Malformation(.expectedInteger, at: end) }
            return value
        } catch {
            throw error.named(field)
        }
    }
}
