/// One cell of a row: where its text stands.
struct CSVCell {
    let text: ScannedText
    /// Whether quotes inside it stand doubled, as they are written.
    let hasDoubledQuotes: Bool
}

/// Reads rows of CSV (RFC 4180, in UTF-8), strictly.
///
/// LF and CRLF both end a line, also mixed; the last row needs neither. A byte order mark at the start is
/// passed over. Refused are: a quote inside a cell that does not begin with one, text after a closing quote,
/// a quote that is never closed, a bare CR outside quotes, every other control character, bytes that are not
/// UTF-8, and a row of another width than `width`. A blank line is a row of one empty cell.
struct CSVReader {
    let view: ByteView
    /// The cells that every further row must have.
    var width: Int?
    /// 1-based: the line on which the row begins that was read last or, after a throw, on which the fault
    /// lies.
    private(set) var line = 0
    private var position: Int
    private let firstLine: Int
    private var nextLine: Int

    /// Of what stands behind so many lines that were read already.
    init(_ view: ByteView, behind lines: Int = 0) {
        self.view = view
        let hasMark = lines == 0 && view[0] == 0xEF && view[1] == 0xBB && view[2] == 0xBF
        position = hasMark ? 3 : 0
        firstLine = lines + 1
        nextLine = firstLine
    }

    /// Lines that have ended so far.
    var linesRead: Int { nextLine - 1 }

    /// Reads the next row into `cells`, which is emptied first; false at the end of the bytes.
    mutating func readRow(_ cells: inout [CSVCell]) throws(Malformation) -> Bool {
        cells.removeAll(keepingCapacity: true)
        line = nextLine
        guard position < view.count else { return false }
        let start = position
        repeat { cells.append(try cell()) } while try goesOn()
        if let width, cells.count != width {
            throw Malformation(.rowWidth(found: cells.count, expected: width), at: start)
        }
        return true
    }

    @inline(__always)
    private mutating func cell() throws(Malformation) -> CSVCell {
        let start = position
        let end = view.identifierEnd(from: start)
        position = end
        let next = view[end]
        if next != UInt8(ascii: ","), next != 0x0A, next != 0x0D, end < view.count {
            return next == UInt8(ascii: "\"") && end == start ? try quotedCell() : try longCell(from: start)
        }
        return CSVCell(
            text: ScannedText(TextRange(offset: start, length: end &- start), isPlain: true),
            hasDoubledQuotes: false)
    }

    /// A cell without quotes that holds more than identifiers may.
    @inline(never)
    private mutating func longCell(from start: Int) throws(Malformation) -> CSVCell {
        while position < view.count {
            switch view[position] {
            case UInt8(ascii: ","), 0x0A, 0x0D:
                return cell(from: start, hasDoubledQuotes: false)
            case UInt8(ascii: "\""): throw fault(.quoteInCell)
            default: try character()
            }
        }
        return cell(from: start, hasDoubledQuotes: false)
    }

    /// The cell whose text ends here.
    private func cell(from start: Int, hasDoubledQuotes: Bool) -> CSVCell {
        let range = TextRange(offset: start, length: position - start)
        return CSVCell(text: ScannedText(range, isPlain: false), hasDoubledQuotes: hasDoubledQuotes)
    }

    /// A cell in quotes, position at the opening one.
    @inline(never)
    private mutating func quotedCell() throws(Malformation) -> CSVCell {
        let opening = position
        var hasDoubledQuotes = false
        position += 1
        while position < view.count {
            switch view[position] {
            case UInt8(ascii: "\""):
                if view[position + 1] == UInt8(ascii: "\"") {
                    hasDoubledQuotes = true
                    position += 2
                    continue
                }
                defer { position += 1 }
                return cell(from: opening + 1, hasDoubledQuotes: hasDoubledQuotes)
            case 0x0A:
                nextLine += 1
                position += 1
            case 0x0D: position += 1
            default: try character()
            }
        }
        // Counted on, the line would be the text's last; what helps is the one where the quote was opened.
        line = (0..<opening).reduce(firstLine) { view[$1] == 0x0A ? $0 + 1 : $0 }
        throw Malformation(.unclosedQuote, at: opening)
    }

    /// Passes over one character that is neither a separator nor a quote.
    private mutating func character() throws(Malformation) {
        switch view[position] {
        case 0x00: throw fault(.nul)
        case 0x01..<0x20, 0x7F: throw fault(.controlCharacter)
        default:
            let length = view.characterLength(at: position)
            guard length > 0 else { throw fault(.encoding) }
            position += length
        }
    }

    /// Passes over the comma behind a cell, or over the line's end: then false.
    @inline(__always)
    private mutating func goesOn() throws(Malformation) -> Bool {
        switch view[position] {
        case UInt8(ascii: ","):
            position &+= 1
            return true
        case 0x0A:
            position &+= 1
            nextLine &+= 1
            return false
        case 0x0D:
            guard view[position &+ 1] == 0x0A else { throw fault(.bareCarriageReturn) }
            position &+= 2
            nextLine &+= 1
            return false
        default:
            guard position >= view.count else { throw fault(.textAfterQuote) }
            return false
        }
    }

    private mutating func fault(_ fault: Fault) -> Malformation {
        line = nextLine
        return Malformation(fault, at: position)
    }
}
