import GRDB
public import Settlement

/// A stored record of a member, and the state that it is in.
public struct MemberRecord: Hashable, Sendable {
    public let number: RecordNumber
    public let state: RecordState
}

/// A line of a batch that names a member without having become a record.
public struct MemberCopy: Hashable, Sendable {
    public let batch: SigningBatch
    public let line: Int
    /// As that line says it.
    public let record: Settlement.Record
    /// Why it was refused; nil: it was equal, and ignored.
    public let code: RecordRefusalCode?
}

extension Store {
    /// The records of a member, of all merchants, in the order of arrival. Goes over every record that there is, as
    /// none is found by its member.
    public func records(of member: MemberID) throws -> [MemberRecord] {
        try reading("look for a member's records") { database in
            let open = try PeriodRows(database).earliestOpen()
            let outcomes = try OutcomeRows(database)
            var found: [(number: RecordNumber, period: Int)] = []
            try member.withBytes { name in
                try RecordChunks(database).forEach(in: 1..<Int64.max) { record in
                    guard record.view.member.elementsEqual(name) else { return }
                    found.append((record.number, record.period))
                }
            }
            return try found.map { number, period in
                let state = try outcomes.state(of: number, in: period, before: open)
                return MemberRecord(number: number, state: state ?? .open(period: period))
            }
        }
    }

    /// The first member, in the order in which records arrived, of which `isSought` says so; nil: it does of none. It is
    /// asked about each record that there is until then; what it gets is gone afterwards.
    public func member(where isSought: (UnsafeRawBufferPointer) -> Bool) throws -> MemberID? {
        try reading("look for a member") { database in
            let chunks = try Prepared(
                database, "SELECT first, records, merchant, bytes FROM record_chunks ORDER BY first")
            defer { chunks.reset() }
            while try chunks.next() {
                let found: MemberID? = try RecordChunks.withContent(of: chunks) { bytes in
                    var unpacker = RecordUnpacker(
                        bytes, first: RecordNumber(chunks.integer(0)), records: Int(chunks.integer(1)),
                        merchant: chunks.integer(2))
                    while let record = unpacker.next() {
                        if isSought(record.view.member) { return record.stored.record.member }
                    }
                    return nil
                }
                if let found { return found }
            }
            return nil
        }
    }

    /// What brought these records, as `origins(of:)`, with the bytes that `archived` gives of archived batches.
    public func origins(
        of numbers: some Sequence<RecordNumber>, archived: @escaping ArchivedBytes
    ) throws -> [RecordNumber: RecordOrigin] {
        try reading("read records") { database in
            try OriginFinder(database, try inForce(database).roster, archived: archived).origins(of: numbers)
        }
    }

    /// Lines that name a member and became no record, in the order of arrival: equal copies, and what was refused
    /// alone. Reads every batch that had any; `unread` names the archives that hold such batches and are not at hand.
    public func copies(
        naming member: MemberID, archived: @escaping ArchivedBytes
    ) throws -> (copies: [MemberCopy], unread: [StoredArchive]) {
        try reading("look for a member's copies") { database in
            let finder = try OriginFinder(database, try inForce(database).roster, archived: archived)
            let batches = try Prepared(
                database, "SELECT batch FROM batches WHERE duplicates > 0 OR refused > 0 ORDER BY batch"
            ).all { $0.integer(0) }
            let copies = try batches.flatMap { try finder.copies(naming: member, in: $0) }
            return (copies, finder.unread)
        }
    }

    /// The open lots of a member and what it owes, oldest first, as the last close left them.
    public func held(by member: MemberID) throws -> (lots: [Lot], debts: [Debt]) {
        try reading("read what a member holds") { database in
            let roster = try inForce(database).roster
            let query = try Prepared(
                database,
                """
                SELECT member, period, bytes FROM holdings WHERE member = ? AND period <= ?
                ORDER BY period DESC LIMIT 1
                """)
            query.bind(1, member)
            let lastClosed = try PeriodRows(database).lastClosed()
            query.bind(2, lastClosed)
            var input = MemberInput(member: member)
            _ = try query.first { row in
                try HoldingsSum.withContent(of: row, before: lastClosed + 1, database) { bytes, _ in
                    if !bytes.isEmpty { _ = HoldingsPacking.unpack(bytes, into: &input, roster) }
                }
            }
            return (input.lots, input.debts)
        }
    }
}
