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
    /// `lots` gets where each of the output's lots stands among the bytes, empty where it is not kept.
    static func pack(
        _ output: MemberOutput, of input: MemberInput, _ roster: Roster, to bytes: inout [UInt8],
        lots places: inout [Range<Int>]
    ) {
        let lots = KeptPlaces(output.changed)
        let allocations = allocations(of: output, input)
        guard !output.events.isEmpty || lots.count > 0 || allocations.count > 0 else {
            precondition(output.movements.isEmpty, "a movement changes a lot")
            return
        }
        SettledEventPacking.pack(output.settled, roster, to: &bytes)
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(lots.count)) }
        for lot in output.lots.indices {
            let start = bytes.count
            if lots.keeps(lot) {
                bytes.appendPacked(atMost: LotPacking.mostBytes) {
                    LotPacking.pack(output.settled.lots.span[lot], roster, into: &$0)
                }
            }
            places.append(start..<bytes.count)
        }
        bytes.appendPacked(atMost: 10) { $0.write(UInt64(allocations.count)) }
        for position in output.allocations.indices where allocations.keeps(position) {
            bytes.appendPacked(atMost: mostBytesOfAllocation) {
                pack(output.settled.allocations.span[position], roster, into: &$0)
            }
        }
        bytes.appendPacked(atMost: output.movements.count * mostBytesOfMovement) { packed in
            for movement in output.movements { pack(movement, lots, allocations, into: &packed) }
        }
    }

    /// The allocations that were made, and those of redemptions of which any was given back.
    private static func allocations(of output: MemberOutput, _ input: MemberInput) -> KeptPlaces {
        precondition(
            output.knownAllocations == input.allocations.count, "allocations of the input come first")
        guard output.knownAllocations > 0 else { return KeptPlaces(all: output.allocations.count) }
        var changed: Set<RecordNumber> = []
        for (before, after) in zip(input.allocations, output.allocations)
        where before.givenBack != after.givenBack {
            changed.insert(after.redemption)
        }
        return KeptPlaces(
            output.allocations.indices.map { position in
                position >= output.knownAllocations
                    || changed.contains(output.allocations[position].redemption)
            })
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
        _ movement: Movement, _ lots: KeptPlaces, _ allocations: KeptPlaces, into packed: inout PackedBytes
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

/// What is kept of a list, and where it stands among what is kept.
private struct KeptPlaces {
    /// How many are kept.
    let count: Int
    /// By position in the list, the place; -1: it is not kept. Empty: all are kept, as mostly.
    private var places: [Int] = []

    init(all count: Int) { self.count = count }

    init(_ isKept: [Bool]) {
        guard isKept.contains(false) else {
            count = isKept.count
            return
        }
        var count = 0
        for kept in isKept {
            places.append(kept ? count : -1)
            if kept { count += 1 }
        }
        self.count = count
    }

    func keeps(_ position: Int) -> Bool { places.isEmpty || places[position] >= 0 }

    subscript(position: Int) -> UInt64 {
        precondition(keeps(position), "what a movement names is kept with it")
        return UInt64(places.isEmpty ? position : places[position])
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
