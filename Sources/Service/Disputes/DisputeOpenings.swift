public import Settlement
public import Store

/// A CSV file of disputes that a person wants opened: all of them, or none.
public struct DisputeOpenings: Sendable {
    private let path: String

    /// Columns `merchant,reason,owner,due` and either `period,line` or `record`, a row one or the other.
    public init(file path: String) { self.path = path }

    /// Opens them; a trial opens none.
    ///
    /// Throws `refused` with file and line for all that is wrong in the file, and what the store throws.
    public func open(in store: Store, by person: Person, at instant: Instant, trial: Bool) throws -> [Dispute]
    {
        let read = try read(store)
        var faults = read.faults
        do {
            // What can be read beside what cannot is judged, so that all that is wrong is told at once.
            let opened = try store.openDisputes(
                read.drafts, by: person, at: instant, trial: trial || !faults.isEmpty)
            if faults.isEmpty { return opened }
        } catch let refused as DisputesRefused {
            faults += refused.refusals.map { refused in
                let row = read.rows[refused.position]
                return RowFault(line: row.line, place: row.place, problem: "\(refused.refusal)")
            }
        }
        throw RowFault.failure(faults, nothing: "opened")
    }

    private struct Read {
        var drafts: [DisputeDraft] = []
        /// Where each of them stands.
        var rows: [(line: Int, place: String)] = []
        /// What cannot be read.
        var faults: [RowFault] = []
    }

    private func read(_ store: Store) throws -> Read {
        let file = try ColumnedFile(
            path: path, required: ["merchant", "reason", "owner", "due"],
            optional: ["period", "line", "record"])
        let desk = DisputeDesk(store)
        var read = Read()
        for row in file.rows {
            let place = file.place(row)
            do {
                read.drafts.append(try desk.draft(try Self.opening(row, of: file)))
                read.rows.append((row.line, place))
            } catch let failure as Failure where failure.kind != .trouble {
                read.faults.append(
                    RowFault(line: row.line, place: place, problem: "\(failure.place): \(failure.problem)"))
            }
        }
        return read
    }

    private static func opening(
        _ row: CSVTable.Row, of file: ColumnedFile
    ) throws(Failure) -> DisputeDesk.Opening {
        func cell(_ name: String) -> String? { file.cell(row, file.column(name)) }
        let (period, text, record) = (cell("period"), cell("line"), cell("record"))
        guard (period == nil) == (text == nil), (text == nil) != (record == nil) else {
            throw .refused("period,line,record", "expected a period and a line, or a record")
        }
        let line = text.flatMap { Int($0) }
        guard text == nil || line != nil else { throw .refused("line", "expected the number of a line") }
        return DisputeDesk.Opening(
            merchant: cell("merchant") ?? "", period: period, line: line, record: record,
            reason: cell("reason") ?? "", owner: cell("owner") ?? "", due: cell("due") ?? "")
    }
}
