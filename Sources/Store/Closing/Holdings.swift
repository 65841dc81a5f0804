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
        bytes.reserveCapacity(before.bytes.count + 128)
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
        for (position, lot) in output.lots.enumerated() where !lot.open.isZero {
            open += 1
            if position < before.places.count {
                bytes.append(contentsOf: before.fixedPart(of: position))
                bytes.appendPacked(atMost: 40) { LotPacking.packState(of: lot, into: &$0) }
            } else {
                bytes.appendPacked(atMost: LotPacking.mostBytes) { LotPacking.pack(lot, roster, into: &$0) }
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
    private let roster: Roster
    private let chunkBytes: Int
    private var members: [MemberID] = []
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    private var position = 0
    private var isLastChunk = false

    init(_ database: Database, _ roster: Roster, chunkBytes: Int = HoldingsSource.chunkBytes) throws {
        query = try Prepared(database, Self.chunk)
        self.roster = roster
        self.chunkBytes = chunkBytes
        try refill()
    }

    /// The member whose row comes next; nil behind the last.
    var member: MemberID? { position < members.count ? members[position] : nil }

    /// Adds what the member at hand holds to its input.
    mutating func take(into input: inout MemberInput) throws -> HeldRow {
        let row = bytes[(position == 0 ? 0 : ends[position - 1])..<ends[position]]
        let places = row.withUnsafeBytes { HoldingsPacking.unpack($0, into: &input, roster) }
        position += 1
        if position == members.count, !isLastChunk { try refill() }
        return HeldRow(bytes: row, places: places)
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
            members.append(MemberID(verified: query.text(0)))
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

/// Writes what members hold after a close, where that has changed.
struct HoldingsWriter {
    private let insert: Prepared
    private let update: Prepared
    private let delete: Prepared
    private let roster: Roster

    init(_ database: Database, _ roster: Roster) throws {
        insert = try Prepared(database, "INSERT INTO holdings (member, bytes) VALUES (?, ?)")
        update = try Prepared(database, "UPDATE holdings SET bytes = ?2 WHERE member = ?1")
        delete = try Prepared(database, "DELETE FROM holdings WHERE member = ?")
        self.roster = roster
    }

    func write(_ output: MemberOutput, before: HeldRow) throws {
        guard output.debtsChanged || output.changed.contains(true) else { return }
        let known = !before.bytes.isEmpty
        if let bytes = HoldingsPacking.pack(output, before: before, roster) {
            let statement = known ? update : insert
            statement.bind(1, output.member.text)
            statement.bind(2, bytes)
            try statement.run()
            precondition(statement.changes == 1, "what a member holds is stored where it was")
        } else if known {
            delete.bind(1, output.member.text)
            try delete.run()
        }
    }
}
