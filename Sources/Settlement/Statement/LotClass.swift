/// Lots that are alike in all that point figures, prepaid points and liability look at.
struct LotClass: Equatable, PlaceKey {
    /// The issuer's ledger.
    let issuer: Int
    let funding: Funding
    let price: Price
    let isOpening: Bool
    /// Nil: never.
    let expiresAt: Instant?

    init(_ lot: Lot, issuer: Int) {
        self.issuer = issuer
        funding = lot.funding
        price = lot.issuePrice
        isOpening = lot.isOpening
        expiresAt = lot.expiresAt
    }

    var mixed: UInt64 {
        let kind = UInt64(
            bitPattern: price.millionths &* 4 &+ (isOpening ? 2 : 0) &+ (funding == .issue ? 1 : 0))
        let expiry = UInt64(bitPattern: expiresAt?.milliseconds ?? -1)
        return (kind.spread ^ expiry ^ UInt64(issuer) << 48).spread
    }
}

/// What the lots of one class held and did in a period.
struct LotClassSums {
    var openBefore: Int64 = 0
    var openAfter: Int64 = 0
    var issued: Int64 = 0
    var redeemed: Int64 = 0
    var restored: Int64 = 0
    var recovered: Int64 = 0
    var expired: Int64 = 0

    mutating func add(_ other: LotClassSums) {
        openBefore += other.openBefore
        openAfter += other.openAfter
        issued += other.issued
        redeemed += other.redeemed
        restored += other.restored
        recovered += other.recovered
        expired += other.expired
    }

    mutating func count(_ kind: Movement.Kind, _ points: Points) {
        switch kind {
        case .issue: issued += points.count
        case .allocation: redeemed += points.count
        case .restoration: restored += points.count
        case .recovery, .debtRecovery: recovered += points.count
        case .expiry: expired += points.count
        }
    }
}

/// All classes of a period's lots with their sums. Each member's lots are put to their classes once; what
/// they do then costs an addition.
struct LotClasses {
    private(set) var sums: [LotClassSums] = []
    private var table = PlaceTable<LotClass>()

    var classes: [LotClass] { table.keys }

    mutating func position(of key: LotClass) -> Int {
        let (position, isNew) = table.place(adding: key)
        if isNew { sums.append(LotClassSums()) }
        return position
    }

    /// Adds what the lots of other members held and did.
    mutating func add(_ other: LotClasses) {
        for (key, sum) in zip(other.classes, other.sums) { sums[position(of: key)].add(sum) }
    }

    mutating func hold(_ position: Int, before: Points, after: Points) {
        sums[position].openBefore += before.count
        sums[position].openAfter += after.count
    }

    mutating func count(_ position: Int, _ kind: Movement.Kind, _ points: Points) {
        sums[position].count(kind, points)
    }
}

extension LotClasses {
    /// The point figures of each of `count` ledgers.
    func pointFigures(count: Int) -> [PointFigures] {
        var figures = Array(repeating: PointFigures(), count: count)
        for (key, sums) in zip(classes, sums) { figures[key.issuer].add(sums) }
        return figures
    }

    /// The prepaid points by issuer (as a ledger) and price.
    func prepaid() -> [Prepaid.Key: Prepaid] {
        var prepaid: [Prepaid.Key: Prepaid] = [:]
        for (key, sums) in zip(classes, sums) where key.funding == .issue {
            prepaid[Prepaid.Key(issuer: key.issuer, price: key.price), default: Prepaid()]
                .add(sums, isOpening: key.isOpening)
        }
        return prepaid
    }

    /// The open points by issuer (as a ledger), funding, price and month of their last valid day.
    func liability(zone: ZoneRules) -> [Liability.Key: Int128] {
        var liability: [Liability.Key: Int128] = [:]
        for (key, sums) in zip(classes, sums) where sums.openAfter != 0 {
            let month = key.expiresAt.map { expiry in
                String(zone.localDate(at: expiry.advanced(byMilliseconds: -1)).description.dropLast(3))
            }
            let row = Liability.Key(
                issuer: key.issuer, funding: key.funding, price: key.price, month: month)
            liability[row, default: 0] += Int128(sums.openAfter)
        }
        return liability
    }
}
