/// The key of a line of points in small numbers: what sums are gathered by. Rulebook §6.
struct LineSlot: Hashable {
    let kind: LineKind
    /// The counterparty's ledger; -1: none.
    let counterparty: Int32
    /// The campaign's place among those of the alliance; -1: none.
    let campaign: Int32
    /// Millionths; -1: none.
    let rate: Int32
    let price: Price

    func hash(into hasher: inout Hasher) {
        hasher.combine(price.millionths &* 16 &+ Int64(kind.rawValue))
        hasher.combine(
            UInt64(UInt32(bitPattern: counterparty)) << 32
                ^ UInt64(UInt32(bitPattern: rate)) ^ UInt64(UInt32(bitPattern: campaign)) << 20)
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
    }

    private var sums: [Sum] = []
    private var positions: [LineSlot: Int] = [:]

    var isEmpty: Bool { sums.isEmpty }

    /// Each slot with its sum, in no order.
    var slots: [(LineSlot, Sum)] { positions.map { ($0.key, sums[$0.value]) } }

    /// Adds to a line; false where the sum passes what 128 bits hold.
    mutating func add(_ points: Points, _ exact: ExactAmount, to slot: LineSlot) -> Bool {
        let position: Int
        if let known = positions[slot] {
            position = known
        } else {
            position = sums.count
            positions[slot] = position
            sums.append(Sum())
        }
        sums[position].points += Int128(points.count)
        guard let sum = sums[position].exact.adding(exact) else { return false }
        sums[position].exact = sum
        return true
    }
}
