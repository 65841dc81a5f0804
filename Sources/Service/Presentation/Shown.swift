/// What can be read on a terminal, printed, taken into a spreadsheet or given on as it is.
public protocol Shown: Sendable {
    /// For a terminal, with a line end at its end.
    func text(_ language: Language) -> String
    /// One page of HTML that needs nothing else.
    func page(_ language: Language) -> String
    /// Rows for a spreadsheet, the same in every language.
    var table: String { get }
    /// The signed bytes themselves; of a report, the figures.
    var json: [UInt8] { get }
}

extension ShownStatement: Shown {
    public func text(_ language: Language) -> String { sheet(language).text }
    public func page(_ language: Language) -> String { sheet(language).page }
    public var table: String { document.linesTable }
    public var json: [UInt8] { proof.bytes }
}

extension ShownClosing: Shown {
    public func text(_ language: Language) -> String { sheet(language).text }
    public func page(_ language: Language) -> String { sheet(language).page }
    public var table: String { document.positionsTable }
    public var json: [UInt8] { proof.bytes }
}

extension FlowReport: Shown {
    public func text(_ language: Language) -> String { sheet(language).text }
    public func page(_ language: Language) -> String { sheet(language).page }
    public var table: String { last.matrixTable }
    public var json: [UInt8] { canonicalBytes }
}
