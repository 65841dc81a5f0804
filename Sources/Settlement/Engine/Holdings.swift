/// A member's lots, with the open ones in order of consumption: by (`expiresAt`, never last; `at`; issuer;
/// reporting merchant; id). Rulebook §5.
///
/// Every step costs at most the logarithm of the number of lots, whatever a member's records do: a till that
/// books all its sales on one member must not hold up a close.
struct Holdings {
    private(set) var lots: [Lot]
    private(set) var openBefore: [Points]
    private(set) var changed: [Bool]
    /// How many lots came with the input.
    let known: Int
    /// Sum of the open points.
    private(set) var open: Points
    private var queue: ConsumptionQueue
    /// The same of single issuers, made when a debt first asks for one.
    private var queueOf: [MerchantID: ConsumptionQueue] = [:]
    private var byNumber: [RecordNumber: Int]?

    /// Takes the lots of the input, and how many may come.
    init(_ lots: [Lot], expecting count: Int) {
        self.lots = lots
        openBefore = lots.map(\.open)
        changed = Array(repeating: false, count: lots.count)
        known = lots.count
        open = lots.reduce(.zero) { $0 + $1.open }
        queue = ConsumptionQueue(lots.indices.filter { !lots[$0].open.isZero }, of: lots)
        self.lots.reserveCapacity(lots.count + count)
        openBefore.reserveCapacity(lots.count + count)
        changed.reserveCapacity(lots.count + count)
        queue.reserve(lots.count + count)
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
    mutating func next() -> Int? { queue.first(of: lots) }

    /// The open lot of one issuer that is consumed next.
    mutating func next(of issuer: MerchantID) -> Int? {
        if queueOf[issuer] == nil {
            let open = lots.indices.filter { lots[$0].issuer == issuer && !lots[$0].open.isZero }
            queueOf[issuer] = ConsumptionQueue(open, of: lots)
        }
        return queueOf[issuer]?.first(of: lots)
    }

    /// The open lot that expires first, if its time has come by `instant`.
    mutating func firstExpired(by instant: Instant) -> Int? {
        guard let lot = next(), let expiry = lots[lot].expiresAt, expiry <= instant else { return nil }
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
    }

    /// Gives points back to the lot that they came from.
    mutating func giveBack(_ points: Points, to position: Int) {
        lots[position].open += points
        precondition(lots[position].open <= lots[position].points, "a lot never holds more than was issued")
        open += points
        changed[position] = true
        enqueue(position)
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
        queue.add(position, of: lots)
        if !queueOf.isEmpty { queueOf[lots[position].issuer]?.add(position, of: lots) }
    }
}

/// Whether one lot comes before another in the order of consumption. Looks at their times in place: to take a lot
/// out of its array costs more than all of the comparison.
func consumedBefore(_ left: Int, _ right: Int, in lots: [Lot]) -> Bool {
    if lots[left].expiresAt != lots[right].expiresAt {
        guard let one = lots[left].expiresAt else { return false }
        guard let other = lots[right].expiresAt else { return true }
        return one < other
    }
    if lots[left].at != lots[right].at { return lots[left].at < lots[right].at }
    if lots[left].issuer != lots[right].issuer { return lots[left].issuer < lots[right].issuer }
    if lots[left].merchant != lots[right].merchant { return lots[left].merchant < lots[right].merchant }
    return lots[left].id < lots[right].id
}
