/// A statement, closing or report as a person reads it, before it is a text or a page: every figure stands here
/// once, with the place in the signed document that it was read from.
struct Sheet: Sendable {
    /// One figure or word.
    struct Cell: Sendable {
        var text = ""
        /// Where it was read, as `lines.0.amount`; nil for words of ours and for sums made here.
        var source: String?
        /// One long word, which a page may set small and break anywhere.
        var isDigest = false
        /// Smaller, below it, and on pages only: a name, a digest.
        var note: (text: String, source: String?)?
        /// On pages only.
        var drawing: Drawing?
    }

    struct Row: Sendable {
        let cells: [Cell]
        /// Sums up those above.
        var isSum = false
    }

    /// A word and the sentence that says what it means.
    struct Meaning: Sendable {
        let word: String
        /// What the signed document calls it.
        let code: String
        let sentence: String
    }

    struct Table: Sendable {
        let title: String
        var intro: String?
        let columns: [TextTable.Column]
        var rows: [Row] = []
        /// Two narrow tables stand side by side on a page.
        var isNarrow = false
        var drawings: [Drawing] = []

        mutating func add(_ cells: Cell...) { add(cells) }

        mutating func add(_ cells: [Cell], isSum: Bool = false) {
            precondition(cells.count == columns.count, "a row has one cell a column")
            rows.append(Row(cells: cells, isSum: isSum))
        }
    }

    enum Part: Sendable {
        case table(Table)
        case meanings(title: String, [Meaning])
        case sentence(title: String, String)
    }

    let language: Language
    /// The alliance's name.
    let sender: String
    var title: String
    /// Name and address; empty where it goes to nobody in particular.
    var recipient: [String] = []
    /// What it is of.
    var facts: [(name: String, cell: Cell)] = []
    /// How amounts are to be read.
    var signs: String
    /// The one figure that matters most.
    var headline: (name: String, cell: Cell, sentence: String)?
    var parts: [Part] = []
    /// What it was read from, and how to check that.
    var proof: (sentence: String, facts: [(name: String, cell: Cell)])
    /// At the foot of every page: ids only.
    let running: String
}

extension Sheet.Cell: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(text: text) }

    init(_ text: String, _ source: String? = nil, note: (text: String, source: String?)? = nil) {
        self.init(text: text, source: source, note: note)
    }
}

extension Sheet.Cell {
    /// A document's or a batch's SHA-256, as `sha256:` and 64 hexadecimal digits.
    static func digest(_ text: String, _ source: String? = nil) -> Sheet.Cell {
        Sheet.Cell(text: text, source: source, isDigest: true)
    }
}

extension Sheet.Table {
    /// The columns in which any row has anything; all, if there are no rows.
    var used: [Int] {
        rows.isEmpty
            ? Array(columns.indices)
            : columns.indices.filter { column in
                rows.contains { !$0.cells[column].text.isEmpty || $0.cells[column].drawing != nil }
            }
    }
}
