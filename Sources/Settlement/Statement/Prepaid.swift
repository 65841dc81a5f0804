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

    /// One posting of the operator's books; a negative amount goes the other way round.
    struct Posting {
        let cause: PrepaidCause
        /// Nil of a rounding.
        let points: Int128?
        let debit: String
        let credit: String
        let amount: Int128
    }

    /// Posts what these points did, so that `pool` is worth exactly those still open. Rulebook §6.
    func post(to journal: inout Journal, at price: Price, minorPerMajor: Int64) throws(CloseFailure) {
        for posting in postings(at: price, minorPerMajor: minorPerMajor) {
            try journal.post(debit: posting.debit, credit: posting.credit, posting.amount)
        }
    }

    /// What these points post.
    ///
    /// `pool` was worth half-even(open before × price) by the posting of the previous period, so what this
    /// period posted tells what it would be now; the difference to what it must be is rounding.
    func postings(at price: Price, minorPerMajor: Int64) -> [Posting] {
        func worth(_ points: Int128) -> Int128 {
            roundedWorth(of: points, at: price, minorPerMajor: minorPerMajor)
        }
        func posting(_ cause: PrepaidCause, _ points: Int128, debit: String, credit: String) -> Posting {
            Posting(cause: cause, points: points, debit: debit, credit: credit, amount: worth(points))
        }
        let moved = [
            posting(.redeemed, consumed, debit: Journal.pool, credit: Journal.margin),
            posting(.expired, expired, debit: Journal.pool, credit: Journal.breakage),
            posting(.openingCreated, openingCreated, debit: Journal.opening, credit: Journal.pool),
            posting(.openingRecovered, openingRecovered, debit: Journal.pool, credit: Journal.opening),
            posting(.openingExpired, openingExpired, debit: Journal.pool, credit: Journal.opening),
        ]
        let standing = moved.reduce(-worth(openBefore) + issueLines) { sum, posting in
            posting.debit == Journal.pool ? sum + posting.amount : sum - posting.amount
        }
        return moved + [
            Posting(
                cause: .rounding, points: nil, debit: Journal.pool, credit: Journal.rounding,
                amount: -worth(openAfter) - standing)
        ]
    }
}

/// Why prepaid points are posted at a close. Rulebook §6.
public enum PrepaidCause: String, Hashable, Sendable, CaseIterable {
    /// Points consumed, less those given back.
    case redeemed = "points_redeemed"
    case expired = "points_expired"
    /// Points brought in from an earlier programme.
    case openingCreated = "opening_points"
    case openingRecovered = "opening_points_recovered"
    case openingExpired = "opening_points_expired"
    /// What remains between the pool and the rounded worth of the open points.
    case rounding
}
