/// The prepaid points of one issuer at one issue price: what its `issue`-funded lots did in the period.
struct Prepaid {
    struct Key: Hashable, Comparable {
        /// The issuer's ledger.
        let issuer: Int
        let price: Price

        static func < (left: Key, right: Key) -> Bool {
            left.issuer != right.issuer ? left.issuer < right.issuer : left.price < right.price
        }
    }

    /// Open points when the period began and when it ended.
    var openBefore: Int128 = 0
    var openAfter: Int128 = 0
    /// Points consumed less given back, opening lots included.
    var consumed: Int128 = 0
    /// Points expired, of lots that were earned.
    var expired: Int128 = 0
    /// Of opening lots: points created, recovered, expired.
    var openingCreated: Int128 = 0
    var openingRecovered: Int128 = 0
    var openingExpired: Int128 = 0
    /// What the issue lines and their reversals of this key posted to `pool`, from the merchant's side.
    var issueLines: Int128 = 0

    mutating func add(_ sums: LotClassSums, isOpening: Bool) {
        openBefore += Int128(sums.openBefore)
        openAfter += Int128(sums.openAfter)
        consumed += Int128(sums.redeemed) - Int128(sums.restored)
        if isOpening {
            openingCreated += Int128(sums.issued)
            openingRecovered += Int128(sums.recovered)
            openingExpired += Int128(sums.expired)
        } else {
            expired += Int128(sums.expired)
        }
    }

    /// Posts what these points did, so that `pool` is worth exactly those still open. Rulebook §6.
    ///
    /// `pool` was worth half-even(open before × price) by the posting of the previous period, so what this
    /// period posted tells what it would be now; the difference to what it must be is rounding.
    func post(to journal: inout Journal, at price: Price, minorPerMajor: Int64) throws(CloseFailure) {
        func worth(_ points: Int128) -> Int128 {
            roundedWorth(of: points, at: price, minorPerMajor: minorPerMajor)
        }
        let released = worth(consumed)
        let broken = worth(expired)
        let created = worth(openingCreated)
        let recovered = worth(openingRecovered)
        let lapsed = worth(openingExpired)
        try journal.post(debit: Journal.pool, credit: Journal.margin, released)
        try journal.post(debit: Journal.pool, credit: Journal.breakage, broken)
        try journal.post(debit: Journal.opening, credit: Journal.pool, created)
        try journal.post(debit: Journal.pool, credit: Journal.opening, recovered)
        try journal.post(debit: Journal.pool, credit: Journal.opening, lapsed)
        let standing = -worth(openBefore) + issueLines + released + broken - created + recovered + lapsed
        try journal.post(debit: Journal.pool, credit: Journal.rounding, -worth(openAfter) - standing)
    }
}
