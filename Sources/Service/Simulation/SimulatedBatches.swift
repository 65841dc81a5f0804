import Settlement

/// A batch that a simulation is going to sign and hand in.
struct SimulatedBatch {
    let merchant: MerchantID
    let signer: Signer
    let received: Instant
    /// Whether it names no instant of receipt and so comes before the first close.
    let comesFirst: Bool
    /// Positions in the table's rows, in the order of arrival.
    let rows: [Int]
}

/// The records file of a simulation, cut into batches in the order in which they arrive.
struct SimulatedBatches {
    private let table: ColumnedFile
    private let type, points: Int?
    /// The columns that belong into a batch.
    private let recordColumns: [Int]

    /// Those without an instant of receipt first, then by it.
    private(set) var batches: [SimulatedBatch] = []

    /// The most records that are put into one batch.
    static let mostRecords = 20_000

    /// Reads the file. `unreceived` is the instant of receipt of records that name none. Throws `refused` with
    /// file and line for a merchant that the alliance does not have or an instant that is none.
    init(path: String, alliance: Alliance, unreceived: Instant) throws(Failure) {
        table = try ColumnedFile(
            path: path, required: ["merchant", "id", "type", "member", "points", "at"],
            optional: ["amount", "ref", "store", "expires", "campaign", "item", "received"])
        type = table.column("type")
        points = table.column("points")
        let arrival: Set = ["merchant", "received"]
        recordColumns = table.columns.indices.filter { [columns = table.columns] in
            !arrival.contains(columns[$0])
        }
        let arrivals = try Self.arrivals(table, alliance, unreceived)
        for instant in Self.runs(of: arrivals, by: { $0.rank == $1.rank && $0.received == $1.received }) {
            batches += cut(instant)
        }
    }

    /// The bytes of one batch, as CSV.
    func bytes(of batch: SimulatedBatch, id: String, sequence: Int64) -> [UInt8] {
        var totals: [String: Int64] = [:]
        for row in batch.rows {
            let cells = table.rows[row].cells
            guard let type, let points, let count = Int64(cells[points]),
                RecordType(name: cells[type]) != nil,
                (0...1_000_000_000).contains(count)
            else { continue }  // The intake says what is wrong with it.
            totals[cells[type], default: 0] += count
        }
        var header = [
            "settled-batch/1", "merchant=\(batch.merchant)", "batch=\(id)", "sequence=\(sequence)",
            "records=\(batch.rows.count)",
        ]
        header += totals.sorted { $0.key < $1.key }.map { "totals.\($0.key)=\($0.value)" }
        var text = header.joined(separator: ",") + "\n"
        text += recordColumns.map { table.columns[$0] }.joined(separator: ",") + "\n"
        for row in batch.rows {
            let cells = table.rows[row].cells
            text += recordColumns.map { Self.quoted(cells[$0]) }.joined(separator: ",") + "\n"
        }
        return Array(text.utf8)
    }

    /// Where a line of a batch's bytes came from, as `path:line`.
    func place(of line: Int?, in batch: SimulatedBatch) -> String {
        guard let line, batch.rows.indices.contains(line - 3) else { return table.path }
        return table.place(table.rows[batch.rows[line - 3]])
    }
}

extension SimulatedBatches {
    private struct Arrival {
        let row: Int
        let merchant: MerchantID
        let signer: Signer
        /// 0 without an instant of receipt, 1 with one.
        let rank: Int
        let received: Instant
    }

    /// All rows in the order of arrival.
    private static func arrivals(
        _ table: ColumnedFile, _ alliance: Alliance, _ unreceived: Instant
    ) throws(Failure) -> [Arrival] {
        let merchants = Set(alliance.merchants.map(\.id))
        let (merchant, type) = (table.column("merchant"), table.column("type"))
        let received = table.column("received")
        var arrivals: [Arrival] = []
        for (number, row) in table.rows.enumerated() {
            let name = table.cell(row, merchant) ?? ""
            guard let id = MerchantID(name), merchants.contains(id) else {
                throw .refused(
                    table.place(row), "the alliance has no merchant \(name.isEmpty ? "without a name" : name)"
                )
            }
            let byOperator = RecordType(name: table.cell(row, type) ?? "")?.operatorOnly ?? false
            var arrival = Arrival(
                row: number, merchant: id, signer: byOperator ? .operator : .merchant, rank: 0,
                received: unreceived)
            if let text = table.cell(row, received) {
                guard let instant = Instant(rfc3339: Array(text.utf8)) else {
                    throw .refused(table.place(row), "received is no RFC 3339 instant: \(text)")
                }
                arrival = Arrival(
                    row: number, merchant: id, signer: arrival.signer, rank: 1, received: instant)
            }
            arrivals.append(arrival)
        }
        return arrivals.sorted { ($0.rank, $0.received, $0.row) < ($1.rank, $1.received, $1.row) }
    }

    /// One instant's arrivals as batches: merchants in the order in which they turn up, each one's rows in
    /// consecutive runs of one signer.
    private func cut(_ arrivals: [Arrival]) -> [SimulatedBatch] {
        var order: [MerchantID] = []
        var ofMerchant: [MerchantID: [Arrival]] = [:]
        for arrival in arrivals {
            if ofMerchant[arrival.merchant] == nil { order.append(arrival.merchant) }
            ofMerchant[arrival.merchant, default: []].append(arrival)
        }
        return order.flatMap { merchant in
            Self.runs(of: ofMerchant[merchant] ?? [], by: { $0.signer == $1.signer }).flatMap { run in
                stride(from: 0, to: run.count, by: Self.mostRecords).map { start in
                    let piece = run[start..<min(start + Self.mostRecords, run.count)]
                    return SimulatedBatch(
                        merchant: merchant, signer: run[0].signer, received: run[0].received,
                        comesFirst: run[0].rank == 0, rows: piece.map(\.row))
                }
            }
        }
    }

    private static func runs(of arrivals: [Arrival], by same: (Arrival, Arrival) -> Bool) -> [[Arrival]] {
        var runs: [[Arrival]] = []
        for arrival in arrivals {
            if let last = runs.last?.last, same(last, arrival) {
                runs[runs.count - 1].append(arrival)
            } else {
                runs.append([arrival])
            }
        }
        return runs
    }

    /// A cell as RFC 4180 writes it.
    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            return cell
        }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
