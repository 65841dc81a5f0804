/// Finds where rows of a batch end in bytes that come piece by piece: at every line end, in CSV only outside of
/// quotes. What is malformed may be cut anywhere: whoever reads the rows finds that out.
struct RowCutter {
    private enum Place {
        case cellStart, plain, quoted
        /// Behind a quote inside of quotes: the end of the cell, or half of a doubled one.
        case closing
    }

    private let form: BatchForm
    private var place = Place.cellStart
    private var offset = 0

    init(_ form: BatchForm) { self.form = form }

    /// How many rows end in the next bytes, and behind which of them the last one does; nil: none.
    mutating func ends(in bytes: [UInt8]) -> (rows: Int, last: Int?) {
        var rows = 0
        var last: Int?
        for (index, byte) in bytes.enumerated() where endsRow(byte) {
            rows += 1
            last = index + 1
        }
        return (rows, last)
    }

    @inline(__always)
    private mutating func endsRow(_ byte: UInt8) -> Bool {
        guard form == .csv else { return byte == 0x0A }
        defer { offset += 1 }
        switch (place, byte) {
        case (.quoted, UInt8(ascii: "\"")): place = .closing
        case (.quoted, _): break
        case (.closing, UInt8(ascii: "\"")), (.cellStart, UInt8(ascii: "\"")): place = .quoted
        case (_, UInt8(ascii: ",")): place = .cellStart
        case (_, 0x0A):
            place = .cellStart
            return true
        case (.cellStart, 0xEF) where offset == 0, (.cellStart, 0xBB) where offset == 1,
            (.cellStart, 0xBF) where offset == 2:
            // A byte order mark stands before the first cell.
            break
        default: place = .plain
        }
        return false
    }
}
