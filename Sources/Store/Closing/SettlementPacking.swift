import Settlement

/// What a close made of one member, as far as it must be kept.
struct SettledMember {
    /// A change of a lot.
    struct Movement: Hashable {
        let kind: Settlement.Movement.Kind
        /// The record that caused it; nil: time alone.
        let record: RecordNumber?
        let lot: RecordNumber
        let points: Points
        /// The allocation that was made or given back.
        let allocation: Allocation?

        /// An allocation's redemption, and its place there.
        struct Allocation: Hashable {
            let redemption: RecordNumber
            let ordinal: Int
        }
    }

    /// Lots that it touched and that hold no points now.
    var spent: [Lot] = []
    /// The allocations that it made, and all those of a redemption of which it gave any back.
    var allocations: [Allocation] = []
    /// In the order in which they happened.
    var movements: [Movement] = []
}

/// The form of what a close made of one member, behind the member's id and the length:
///
///     number of lots, lots as `LotPacking` says
///     number of allocations, each: redemption, ordinal, lot, points, redeemer, redeem price, fee rate, terms,
///         given back
///     movements up to the end, each: the kind in the three lowest bits, 8 caused by a record, 16 of an
///         allocation; then lot, points, record (after the lot, signed), redemption (after the record, signed),
///         ordinal
enum SettlementPacking {
    private static let mostBytesOfAllocation = 8 * 10 + 65
    private static let mostBytesOfMovement = 1 + 5 * 10
    private static let kind: UInt8 = 0x07
    private static let caused: UInt8 = 0x08
    private static let allocated: UInt8 = 0x10

    /// Appends what is to be kept of a settlement; nothing if there is nothing.
    static func pack(_ output: MemberOutput, of input: MemberInput, _ roster: Roster, to bytes: inout [UInt8])
    {
        let spent = output.lots.indices.filter { output.changed[$0] && output.lots[$0].open.isZero }
        let allocations = allocations(of: output, input)
        guard !spent.isEmpty || !allocations.isEmpty || !output.movements.isEmpty else { return }
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(spent.count)) }
        for lot in spent {
            bytes.appendPacked(atMost: LotPacking.mostBytes) {
                LotPacking.pack(output.lots[lot], roster, into: &$0)
            }
        }
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(allocations.count)) }
        for position in allocations {
            bytes.appendPacked(atMost: mostBytesOfAllocation) {
                pack(output.allocations[position], roster, into: &$0)
            }
        }
        bytes.appendPacked(atMost: output.movements.count * mostBytesOfMovement) { packed in
            for movement in output.movements { pack(movement, of: output, into: &packed) }
        }
    }

    /// Positions of the allocations that were made, and of those of redemptions of which any was given back.
    private static func allocations(of output: MemberOutput, _ input: MemberInput) -> [Int] {
        precondition(
            output.knownAllocations == input.allocations.count, "allocations of the input come first")
        var changed: Set<RecordNumber> = []
        for (before, after) in zip(input.allocations, output.allocations)
        where before.givenBack != after.givenBack {
            changed.insert(after.redemption)
        }
        return output.allocations.indices.filter { position in
            position >= output.knownAllocations || changed.contains(output.allocations[position].redemption)
        }
    }

    private static func pack(_ allocation: Allocation, _ roster: Roster, into packed: inout PackedBytes) {
        packed.write(UInt64(allocation.redemption.value))
        packed.write(UInt64(allocation.ordinal))
        packed.write(UInt64(allocation.lot.value))
        packed.write(UInt64(allocation.points.count))
        packed.write(UInt64(roster[allocation.redeemer]))
        packed.write(UInt64(allocation.redeemPrice.millionths))
        packed.write(UInt64(allocation.feeRate.millionths))
        packed.write(allocation.terms)
        packed.write(UInt64(allocation.givenBack.count))
    }

    private static func pack(_ movement: Movement, of output: MemberOutput, into packed: inout PackedBytes) {
        var flags = movement.kind.stored
        if movement.event != nil { flags |= caused }
        if movement.allocation != nil { flags |= allocated }
        packed.write(byte: flags)
        let lot = output.lots[movement.lot].number.value
        let record = movement.event.map { output.events[$0].number.value }
        packed.write(UInt64(lot))
        packed.write(UInt64(movement.points.count))
        if let record { packed.write(signed: record - lot) }
        if let allocation = movement.allocation {
            packed.write(signed: output.allocations[allocation].redemption.value - (record ?? lot))
            packed.write(UInt64(output.allocations[allocation].ordinal))
        }
    }

    // MARK: Reading

    static func unpack(_ bytes: UnsafeRawBufferPointer, _ roster: Roster) -> SettledMember {
        var packed = PackedReader(bytes)
        var member = SettledMember()
        let lots = packed.unsigned()
        for _ in 0..<lots { member.spent.append(LotPacking.lot(&packed, roster).lot) }
        let allocations = packed.unsigned()
        for _ in 0..<allocations { member.allocations.append(allocation(&packed, roster)) }
        while !packed.isAtEnd { member.movements.append(movement(&packed)) }
        return member
    }

    private static func allocation(_ packed: inout PackedReader, _ roster: Roster) -> Allocation {
        var allocation = Allocation(
            redemption: RecordNumber(Int64(packed.unsigned())), ordinal: Int(packed.unsigned()),
            lot: RecordNumber(Int64(packed.unsigned())), points: Points(Int64(packed.unsigned())),
            redeemer: roster[Int64(packed.unsigned())],
            redeemPrice: Price(millionths: Int64(packed.unsigned())),
            feeRate: Fraction(millionths: Int64(packed.unsigned())), terms: packed.string())
        allocation.givenBack = Points(Int64(packed.unsigned()))
        return allocation
    }

    private static func movement(_ packed: inout PackedReader) -> SettledMember.Movement {
        let flags = packed.byte()
        guard let kind = Movement.Kind(stored: flags & kind) else {
            preconditionFailure("a movement is stored with its kind")
        }
        let lot = Int64(packed.unsigned())
        let points = Points(Int64(packed.unsigned()))
        let record = flags & caused == 0 ? nil : lot + packed.signed()
        var allocation: SettledMember.Movement.Allocation?
        if flags & allocated != 0 {
            let redemption = RecordNumber((record ?? lot) + packed.signed())
            allocation = .init(redemption: redemption, ordinal: Int(packed.unsigned()))
        }
        return SettledMember.Movement(
            kind: kind, record: record.map { RecordNumber($0) }, lot: RecordNumber(lot), points: points,
            allocation: allocation)
    }
}

extension Movement.Kind {
    /// As it is packed; never changed.
    var stored: UInt8 {
        switch self {
        case .issue: 0
        case .allocation: 1
        case .restoration: 2
        case .recovery: 3
        case .debtRecovery: 4
        case .expiry: 5
        }
    }

    init?(stored: UInt8) {
        guard let kind = Self.allCases.first(where: { $0.stored == stored }) else { return nil }
        self = kind
    }
}
