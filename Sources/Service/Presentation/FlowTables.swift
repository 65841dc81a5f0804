extension Figured {
    /// A merchant by its id, which the document bears, with the name that the alliance gives it.
    func merchant(_ id: String, _ source: String, _ names: [String: String]) -> Sheet.Cell {
        let name = names[id].flatMap { $0.contains(id) ? nil : $0 }
        return Sheet.Cell(id, source, note: name.map { (text: $0, source: nil) })
    }

    /// The matrix of a closing, a pair a row.
    func matrix(_ flows: [ClosingDocument.Flow], names: [String: String]) -> Sheet.Table {
        var table = Sheet.Table(
            title: title(.flows), intro: title(.flowNote),
            columns: [
                left(.issuer), left(.redeemer), right(.points), .left(""), right(.charged), right(.paid),
            ])
        let values = flows.map(\.points)
        let range = min(values.min() ?? 0, 0)...max(values.max() ?? 0, 0)
        for (place, flow) in flows.enumerated() {
            let source = "matrix.\(place)"
            var bar: Sheet.Cell = ""
            bar.drawing = .bar(
                flow.points, in: range, flow.issuer == flow.redeemer ? .grey : .solid, title: title(.points))
            table.add(
                merchant(flow.issuer, "\(source).issuer", names),
                merchant(flow.redeemer, "\(source).redeemer", names),
                count(flow.points, "\(source).points"), bar, money(flow.charged, "\(source).charged"),
                money(flow.paid, "\(source).paid"))
        }
        guard !flows.isEmpty else { return table }
        table.add(
            [
                Sheet.Cell(title(.total)), "", count(flows.reduce(0) { $0 + $1.points }), "",
                money(flows.reduce(0) { $0 + $1.charged }), money(flows.reduce(0) { $0 + $1.paid }),
            ], isSum: true)
        return table
    }

    /// One figure of the matrix as a grid, issuers down, redeemers across; nil where it would be too wide.
    func grid(
        _ flows: [ClosingDocument.Flow], _ phrase: Phrase,
        _ figure: (ClosingDocument.Flow, _ source: String) -> Sheet.Cell,
        total: (ClosingDocument.Flow) -> Int64, _ write: (Int64) -> Sheet.Cell
    ) -> Sheet.Table? {
        let (issuers, redeemers) = (Set(flows.map(\.issuer)).sorted(), Set(flows.map(\.redeemer)).sorted())
        guard !flows.isEmpty, redeemers.count <= Self.widestGrid, issuers.count <= 2 * Self.widestGrid else {
            return nil
        }
        var table = Sheet.Table(
            title: title(phrase),
            columns: [left(.issuer)] + redeemers.map { .right($0) } + [right(.total)])
        for issuer in issuers {
            let row = flows.enumerated().filter { $0.element.issuer == issuer }
            let cells = redeemers.map { redeemer in
                row.first { $0.element.redeemer == redeemer }
                    .map { figure($0.element, "matrix.\($0.offset)") } ?? "·"
            }
            let sum = write(row.reduce(0) { $0 + total($1.element) })
            table.add([Sheet.Cell(issuer)] + cells + [sum])
        }
        let sums = redeemers.map { redeemer in
            write(flows.filter { $0.redeemer == redeemer }.reduce(0) { $0 + total($1) })
        }
        table.add(
            [Sheet.Cell(title(.total))] + sums + [write(flows.reduce(0) { $0 + total($1) })], isSum: true)
        return table
    }

    /// Redeemers that a sheet of A4 has room for side by side.
    private static let widestGrid = 7
}
