/// Open points by issuer, funding, price and month of their last valid day. Rulebook §7.
enum Liability {
    struct Key: Hashable, Comparable {
        /// The issuer's ledger: ledgers stand in the order of ids.
        let issuer: Int
        let funding: Funding
        let price: Price
        /// `YYYY-MM`; nil: never expires.
        let month: String?

        static func < (left: Key, right: Key) -> Bool {
            if left.issuer != right.issuer { return left.issuer < right.issuer }
            if left.funding != right.funding { return left.funding.rawValue < right.funding.rawValue }
            if left.price != right.price { return left.price < right.price }
            guard let one = left.month else { return false }
            guard let other = right.month else { return true }
            return one < other
        }
    }
}
