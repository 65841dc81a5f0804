import GRDB
import Settlement

/// The form of a row of `holdings`: a version byte, the number of debts, the debts (issuer, lot, points),
/// oldest first, and open lots up to the end as `LotPacking` says.
enum HoldingsPacking {
    static let version: UInt8 = 1

    /// Adds what is packed to a member's input; gives the places of the lots, counted from where the bytes
    /// begin.
    static func unpack(
        _ bytes: UnsafeRawBufferPointer, into input: inout MemberInput, _ roster: Roster
    ) -> [LotPacking.Place] {
        var packed = PackedReader(bytes)
        let version = packed.byte()
        precondition(version == Self.version, "holdings are of a form that is known")
        let debts = packed.unsigned()
        for _ in 0..<debts {
            input.debts.append(
                Debt(
                    issuer: roster[Int64(packed.unsigned())], lot: RecordNumber(Int64(packed.unsigned())),
                    points: Points(Int64(packed.unsigned()))))
        }
        var places: [LotPacking.Place] = []
        while !packed.isAtEnd {
            let (lot, place) = LotPacking.lot(&packed, roster)
            input.lots.append(lot)
            places.append(place)
        }
        return places
    }

    /// Packs what a settlement leaves to its member; nil if that is nothing. What was packed before and
    /// cannot change is copied.
    static func pack(_ output: MemberOutput, before: HeldRow, _ roster: Roster) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            before.bytes.count + (output.lots.count - output.knownLots) * LotPacking.usualBytes + 64)
        bytes.append(version)
        bytes.appendPacked(atMost: (1 + 3 * output.debts.count) * 10) { packed in
            packed.write(UInt64(output.debts.count))
            for debt in output.debts {
                packed.write(UInt64(roster[debt.issuer]))
                packed.write(UInt64(debt.lot.value))
                packed.write(UInt64(debt.points.count))
            }
        }
        var open = 0
        let lots = output.settled.lots.span
        for position in lots.indices where !lots[position].open.isZero {
            open += 1
            if position < before.places.count {
                bytes.append(contentsOf: before.fixedPart(of: position))
                bytes.appendPacked(atMost: 40) { LotPacking.packState(of: lots[position], into: &$0) }
            } else {
                bytes.appendPacked(atMost: LotPacking.mostBytes) {
                    LotPacking.pack(lots[position], roster, into: &$0)
                }
            }
        }
        return open == 0 && output.debts.isEmpty ? nil : bytes
    }
}

/// A member's row as it was read.
struct HeldRow: Sendable {
    /// None: there is no row.
    var bytes: ArraySlice<UInt8> = []
    /// Of the lots, which come first in the member's input and output.
    var places: [LotPacking.Place] = []

    func fixedPart(of lot: Int) -> ArraySlice<UInt8> {
        bytes[(bytes.startIndex + places[lot].start)..<(bytes.startIndex + places[lot].fixedEnd)]
    }
}

/// What all members hold, in the order of their ids, read by chunks: between two of them no cursor stands on
/// the table, which is written all the while. What is written lies before the place where the next chunk
/// begins.
struct HoldingsSource {
    static let chunk = "SELECT member, bytes FROM holdings WHERE member > ? ORDER BY member"
    /// Rows are read until they take this many bytes.
    static let chunkBytes = 256 << 10

    private let query: Prepared
    private let chunkBytes: Int
    private var members: [MemberID] = []
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    private var position = 0
    private var isLastChunk = false

    init(_ database: Database, chunkBytes: Int = HoldingsSource.chunkBytes) throws {
        query = try Prepared(database, Self.chunk)
        self.chunkBytes = chunkBytes
        try refill()
    }

    /// The member whose row comes next; nil behind the last.
    var member: MemberID? { position < members.count ? members[position] : nil }

    /// The row of the member at hand.
    mutating func take() throws -> ArraySlice<UInt8> {
        let row = bytes[(position == 0 ? 0 : ends[position - 1])..<ends[position]]
        position += 1
        if position == members.count, !isLastChunk { try refill() }
        return row
    }

    private mutating func refill() throws {
        query.bind(1, members.last?.text ?? "")
        members.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        // Rows that were taken may still be in use.
        bytes = []
        bytes.reserveCapacity(chunkBytes + 4_096)
        position = 0
        isLastChunk = true
        while try query.next() {
            members.append(query.identifier(0))
            query.withBytes(1) { bytes.append(contentsOf: $0) }
            ends.append(bytes.count)
            guard bytes.count < chunkBytes else {
                isLastChunk = false
                break
            }
        }
        query.reset()
    }
}

/// What a member holds after a close, where that has changed.
struct HeldChange: Sendable {
    let member: MemberID
    /// Nil: nothing.
    let bytes: [UInt8]?
    /// Whether it held anything before.
    let isKnown: Bool

    init?(_ output: MemberOutput, before: HeldRow, _ roster: Roster) {
        guard output.debtsChanged || output.changed.contains(true) else { return nil }
        member = output.member
        bytes = HoldingsPacking.pack(output, before: before, roster)
        isKnown = !before.bytes.isEmpty
        if bytes == nil, !isKnown { return nil }
    }
}

/// Writes what members hold after a close.
struct HoldingsWriter {
    private let insert: Prepared
    private let update: Prepared
    private let delete: Prepared

    init(_ database: Database) throws {
        insert = try Prepared(database, "INSERT INTO holdings (member, bytes) VALUES (?, ?)")
        update = try Prepared(database, "UPDATE holdings SET bytes = ?2 WHERE member = ?1")
        delete = try Prepared(database, "DELETE FROM holdings WHERE member = ?")
    }

    func write(_ change: HeldChange) throws {
        let statement = change.bytes == nil ? delete : change.isKnown ? update : insert
        statement.bind(1, change.member)
        if let bytes = change.bytes { statement.bind(2, bytes) }
        try statement.run()
        precondition(statement.changes == 1, "what a member holds is stored where it was")
    }
}
