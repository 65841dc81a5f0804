import GRDB
public import Settlement

/// The first record that differing bytes are about.
public struct DifferingRecord: Hashable, Sendable {
    public let merchant: MerchantID
    public let id: RecordID
    public let type: RecordType
    /// The line of its batch, where the bytes say it.
    public let line: Int?
    public let member: MemberID
}

extension Store {
    /// The record of a chunk of this file whose bytes hold a place; nil where that is before the first
    /// record.
    public func record(at place: Int, ofChunk first: Int64) throws -> DifferingRecord? {
        try reading("look into records") { database in
            let roster = try inForce(database).roster
            let query = try Prepared(
                database, "SELECT first, records, merchant, bytes FROM record_chunks WHERE first = ?")
            query.bind(1, first)
            return try query.first { row in
                try RecordChunks.withContent(of: row) { bytes in
                    var unpacker = RecordUnpacker(
                        bytes, first: RecordNumber(row.integer(0)), records: Int(row.integer(1)),
                        merchant: row.integer(2))
                    while let record = unpacker.next() {
                        guard unpacker.position > place else { continue }
                        let found = record.stored.record
                        return DifferingRecord(
                            merchant: roster[record.merchant], id: found.id, type: found.type,
                            line: record.view.line, member: found.member)
                    }
                    return nil
                }
            } ?? nil
        }
    }

    /// The record of a number, of this file; nil where there is none.
    public func record(numbered number: Int64) throws -> DifferingRecord? {
        try reading("look into records") { database in
            guard (1...max(1, try RecordChunks.lastNumber(database).value)).contains(number) else {
                return nil
            }
            let roster = try inForce(database).roster
            return try RecordChunks(database).withRecord(RecordNumber(number)) { record in
                let found = record.stored.record
                return DifferingRecord(
                    merchant: roster[record.merchant], id: found.id, type: found.type,
                    line: record.view.line, member: found.member)
            }
        }
    }

    /// What this file's close made of the member whose part of a chunk of settlements holds a place, the
    /// chunk being that of a period which begins with a member; nil where there is none.
    public func settled(
        at place: Int, ofChunk firstMember: String, period: Int
    ) throws -> SettledMember? {
        try reading("look into settlements") { database in
            let roster = try inForce(database).roster
            let query = try Prepared(
                database,
                "SELECT \(SettlementChunk.columns) FROM settlements WHERE period = ? AND first_member = ?")
            query.bind(1, period)
            query.bind(2, firstMember)
            return try query.first { row in
                try SettlementChunk.withContent(of: row) { bytes in
                    var packed = SettlementChunk.reader(bytes)
                    while let (member, part) = SettlementChunk.next(&packed, of: bytes) {
                        guard packed.position > place else { continue }
                        return SettlementPacking.unpack(part, of: member, roster)
                    }
                    return nil
                }
            } ?? nil
        }
    }
}
