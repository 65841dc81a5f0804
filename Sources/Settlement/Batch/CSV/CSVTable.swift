/// A whole CSV text as rows of cells, all of the first row's width. Read as strictly as batches are, and
/// taken apart further than they need: for small files such as bookings.
public struct CSVTable: Sendable {
    public struct Row: Sendable {
        /// 1-based line on which the row begins.
        public let line: Int
        public let cells: [String]
    }

    /// The first row among them; never empty.
    public let rows: [Row]

    /// Throws with the line on which the text departs from RFC 4180, or if there is no row at all.
    public init(parsing bytes: [UInt8]) throws(CSVRefusal) {
        rows = try bytes.withUnsafeBufferPointer { buffer throws(CSVRefusal) in
            guard let base = buffer.baseAddress, buffer.count <= BatchText.maximumBytes else {
                throw CSVRefusal(line: 1, malformation: Malformation(.ended, at: 0))
            }
            return try Self.rows(of: ByteView(base: UnsafeRawPointer(base), count: buffer.count))
        }
    }

    private static func rows(of view: ByteView) throws(CSVRefusal) -> [Row] {
        var reader = CSVReader(view)
        var cells: [CSVCell] = []
        var rows: [Row] = []
        do throws(Malformation) {
            while try reader.readRow(&cells) {
                rows.append(Row(line: reader.line, cells: cells.map { text(of: $0, in: view) }))
                reader.width = cells.count
            }
            guard !rows.isEmpty else { throw Malformation(.ended, at: 0) }
        } catch {
            throw CSVRefusal(line: reader.line, malformation: error)
        }
        return rows
    }

    private static func text(of cell: CSVCell, in view: ByteView) -> String {
        var bytes: [UInt8] = []
        var position = cell.text.range.start
        while position < cell.text.range.end {
            bytes.append(view[position])
            position += cell.hasDoubledQuotes && view[position] == UInt8(ascii: "\"") ? 2 : 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why a text is not taken as CSV.
public struct CSVRefusal: Error, Hashable, Sendable {
    /// 1-based.
    public let line: Int
    public let malformation: Malformation

    /// One sentence: what was expected, what was found.
    public var reason: String { malformation.reason }
}
