import GRDB
import Settlement

/// The form of a row of `holdings`: a version byte, the number of debts, the debts (issuer, lot, points),
/// oldest first, and open lots up to the end as `LotPacking` says. The row ends with a `HoldingsSum`.
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
    /// cannot change is copied, and so are new lots, which `parts` have packed.
    static func pack(
        _ output: MemberOutput, before: HeldRow, parts: SettlementParts, _ roster: Roster
    ) -> [UInt8]? {
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
                let packed = parts.lastLot(position)
                precondition(!packed.isEmpty, "a lot that was not held and is open has changed")
                bytes.append(contentsOf: packed)
            }
        }
        return open == 0 && output.debts.isEmpty ? nil : bytes
    }
}
