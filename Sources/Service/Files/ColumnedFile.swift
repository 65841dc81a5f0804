import Settlement

/// A CSV file whose first row names its columns.
struct ColumnedFile {
    let path: String
    /// Column names in the order of the file.
    let columns: [String]
    let rows: [CSVTable.Row]

    /// Reads a file. Throws `refused` for what is no CSV, an unknown or repeated column, or a required one that
    /// is missing.
    init(path: String, required: [String], optional: [String]) throws(Failure) {
        let table = try Self.table(path)
        let columns = table.rows[0].cells
        let known = required + optional
        for (position, name) in columns.enumerated() {
            guard known.contains(name) else {
                throw .refused(
                    "\(path):1", "unknown column \(name.isEmpty ? "without a name" : name)",
                    hint: "known are \(known.joined(separator: ", "))")
            }
            guard !columns[..<position].contains(name) else {
                throw .refused("\(path):1", "column \(name) stands there twice")
            }
        }
        if let missing = required.first(where: { !columns.contains($0) }) {
            throw .refused(
                "\(path):1", "column \(missing) is missing, found \(columns.joined(separator: ","))")
        }
        self.path = path
        self.columns = columns
        rows = Array(table.rows.dropFirst())
    }

    /// The position of a column; nil when the file has none of that name.
    func column(_ name: String) -> Int? { columns.firstIndex(of: name) }

    /// A cell's text; nil when it is empty or its column missing.
    func cell(_ row: CSVTable.Row, _ column: Int?) -> String? {
        guard let column, !row.cells[column].isEmpty else { return nil }
        return row.cells[column]
    }

    /// `path:line`.
    func place(_ row: CSVTable.Row) -> String { "\(path):\(row.line)" }

    private static func table(_ path: String) throws(Failure) -> CSVTable {
        let bytes = try WholeFile.read(path)
        do throws(CSVRefusal) {
            return try CSVTable(parsing: bytes)
        } catch {
            throw .refused("\(path):\(error.line)", error.reason)
        }
    }
}
