public import Settlement
public import Store

/// A CSV file of disputes that a person wants accepted, or rejected: all of them, or none.
public struct DisputeEndings: Sendable {
    private let path: String
    private let isAcceptance: Bool

    /// Columns `dispute,reason`, and of those to be accepted `adjustment`.
    public init(file path: String, accepting isAcceptance: Bool) {
        self.path = path
        self.isAcceptance = isAcceptance
    }

    /// Ends them; a trial ends none.
    ///
    /// Throws `refused` with file and line for all that is wrong in the file, and what the store throws.
    public func end(in store: Store, by person: Person, at instant: Instant, trial: Bool) throws -> [Dispute]
    {
        let read = try read()
        var faults = read.faults
        do {
            // What can be read beside what cannot is judged, so that all that is wrong is told at once.
            let ended = try store.endDisputes(
                read.endings, by: person, at: instant, trial: trial || !faults.isEmpty)
            if faults.isEmpty { return ended }
        } catch let refused as DisputesRefused {
            faults += refused.refusals.map { refused in
                let row = read.rows[refused.position]
                return RowFault(line: row.line, place: row.place, problem: "\(refused.refusal)")
            }
        }
        throw RowFault.failure(faults, nothing: isAcceptance ? "accepted" : "rejected")
    }

    private struct Read {
        var endings: [DisputeEnding] = []
        /// Where each of them stands.
        var rows: [(line: Int, place: String)] = []
        /// What cannot be read.
        var faults: [RowFault] = []
    }

    private func read() throws -> Read {
        let file = try ColumnedFile(
            path: path, required: ["dispute", "reason"] + (isAcceptance ? ["adjustment"] : []), optional: [])
        var read = Read()
        for row in file.rows {
            let place = file.place(row)
            do throws(Failure) {
                read.endings.append(try ending(row, of: file))
                read.rows.append((row.line, place))
            } catch {
                read.faults.append(
                    RowFault(line: row.line, place: place, problem: "\(error.place): \(error.problem)"))
            }
        }
        return read
    }

    private func ending(_ row: CSVTable.Row, of file: ColumnedFile) throws(Failure) -> DisputeEnding {
        func cell(_ name: String) -> String { file.cell(row, file.column(name)) ?? "" }
        guard let number = Int64(cell("dispute")) else {
            throw .refused("dispute", "expected the number of a dispute")
        }
        let adjustment = BookingReference(cell("adjustment"))
        guard adjustment != nil || !isAcceptance else {
            throw .refused("adjustment", "expected the reference of an adjustment")
        }
        return DisputeEnding(dispute: number, text: cell("reason"), adjustment: adjustment)
    }
}
