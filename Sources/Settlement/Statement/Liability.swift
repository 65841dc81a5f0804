/// Open points by issuer, funding, price and month of their last valid day. Rulebook §7.
enum Liability {
    struct Key: Hashable, Comparable {
        let issuer: MerchantID
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

    /// Months of last valid days, each worked out once: many lots share their expiry.
    struct Months {
        let zone: ZoneRules
        private var known: [Instant: String] = [:]

        init(zone: ZoneRules) { self.zone = zone }

        mutating func lastValid(before expiry: Instant?) -> String? {
            guard let expiry else { return nil }
            if let month = known[expiry] { return month }
            let text = zone.localDate(at: expiry.advanced(byMilliseconds: -1)).description
            let month = String(text.dropLast(3))
            if known.count > 10_000 { known.removeAll(keepingCapacity: true) }
            known[expiry] = month
            return month
        }
    }
}
