import GRDB
import Settlement

/// Puts what a close made of a member where its pseudonym belongs, as if the close had known only that: chunks are made
/// anew from the one on where they begin to differ, one after the other, until they are again those that there are.
struct SettlementMove {
    private let database: Database
    private let period: Int
    private let member: MemberID
    private let pseudonym: MemberID
    private var chunker: SettlementChunker
    /// How many chunks there are more than before.
    private var growth: Int64 = 0

    /// The close of the period has made nothing of the pseudonym.
    init(_ database: Database, period: Int, of member: MemberID, to pseudonym: MemberID) {
        self.database = database
        self.period = period
        self.member = member
        self.pseudonym = pseudonym
        chunker = SettlementChunker(period: period, chunkBytes: SettlementChunker.chunkBytes)
    }

    /// Gives how many rows the period has more than before. Throws `StoreTrouble` where one is not as it was written.
    mutating func run() throws -> Int64 {
        let (member, pseudonym) = (member, pseudonym)
        var waiting: [UInt8]? = try part()
        var next = try first()
        while let present = next {
            try remove(present)
            try write { parts in
                try Self.forEach(in: present) { id, part in
                    if pseudonym < id, let packed = waiting.take() {
                        Self.add(packed, of: pseudonym, to: &parts)
                    }
                    if id != member { parts.add(part, of: id) }
                }
            }
            if chunker.isBetweenChunks, waiting == nil, present.last >= member { return growth }
            next = try chunk(Self.behind, present.last)
        }
        try write { parts in if let packed = waiting.take() { Self.add(packed, of: pseudonym, to: &parts) } }
        var chunks: [SettlementChunker.Chunk] = []
        chunker.finish(to: &chunks)
        try write(chunks)
        return growth
    }

    // MARK: Reading

    private struct Chunk {
        let row: Int64
        let last: MemberID
        let content: [UInt8]
    }

    private static let behind = """
        SELECT \(SettlementChunk.columns) FROM settlements
        WHERE period = ? AND first_member > ? ORDER BY first_member LIMIT 1
        """

    /// What the close made of the member.
    private func part() throws -> [UInt8] {
        var found: [UInt8]?
        if let present = try chunk(SettlementLookup.chunk, member) {
            try Self.forEach(in: present) { id, part in if id == member { found = [UInt8](part) } }
        }
        guard let found else {
            throw StoreTrouble.damaged("settlements", "period \(period)", "a member is gone that was there")
        }
        return found
    }

    /// The chunk that has the first place of the two, or is the last before it.
    private func first() throws -> Chunk? {
        let lower = min(member, pseudonym)
        return try chunk(SettlementLookup.chunk, lower) ?? chunk(Self.behind, lower)
    }

    private func chunk(_ sql: String, _ place: MemberID) throws -> Chunk? {
        let query = try Prepared(database, sql)
        query.bind(1, period)
        query.bind(2, place)
        return try query.first { row in
            try SettlementChunk.withContent(of: row) { bytes in
                Chunk(row: row.integer(0), last: row.identifier(3), content: [UInt8](bytes))
            }
        }
    }

    private static func forEach(
        in chunk: Chunk, _ body: (MemberID, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try chunk.content.withUnsafeBytes { bytes in
            var packed = SettlementChunk.reader(bytes)
            while let (id, part) = SettlementChunk.next(&packed, of: bytes) { try body(id, part) }
        }
    }

    // MARK: Writing

    private static func add(_ packed: [UInt8], of member: MemberID, to parts: inout SettlementParts) {
        packed.withUnsafeBytes { parts.add($0, of: member) }
    }

    private mutating func remove(_ chunk: Chunk) throws {
        let delete = try Prepared(database, "DELETE FROM settlements WHERE settlement = ?")
        delete.bind(1, chunk.row)
        try delete.run()
        growth -= 1
    }

    private mutating func write(_ fill: (inout SettlementParts) throws -> Void) throws {
        var parts = SettlementParts()
        try fill(&parts)
        var chunks: [SettlementChunker.Chunk] = []
        chunker.add(parts, to: &chunks)
        try write(chunks)
    }

    private mutating func write(_ chunks: [SettlementChunker.Chunk]) throws {
        try SettlementChunker.write(chunks, of: period, database)
        growth += Int64(chunks.count)
    }
}
