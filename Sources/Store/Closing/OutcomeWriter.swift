import GRDB
import Settlement

/// Writes what a close makes of its members, group after group in the order of their ids: so many bytes in one
/// transaction that the rows at its edges are few, and so few that no batch waits long.
struct OutcomeWriter {
    static let strideBytes = 1 << 20
    /// Outcomes wait until there are so many, some 10 MB: they come in the order of members and are kept in that of
    /// records, so that each one alone would change a page that another has changed long ago.
    static let mostWaiting = 100_000
    /// Outcomes that are written in one transaction.
    private static let outcomesAtOnce = 10_000

    private let staging: Staging
    private let period: Int
    private let strideBytes: Int
    private var chunker: SettlementChunker
    private var chunks: [SettlementChunker.Chunk] = []
    private var holdings: [HeldChange] = []
    private var waitingBytes = 0
    private var outcomes: [OutcomeRow] = []
    /// Of what was written, as `KeptSums` says.
    private(set) var settlementRows: Int64 = 0
    private(set) var outcomeSum: Int64 = 0

    init(_ staging: Staging, period: Int, strideBytes: Int, chunkBytes: Int) {
        self.staging = staging
        self.period = period
        self.strideBytes = strideBytes
        chunker = SettlementChunker(period: period, chunkBytes: chunkBytes)
    }

    mutating func write(_ group: SettledGroup) throws {
        outcomes += group.outcomes
        if outcomes.count >= Self.mostWaiting { try writeOutcomes() }
        chunker.add(group.settlements, to: &chunks)
        holdings += group.holdings
        waitingBytes += group.byteCount
        if waitingBytes >= strideBytes { try writeMembers() }
    }

    /// Writes what waits for more of its kind.
    mutating func finish() throws {
        try writeOutcomes()
        chunker.finish(to: &chunks)
        try writeMembers()
    }

    private mutating func writeMembers() throws {
        guard !chunks.isEmpty || !holdings.isEmpty else { return }
        try staging.write { database in
            try SettlementChunker.write(chunks, of: period, database)
            let writer = try HoldingsWriter(database, period: period)
            for change in holdings { try writer.write(change) }
        }
        settlementRows += Int64(chunks.count)
        chunks.removeAll(keepingCapacity: true)
        holdings.removeAll(keepingCapacity: true)
        waitingBytes = 0
    }

    private mutating func writeOutcomes() throws {
        outcomes.sort { $0.record < $1.record }
        var rest = outcomes[...]
        while !rest.isEmpty {
            let rows = rest.prefix(Self.outcomesAtOnce)
            rest = rest.dropFirst(rows.count)
            try staging.write { database in
                let insert = try Prepared(
                    database,
                    """
                    INSERT INTO outcomes (period, record, state, code, attempts, missing)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)
                for row in rows { try write(row, insert) }
            }
            for row in rows { outcomeSum &+= sum(of: row) }
        }
        outcomes.removeAll(keepingCapacity: true)
    }

    private func sum(of row: OutcomeRow) -> Int64 {
        KeptRows.sum(
            period: Int64(period), record: row.record.value, attempts: Int64(row.attempts),
            missing: row.missing?.count, state: row.state, code: row.code?.rawValue)
    }

    private func write(_ row: OutcomeRow, _ insert: Prepared) throws {
        insert.bind(1, period)
        insert.bind(2, row.record.value)
        insert.bind(3, row.state)
        insert.bind(4, row.code?.rawValue)
        insert.bind(5, row.attempts)
        insert.bind(6, row.missing?.count)
        try insert.run()
    }
}
