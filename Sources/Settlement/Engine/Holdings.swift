/// A member's lots, with the open ones in order of consumption: by (`expiresAt`, never last; `at`; issuer;
/// reporting merchant; id). Rulebook §5.
struct Holdings {
    private(set) var lots: [Lot]
    private(set) var openBefore: [Points]
    private(set) var changed: [Bool]
    /// How many lots came with the input.
    let known: Int
    /// Positions of the open lots, last consumed first, so that the next one is the last.
    private(set) var queue: [Int]
    /// Sum of the open points.
    private(set) var open: Points
    private var byNumber: [RecordNumber: Int]?

    init(_ lots: [Lot]) {
        self.lots = lots
        openBefore = lots.map(\.open)
        changed = Array(repeating: false, count: lots.count)
        known = lots.count
        queue = lots.indices.filter { !lots[$0].open.isZero }
        open = lots.reduce(.zero) { $0 + $1.open }
        queue.sort { consumedBefore(lots[$1], lots[$0]) }
    }

    /// The position of the lot that a record made; nil if it made none.
    mutating func position(of number: RecordNumber) -> Int? {
        if byNumber == nil {
            var index: [RecordNumber: Int] = [:]
            for (position, lot) in lots.enumerated() { index[lot.number] = position }
            byNumber = index
        }
        return byNumber?[number]
    }

    /// The open lot that is consumed next.
    var next: Int? { queue.last }

    /// The open lots of one issuer, in order of consumption.
    func openLots(of issuer: MerchantID) -> [Int] {
        queue.reversed().filter { lots[$0].issuer == issuer }
    }

    /// The open lot that expires first, if its time has come by `instant`.
    func firstExpired(by instant: Instant) -> Int? {
        guard let lot = queue.last, let expiry = lots[lot].expiresAt, expiry <= instant else { return nil }
        return lot
    }

    mutating func add(_ lot: Lot) -> Int {
        let position = lots.count
        lots.append(lot)
        openBefore.append(.zero)
        changed.append(true)
        byNumber?[lot.number] = position
        open += lot.open
        enqueue(position)
        return position
    }

    /// Takes points that the lot holds.
    mutating func take(_ points: Points, from position: Int) {
        precondition(points <= lots[position].open, "a lot gives no more than it holds")
        lots[position].open -= points
        open -= points
        changed[position] = true
        guard lots[position].open.isZero else { return }
        if queue.last == position { queue.removeLast() } else { queue.removeAll { $0 == position } }
    }

    /// Gives points back to the lot that they came from.
    mutating func giveBack(_ points: Points, to position: Int) {
        let wasEmpty = lots[position].open.isZero
        lots[position].open += points
        precondition(lots[position].open <= lots[position].points, "a lot never holds more than was issued")
        open += points
        changed[position] = true
        if wasEmpty { enqueue(position) }
    }

    /// Expires all that the lot holds, and says how much that was.
    mutating func expireOpen(of position: Int) -> Points {
        let points = lots[position].open
        take(points, from: position)
        lots[position].expired += points
        return points
    }

    /// A reversal asked for points of the lot's earn.
    mutating func noteReversal(of points: Points, at position: Int) {
        lots[position].reversed += points
        changed[position] = true
    }

    /// Of `points`, those that expired points of the lot can meet: neither recovered nor owed.
    mutating func meetExpired(_ points: Points, at position: Int) -> Points {
        let met = min(points, lots[position].expired - lots[position].expiredMet)
        lots[position].expiredMet += met
        changed[position] = true
        return met
    }

    private mutating func enqueue(_ position: Int) {
        let lot = lots[position]
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if consumedBefore(lot, lots[queue[middle]]) { low = middle + 1 } else { high = middle }
        }
        queue.insert(position, at: low)
    }
}

/// The order of consumption.
func consumedBefore(_ left: Lot, _ right: Lot) -> Bool {
    if left.expiresAt != right.expiresAt {
        guard let one = left.expiresAt else { return false }
        guard let other = right.expiresAt else { return true }
        return one < other
    }
    if left.at != right.at { return left.at < right.at }
    if left.issuer != right.issuer { return left.issuer < right.issuer }
    if left.merchant != right.merchant { return left.merchant < right.merchant }
    return left.id < right.id
}
