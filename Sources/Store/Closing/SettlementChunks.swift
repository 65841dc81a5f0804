import GRDB
import Settlement

/// The form of a row of `settlements`: a version byte, then member after member in the order of their ids,
/// each: the id, the length of the rest, and what `SettlementPacking` says; at the end a `RowSum`.
///
/// The version is also that of the rows of DETAILS.csv that are rendered from it: statements name the file by its
/// digest, so whoever changes a row of it writes chunks of a new version, and keeps the old way for the old ones.
enum SettlementChunk {
    static let version: UInt8 = 1

    /// What `withContent` reads, in this order.
    static let columns = "settlement, period, first_member, last_member, bytes"

    /// Calls `body` with a row's members. Throws `StoreTrouble` where they are not as they were written.
    static func withContent<Result>(
        of row: Prepared, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try row.withBytes(4) { bytes in
            var sum = RowSum(row.integer(1))
            row.withTextBytes(2) { sum.add($0) }
            row.withTextBytes(3) { sum.add($0) }
            guard let content = sum.content(of: bytes) else {
                throw StoreTrouble.damaged("settlements", "row \(row.integer(0))")
            }
            return try body(content)
        }
    }

    /// Begins to read a chunk's content.
    static func reader(_ bytes: UnsafeRawBufferPointer) -> PackedReader {
        var packed = PackedReader(bytes)
        let version = packed.byte()
        precondition(version == Self.version, "a chunk of settlements is of a form that is known")
        return packed
    }

    /// The next member and what the close made of it; nil behind the last.
    static func next(
        _ packed: inout PackedReader, of bytes: UnsafeRawBufferPointer
    ) -> (member: MemberID, part: UnsafeRawBufferPointer)? {
        guard !packed.isAtEnd else { return nil }
        let member: MemberID = packed.identifier()
        let length = Int(packed.unsigned())
        let part = packed.position..<packed.position + length
        packed = PackedReader(bytes, from: part.upperBound)
        return (member, UnsafeRawBufferPointer(rebasing: bytes[part]))
    }
}

/// What a close made of some members, as it stands in chunks.
struct SettlementParts: Sendable {
    fileprivate private(set) var bytes: [UInt8] = []
    /// The members of whom anything is kept, and where each one's bytes end.
    fileprivate private(set) var ends: [(member: MemberID, end: Int)] = []
    /// One member's part, until its length is known, and where its lots stand in it.
    private var part: [UInt8] = []
    private var lots: [Range<Int>] = []

    var byteCount: Int { bytes.count }

    mutating func add(_ output: MemberOutput, of input: MemberInput, _ roster: Roster) {
        part.removeAll(keepingCapacity: true)
        lots.removeAll(keepingCapacity: true)
        SettlementPacking.pack(output, of: input, roster, to: &part, lots: &lots)
        guard !part.isEmpty else { return }
        begin(output.member, length: part.count)
        bytes.append(contentsOf: part)
        ends.append((output.member, bytes.count))
    }

    /// Adds a member's part as it was read from a chunk.
    mutating func add(_ packed: UnsafeRawBufferPointer, of member: MemberID) {
        begin(member, length: packed.count)
        bytes.append(contentsOf: packed)
        ends.append((member, bytes.count))
    }

    private mutating func begin(_ member: MemberID, length: Int) {
        bytes.appendPacked(atMost: 75) { packed in
            packed.write(member)
            packed.write(UInt64(length))
        }
    }

    /// A lot of the member that was added last, as `LotPacking` says; empty where it neither changed nor is new.
    func lastLot(_ position: Int) -> ArraySlice<UInt8> {
        position < lots.count ? part[lots[position]] : []
    }
}

/// Puts what a close makes of its members together into chunks, in the order of their ids. They are only ever
/// appended: what a later close makes of a lot or a redemption stands with that close.
struct SettlementChunker {
    /// A chunk is whole once it has this many bytes.
    static let chunkBytes = 32 << 10

    struct Chunk {
        let first: MemberID
        let last: MemberID
        let bytes: [UInt8]
    }

