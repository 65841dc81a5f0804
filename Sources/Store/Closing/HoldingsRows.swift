import GRDB
import Settlement

/// What a member held before a close, as it was read.
struct HeldRow: Sendable {
    /// None: it held nothing.
    var bytes: ArraySlice<UInt8> = []
    /// The close that left it so; nil: there is no row of a closed period.
    var period: Int?
    /// Whether rows of earlier closes are left beside it.
    var hasOlder = false
    /// Whether a close of this period that ended before its time left a row.
    var hasUnfinished = false
    /// Of the lots, which come first in the member's input and output.
    var places: [LotPacking.Place] = []
    /// What it adds to the sums of all that is held.
    var sums = HeldSums()

    func fixedPart(of lot: Int) -> ArraySlice<UInt8> {
        bytes[(bytes.startIndex + places[lot].start)..<(bytes.startIndex + places[lot].fixedEnd)]
    }
}

/// What all members held before a close, in the order of their ids, read by chunks.
struct HoldingsSource {
    static let rows = "SELECT member, period, bytes FROM holdings ORDER BY member, period"
    /// Rows are read until they take this many bytes.
    static let chunkBytes = 256 << 10
    /// About what a row takes beside its bytes.
    static let rowBytes = 128

    private let database: Database
    private let query: Prepared
    private let chunkBytes: Int
    /// The period that closes.
    private let period: Int
    private var members: [(id: MemberID, held: HeldRow, bytes: Range<Int>)] = []
    private var bytes: [UInt8] = []
    private var position = 0
    /// Whether the query stands on a row that is not among the chunk's.
    private var isOnRow = false
    /// What the members that were taken held.
    private(set) var held = HeldSums()

    /// The members as they stood before the close of `period`.
    init(_ database: Database, before period: Int, chunkBytes: Int = HoldingsSource.chunkBytes) throws {
        self.database = database
        query = try Prepared(database, Self.rows)
        self.period = period
        self.chunkBytes = chunkBytes
        isOnRow = try query.next()
        try refill()
    }

    /// The member whose rows come next; nil behind the last.
    var member: MemberID? { position < members.count ? members[position].id : nil }

    /// What the member at hand held.
    mutating func take() throws -> HeldRow {
        var held = members[position].held
        held.bytes = bytes[members[position].bytes]
        self.held.add(held.sums)
        position += 1
        if position == members.count { try refill() }
        return held
    }

    private mutating func refill() throws {
        members.removeAll(keepingCapacity: true)
        // Rows that were taken may still be in use.
        bytes = []
        bytes.reserveCapacity(chunkBytes + 4_096)
        position = 0
        // Rows that say that there is nothing have no bytes left, and take memory too.
        while isOnRow, bytes.count + members.count * Self.rowBytes < chunkBytes {
            let id: MemberID = query.identifier(0)
            let (held, range) = try takeRows(of: id)
            members.append((id, held, range))
        }
    }

    private mutating func takeRows(of member: MemberID) throws -> (HeldRow, Range<Int>) {
        var held = HeldRow()
        var range = bytes.count..<bytes.count
        repeat {
            let found = Int(query.integer(1))
            guard (0...period).contains(found) else {
                throw try HoldingsSum.damaged(
                    query, before: period, database, "it is of a period that has not closed")
            }
            try HoldingsSum.withContent(of: query, before: period, database) { content, sum in
                guard found < period else {
                    held.hasUnfinished = true
                    return
                }
                held.hasOlder = held.period != nil
                held.period = found
                held.sums = content.isEmpty ? HeldSums() : HeldSums(of: sum)
                let start = bytes.count
                bytes.append(contentsOf: content)
                range = start..<bytes.count
            }
            isOnRow = try query.next()
        } while isOnRow && query.identifier(0) == member
        return (held, range)
    }
}

/// What a close changes of a member's rows.
struct HeldChange: Sendable {
    let member: MemberID
    /// What it holds now, with its sum; a sum alone: nothing any more. Nil: there is no row of this close.
    let bytes: [UInt8]?
    /// The last of the rows that no closed period needs any more, by its period.
    let obsolete: Int?
    /// Whether a row is in the way that a close of this period left which ended before its time.
    let hasUnfinished: Bool
    /// What it changes of the sums of all that is held.
    let sums: HeldSums

    /// What the close of a period changes; nil: nothing. `parts` are those to which the settlement was added last.
    init?(
        _ output: MemberOutput, before: HeldRow, parts: SettlementParts, _ roster: Roster, period: Int
    ) {
        let isChanged = output.debtsChanged || output.changed.contains(true)
        var packed =
            isChanged ? HoldingsPacking.pack(output, before: before, parts: parts, roster) ?? [] : []
        let isHeld = !before.bytes.isEmpty
        var sums = HeldSums()
        if isChanged, !packed.isEmpty || isHeld {
            let isNothing = packed.isEmpty
            HoldingsSum.append(to: &packed, of: output.member, period: period)
            if !isNothing { sums.add(HeldSums(of: packed.withUnsafeBytes { RowSum.written(in: $0) })) }
            sums.remove(before.sums)
            bytes = packed
        } else {
            bytes = nil
        }
        self.sums = sums
        if bytes == nil, !isHeld {
            // A row that says that there is nothing says no more than none.
            obsolete = before.period
        } else {
            obsolete = before.hasOlder ? before.period.map { $0 - 1 } : nil
        }
        hasUnfinished = before.hasUnfinished
        member = output.member
        if bytes == nil, obsolete == nil, !hasUnfinished { return nil }
    }
}

/// Writes what members hold after a close.
struct HoldingsWriter {
    private let insert: Prepared
    private let deleteOlder: Prepared
    private let deleteUnfinished: Prepared
    private let period: Int

    init(_ database: Database, period: Int) throws {
        self.period = period
        insert = try Prepared(database, "INSERT INTO holdings (member, period, bytes) VALUES (?, ?, ?)")
        deleteOlder = try Prepared(database, "DELETE FROM holdings WHERE member = ? AND period <= ?")
        deleteUnfinished = try Prepared(database, "DELETE FROM holdings WHERE member = ? AND period = ?")
    }

    func write(_ change: HeldChange) throws {
        if change.hasUnfinished {
            deleteUnfinished.bind(1, change.member)
            deleteUnfinished.bind(2, period)
            try deleteUnfinished.run()
        }
        if let last = change.obsolete {
            deleteOlder.bind(1, change.member)
            deleteOlder.bind(2, last)
            try deleteOlder.run()
        }
        guard let bytes = change.bytes else { return }
        insert.bind(1, change.member)
        insert.bind(2, period)
        insert.bind(3, bytes)
        try insert.run()
    }
}
