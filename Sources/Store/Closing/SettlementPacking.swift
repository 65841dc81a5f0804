import Settlement

/// The form of what a close made of one member, behind the member's id and the length:
///
///     number of events, each: flags; id; number and `at`, counted from the event before; merchant, points; then
///         what the flags name: effective time, counted from `at`; outcome; ref; expires; campaign; item; attempts
///     number of lots, lots as `LotPacking` says
///     number of allocations, each: redemption, ordinal, lot, points, redeemer, redeem price, fee rate, terms,
///         given back
///     movements up to the end, each: the kind in the three lowest bits, 8 caused by an event, 16 of an
///         allocation; then lot, points, event, allocation by their places above
///
/// Its lots are those that the close touched or made; its allocations those that it made, and all those of a
/// redemption of which it gave any back.
enum SettlementPacking {
    private static let mostBytesOfAllocation = 8 * 10 + 65
    private static let mostBytesOfMovement = 1 + 4 * 10
    private static let kind: UInt8 = 0x07
    private static let caused: UInt8 = 0x08
    private static let allocated: UInt8 = 0x10

    /// Appends what is to be kept of a settlement; nothing if there is nothing.
    static func pack(_ output: MemberOutput, of input: MemberInput, _ roster: Roster, to bytes: inout [UInt8])
    {
        let lots = output.lots.indices.filter { output.changed[$0] }
        let allocations = allocations(of: output, input)
        guard !output.events.isEmpty || !lots.isEmpty || !allocations.isEmpty else {
            precondition(output.movements.isEmpty, "a movement changes a lot")
            return
        }
        SettledEventPacking.pack(output.settled, roster, to: &bytes)
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(lots.count)) }
        for lot in lots {
            bytes.appendPacked(atMost: LotPacking.mostBytes) {
                LotPacking.pack(output.settled.lots.span[lot], roster, into: &$0)
            }
        }
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(allocations.count)) }
        for position in allocations {
            bytes.appendPacked(atMost: mostBytesOfAllocation) {
                pack(output.settled.allocations.span[position], roster, into: &$0)
            }
        }
        let places = Places(lots, of: output.lots.count)
        let taken = Places(allocations, of: output.allocations.count)
        bytes.appendPacked(atMost: output.movements.count * mostBytesOfMovement) { packed in
            for movement in output.movements { pack(movement, places, taken, into: &packed) }
        }
    }

    /// Where those that are kept of a list stand among themselves.
    private struct Places {
        private let places: [Int]

        init(_ kept: [Int], of count: Int) {
            // Mostly all of them are.
            guard kept.count < count else {
                places = kept
                return
            }
            var places = Array(repeating: -1, count: count)
            for (place, position) in kept.enumerated() { places[position] = place }
            self.places = places
        }

        subscript(position: Int) -> UInt64 {
            precondition(places[position] >= 0, "what a movement names is kept with it")
            return UInt64(places[position])
        }
    }

    /// Positions of the allocations that were made, and of those of redemptions of which any was given back.
    private static func allocations(of output: MemberOutput, _ input: MemberInput) -> [Int] {
        precondition(
            output.knownAllocations == input.allocations.count, "allocations of the input come first")
        guard output.knownAllocations > 0 else { return Array(output.allocations.indices) }
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

    private static func pack(
        _ movement: Movement, _ lots: Places, _ allocations: Places, into packed: inout PackedBytes
    ) {
        var flags = movement.kind.stored
        if movement.event != nil { flags |= caused }
        if movement.allocation != nil { flags |= allocated }
        packed.write(byte: flags)
        packed.write(lots[movement.lot])
        packed.write(UInt64(movement.points.count))
        if let event = movement.event { packed.write(UInt64(event)) }
        if let allocation = movement.allocation { packed.write(allocations[allocation]) }
    }

    // MARK: Reading

    static func unpack(
        _ bytes: UnsafeRawBufferPointer, of member: MemberID, _ roster: Roster
    ) -> SettledMember {
        var packed = PackedReader(bytes)
        var settled = SettledMember(member: member)
        SettledEventPacking.unpack(&packed, into: &settled, roster)
        let lots = Int(packed.unsigned())
        settled.lots.reserveCapacity(lots)
        for _ in 0..<lots { settled.lots.append(LotPacking.lot(&packed, roster).lot) }
        let allocations = packed.unsigned()
        for _ in 0..<allocations { settled.allocations.append(allocation(&packed, roster)) }
        while !packed.isAtEnd { settled.movements.append(movement(&packed)) }
        return settled
    }

    private static func allocation(_ packed: inout PackedReader, _ roster: Roster) -> Allocation {
        var allocation = Allocation(
            redemption: RecordNumber(Int64(packed.unsigned())), ordinal: Int(packed.unsigned()),
            lot: RecordNumber(Int64(packed.unsigned())), points: Points(Int64(packed.unsigned())),
            redeemer: roster[Int64(packed.unsigned())],
            redeemPrice: Price(millionths: Int64(packed.unsigned())),
            feeRate: Fraction(millionths: Int64(packed.unsigned())), terms: packed.identifier())
        allocation.givenBack = Points(Int64(packed.unsigned()))
        return allocation
    }

    private static func movement(_ packed: inout PackedReader) -> Movement {
        let flags = packed.byte()
        guard let kind = Movement.Kind(stored: flags & kind) else {
            preconditionFailure("a movement is stored with its kind")
        }
        let lot = Int(packed.unsigned())
        let points = Points(Int64(packed.unsigned()))
        let event = flags & caused == 0 ? nil : Int(packed.unsigned())
        let allocation = flags & allocated == 0 ? nil : Int(packed.unsigned())
        return Movement(kind: kind, event: event, lot: lot, points: points, allocation: allocation)
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
