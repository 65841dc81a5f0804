/// The key of a line of points in small numbers: what sums are gathered by. Rulebook §6.
struct LineSlot: Equatable, PlaceKey {
    let kind: LineKind
    /// The counterparty's ledger; -1: none.
    let counterparty: Int32
    /// The campaign's place among those of the alliance; -1: none.
    let campaign: Int32
    /// Millionths; -1: none.
    let rate: Int32
    let price: Price

    var mixed: UInt64 {
        let line = UInt64(bitPattern: price.millionths &* 16 &+ Int64(kind.rawValue)).spread
        let parties = UInt64(UInt32(bitPattern: counterparty)) << 32 | UInt64(UInt32(bitPattern: campaign))
        return (line ^ parties ^ UInt64(UInt32(bitPattern: rate)) << 16).spread
    }

    /// Whether its line stands before another's, as `LineKey` says: merchants and campaigns have their places in the
    /// order of their ids.
    func precedes(_ other: LineSlot) -> Bool {
        if kind != other.kind { return kind < other.kind }
        if counterparty != other.counterparty { return counterparty < other.counterparty }
        if price != other.price { return price < other.price }
        if rate != other.rate { return rate < other.rate }
        return campaign < other.campaign
    }

    func key(merchants: [MerchantID], campaigns: [CampaignID]) -> LineKey {
        LineKey(
            kind: kind, counterparty: counterparty < 0 ? nil : merchants[Int(counterparty)], price: price,
            rate: rate < 0 ? nil : Fraction(millionths: Int64(rate)),
            reference: campaign < 0 ? nil : campaigns[Int(campaign)].text)
    }
}

/// The exact sums of one merchant's lines of points, each at a place of its own.
struct LineSums {
    struct Sum {
        var points: Int128 = 0
        var exact = ExactAmount.zero
    }

    private var sums: [Sum] = []
    private var table = PlaceTable<LineSlot>()

    var isEmpty: Bool { sums.isEmpty }

    /// Each slot with its sum, in no order.
    var slots: [(slot: LineSlot, sum: Sum)] { zip(table.keys, sums).map { ($0, $1) } }

    /// The same in the order of lines.
    var ordered: [(slot: LineSlot, sum: Sum)] { slots.sorted { $0.slot.precedes($1.slot) } }

    /// Adds other sums, line by line.
    mutating func add(_ other: LineSums) -> Bool { other.slots.allSatisfy { add($0.sum, to: $0.slot) } }

    /// Adds to a line; false where the sum passes what 128 bits hold.
    mutating func add(_ sum: Sum, to slot: LineSlot) -> Bool { add(sum, at: place(of: slot)) }

    /// The line's place, which stays.
    @inline(__always)
    mutating func place(of slot: LineSlot) -> Int {
        let (place, isNew) = table.place(adding: slot)
        if isNew { sums.append(Sum()) }
        return place
    }

    /// Whether it is the line of this place.
    @inline(__always)
    func holds(_ slot: LineSlot, at place: Int) -> Bool { table.holds(slot, at: place) }

    /// Adds to the line of a place; false where the sum passes what 128 bits hold.
    @inline(__always)
    mutating func add(_ sum: Sum, at position: Int) -> Bool {
        sums[position].points += sum.points
        guard let exact = sums[position].exact.adding(sum.exact) else { return false }
        sums[position].exact = exact
        return true
    }
}

/// Sums of the lines that other sums hold as well, at places that those gave. Their own are found by them, for a
/// search costs more than the adding.
struct RowSums {
    private(set) var sums = LineSums()
    /// By the place of the others, the own one; -1: not met yet.
    private var places: [Int32] = []

    /// Adds to a line, which the others have at a place; false where the sum passes what 128 bits hold.
    @inline(__always)
    mutating func add(_ sum: LineSums.Sum, to slot: LineSlot, at other: Int) -> Bool {
        if other < places.count {
            let place = Int(places[other])
            if place >= 0, sums.holds(slot, at: place) { return sums.add(sum, at: place) }
        }
        return add(sum, toNew: slot, at: other)
    }

    @inline(never)
    private mutating func add(_ sum: LineSums.Sum, toNew slot: LineSlot, at other: Int) -> Bool {
        let place = sums.place(of: slot)
        while places.count <= other { places.append(-1) }
        places[other] = Int32(place)
        return sums.add(sum, at: place)
    }
}
