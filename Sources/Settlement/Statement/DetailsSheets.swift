import Signing

/// Rows of DETAILS.csv that belong together, by merchant: of each merchant those of some members, in order.
public struct DetailsSheets: Sendable {
    /// By the merchant's place.
    var sheets: [Sheet]

    struct Sheet: Sendable {
        var bytes: [UInt8] = []
        var rows: Int64 = 0
    }

    init(merchants: Int) { sheets = Array(repeating: Sheet(), count: merchants) }

    /// Empty ones, with room for what others took and a little more.
    init(like others: DetailsSheets) {
        sheets = others.sheets.map { other in
            var sheet = Sheet()
            sheet.bytes.reserveCapacity(other.bytes.count + other.bytes.count / 4 + RowText.mostBytes)
            return sheet
        }
    }

    /// Adds a row of a merchant's, which `write` writes with `text` where it stays.
    @inline(__always)
    mutating func addRow(
        of merchant: Int, by text: inout DetailsText, _ write: (inout DetailsText, inout RowText) -> Void
    ) {
        sheets[merchant].bytes.append(addingCapacity: RowText.mostBytes) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                var row = RowText(at: start)
                write(&text, &row)
                count = row.count
            }
        }
        sheets[merchant].rows &+= 1
    }
}

/// What a statement says of a merchant's DETAILS.csv, gathered sheet by sheet.
struct DetailsDigest {
    private(set) var rows: Int64 = 0
    private let stream = SHA256Stream()

    init() { stream.update(Array(DetailsText.header.utf8)) }

    /// Takes the rows that follow.
    mutating func add(_ sheet: DetailsSheets.Sheet) {
        guard sheet.rows > 0 else { return }
        rows += sheet.rows
        stream.update(sheet.bytes)
    }

    /// The digest of the whole file; afterwards nothing is added.
    func digest() -> SHA256Digest { stream.finish() }
}