    private let period: Int
    private let chunkBytes: Int
    private var bytes: [UInt8] = []
    private var first: MemberID?
    private var last: MemberID?

    init(period: Int, chunkBytes: Int) {
        self.period = period
        self.chunkBytes = chunkBytes
    }

    /// Whether the last chunk is whole: what follows begins another.
    var isBetweenChunks: Bool { first == nil }

    /// Adds the members that follow; chunks that are whole go to `chunks`.
    mutating func add(_ parts: SettlementParts, to chunks: inout [Chunk]) {
        var start = 0
        for (member, end) in parts.ends {
            if first == nil {
                first = member
                bytes.append(SettlementChunk.version)
            }
            last = member
            bytes.append(contentsOf: parts.bytes[start..<end])
            start = end
            if bytes.count >= chunkBytes { finish(to: &chunks) }
        }
    }

    /// What is left is a chunk of its own.
    mutating func finish(to chunks: inout [Chunk]) {
        guard let first, let last else { return }
        var sum = RowSum(Int64(period))
        first.withBytes { sum.add($0) }
        last.withBytes { sum.add($0) }
        sum.append(to: &bytes)
        chunks.append(Chunk(first: first, last: last, bytes: bytes))
        bytes.removeAll(keepingCapacity: true)
        self.first = nil
        self.last = nil
    }

    static func write(_ chunks: [Chunk], of period: Int, _ database: Database) throws {
        let insert = try Prepared(
            database,
            "INSERT INTO settlements (period, first_member, last_member, bytes) VALUES (?, ?, ?, ?)")
        for chunk in chunks {
            insert.bind(1, period)
            insert.bind(2, chunk.first)
            insert.bind(3, chunk.last)
            insert.bind(4, chunk.bytes)
            try insert.run()
        }
    }
}

/// Finds what earlier closes made of a member. Members are asked for in the order of their ids, so that each
/// chunk is read at most once.
final class SettlementLookup {
    static let chunk = """
        SELECT \(SettlementChunk.columns) FROM settlements
        WHERE period = ? AND first_member <= ? ORDER BY first_member DESC LIMIT 1
        """

    private let query: Prepared
    private let roster: Roster
    /// By period, the chunk that was read last.
    private var cursors: [Int: Cursor] = [:]

    private struct Cursor {
        var bytes: [UInt8] = []
        var lastMember = ""
        /// Where the next member begins.
        var position = 1
    }

    init(_ database: Database, _ roster: Roster) throws {
        query = try Prepared(database, Self.chunk)
        self.roster = roster
    }

    /// What the close of a period made of a member; nil if nothing.
    func settled(_ member: MemberID, in period: Int) throws -> SettledMember? {
        var cursor = cursors[period] ?? Cursor()
        defer { cursors[period] = cursor }
        if cursor.lastMember < member.text { cursor = try read(member, period) }
        guard member.text <= cursor.lastMember else { return nil }
        let (bytes, start) = (cursor.bytes, cursor.position)
        let (found, position) = bytes.withUnsafeBytes { find(member, in: $0, from: start) }
        cursor.position = position
        return found
    }

    /// The member's part, and the place of the first member that is not less.
    private func find(
        _ member: MemberID, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> (SettledMember?, Int) {
        var packed = PackedReader(bytes, from: start)
        var position = start
        while let (id, part) = SettlementChunk.next(&packed, of: bytes) {
            if id == member { return (SettlementPacking.unpack(part, of: member, roster), position) }
            guard id < member else { break }
            position = packed.position
        }
        return (nil, position)
    }

    /// The chunk that would hold the member; an empty one if none does.
    private func read(_ member: MemberID, _ period: Int) throws -> Cursor {
        query.bind(1, period)
        query.bind(2, member.text)
        return try query.first { row in
            try SettlementChunk.withContent(of: row) { bytes in
                Cursor(
                    bytes: [UInt8](bytes), lastMember: row.text(3),
                    position: SettlementChunk.reader(bytes).position)
            }
        } ?? Cursor()
    }
}
