import GRDB
import Settlement

/// Puts a pseudonym in a member's place in what was made of batches: stored records, what closes made of them, what the
/// member holds.
struct MemberMove {
    private let database: Database
    private let member: MemberID
    private let pseudonym: MemberID

    init(_ database: Database, of member: MemberID, to pseudonym: MemberID) {
        self.database = database
        self.member = member
        self.pseudonym = pseudonym
    }

    func run(_ traces: MemberTraces) throws {
        for first in traces.chunks { try moveRecords(ofChunk: first) }
        let rows = PeriodRows(database)
        for period in traces.periods {
            guard var kept = try rows.closed(period)?.kept else { continue }
            var move = SettlementMove(database, period: period, of: member, to: pseudonym)
            kept.settlementRows += try move.run()
            try rows.rewrite(kept, of: period)
        }
        try moveHoldings()
    }

    /// Packs a chunk anew, as the batch that brought it would have been packed with the pseudonym.
    private func moveRecords(ofChunk first: Int64) throws {
        let query = try Prepared(
            database, "SELECT first, records, merchant, bytes FROM record_chunks WHERE first = ?")
        query.bind(1, first)
        let packed = try query.first { row in
            let (records, merchant) = (Int(row.integer(1)), row.integer(2))
            var bytes = try RecordChunks.withContent(of: row) { content in
                repacked(
                    RecordUnpacker(
                        content, first: RecordNumber(first), records: records, merchant: merchant),
                    first: RecordNumber(first))
            }
            RowSum(first, Int64(records), merchant).append(to: &bytes)
            return bytes
        }
        let update = try Prepared(database, "UPDATE record_chunks SET bytes = ? WHERE first = ?")
        update.bind(1, packed)
        update.bind(2, first)
        try update.run()
    }

    private func repacked(_ records: RecordUnpacker, first: RecordNumber) -> [UInt8] {
        var records = records
        var packer = RecordPacker(first: first)
        member.withBytes { name in
            pseudonym.withBytes { other in
                while let record = records.next() {
                    let isNamed = record.view.member.elementsEqual(name)
                    packer.add(
                        isNamed ? record.view.of(other) : record.view, period: record.period,
                        late: record.late)
                }
            }
        }
        let chunks = packer.take(all: true)
        precondition(chunks.count == 1, "the records of one chunk make one")
        return chunks[0].bytes
    }

    /// Gives the pseudonym all rows of what the member held, and the last close the sum that it has now.
    private func moveHoldings() throws {
        let rows = PeriodRows(database)
        let open = try rows.earliestOpen()
        let query = try Prepared(
            database, "SELECT member, period, bytes FROM holdings WHERE member = ? ORDER BY period")
        query.bind(1, member)
        var held: [(period: Int64, bytes: [UInt8])] = []
        var (before, after) = (HeldSums(), HeldSums())
        try query.forEach { row in
            try HoldingsSum.withContent(of: row, before: open, database) { content, sum in
                var bytes = [UInt8](content)
                HoldingsSum.append(to: &bytes, of: pseudonym, period: Int(row.integer(1)))
                let now = bytes.withUnsafeBytes { RowSum.written(in: $0) }
                // The row of the last close that changed it counts.
                before = content.isEmpty ? HeldSums() : HeldSums(of: sum)
                after = content.isEmpty ? HeldSums() : HeldSums(of: now)
                held.append((row.integer(1), bytes))
            }
        }
        guard !held.isEmpty, var kept = try rows.closed(open - 1)?.kept else { return }
        try replace(held)
        kept.held.remove(before)
        kept.held.add(after)
        try rows.rewrite(kept, of: open - 1)
    }

    private func replace(_ held: [(period: Int64, bytes: [UInt8])]) throws {
        let delete = try Prepared(database, "DELETE FROM holdings WHERE member = ?")
        delete.bind(1, member)
        try delete.run()
        let insert = try Prepared(database, "INSERT INTO holdings (member, period, bytes) VALUES (?, ?, ?)")
        for row in held {
            insert.bind(1, pseudonym)
            insert.bind(2, row.period)
            insert.bind(3, row.bytes)
            try insert.run()
        }
    }
}

extension RecordView {
    /// The same record of another member.
    fileprivate func of(_ member: UnsafeRawBufferPointer) -> RecordView {
        RecordView(
            line: line, type: type, points: points, amount: amount, at: at, expires: expires, id: id,
            member: member, ref: ref, store: store, campaign: campaign, item: item)
    }
}
