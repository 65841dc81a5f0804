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

    func key(merchants: [MerchantID], campaigns: [CampaignID]) -> LineKey {
        LineKey(
            kind: kind, counterparty: counterparty < 0 ? nil : merchants[Int(counterparty)], price: price,
            rate: rate < 0 ? nil : Fraction(millionths: Int64(rate)),
            reference: campaign < 0 ? nil : campaigns[Int(campaign)].text)
    }
}

/// The exact sums of one merchant's lines of points.
struct LineSums {
    struct Sum {
        var points: Int128 = 0
        var exact = ExactAmount.zero

        /// Whether these are the figures of one movement.
        func says(_ points: Points, _ exact: ExactAmount) -> Bool {
            self.points == Int128(points.count) && self.exact == exact
        }
    }

    private var sums: [Sum] = []
    private var table = PlaceTable<LineSlot>()

    var isEmpty: Bool { sums.isEmpty }

    /// Each slot with its sum, in no order.
    var slots: [(LineSlot, Sum)] { Array(zip(table.keys, sums)) }

    /// Adds to a line; false where the sum passes what 128 bits hold.
    mutating func add(_ points: Points, _ exact: ExactAmount, to slot: LineSlot) -> Bool {
        add(Sum(points: Int128(points.count), exact: exact), to: slot)
    }

    /// Adds other sums, line by line.
    mutating func add(_ other: LineSums) -> Bool { other.slots.allSatisfy { add($1, to: $0) } }

    mutating func add(_ sum: Sum, to slot: LineSlot) -> Bool {
        let (position, isNew) = table.place(adding: slot)
        if isNew {
            sums.append(sum)
            return true
        }
        sums[position].points += sum.points
        guard let exact = sums[position].exact.adding(sum.exact) else { return false }
        sums[position].exact = exact
        return true
    }
}
