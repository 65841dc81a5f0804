/// What the operator would be left with if a merchant paid nothing any more: minus its balance, and the value of its
/// open points that it pays for only when they are spent. As a closing has them.
public struct Exposures: Sendable {
    private var amounts: [MerchantID: Int128] = [:]

    /// Nil if the bytes are not those of a CLOSING.json. Rulebook §7.
    ///
    /// Points are worth what the closing's `liability` says: half to even of points × price, a row each.
    public init?(closing bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), let positions = json["positions"]?.array,
            let liability = json["liability"]?.array
        else { return nil }
        for position in positions {
            guard add(-1, position["closing"], of: position["merchant"]) else { return nil }
        }
        for row in liability where row["funding"]?.string == Funding.redemption.rawValue {
            guard add(1, row["value"], of: row["issuer"]) else { return nil }
        }
    }

    private mutating func add(_ sign: Int128, _ amount: JSONValue?, of merchant: JSONValue?) -> Bool {
        guard let amount = amount?.integer, let merchant = merchant?.string.flatMap({ MerchantID($0) }) else {
            return false
        }
        amounts[merchant, default: 0] += sign * Int128(amount)
        return true
    }

    /// Minor units; negative where the operator owes more than it could lose. One that passes 64 bits stands at
    /// their end.
    public subscript(merchant: MerchantID) -> Money { Money(Int64(clamping: amounts[merchant] ?? 0)) }

    /// A merchant beyond its limit.
    public struct Excess: Hashable, Sendable {
        public let merchant: MerchantID
        public let exposure: Money
        public let limit: Money
    }

    /// The merchants of an alliance that are beyond their limits, by id.
    public func beyondLimits(of alliance: Alliance) -> [Excess] {
        alliance.merchants.compactMap { merchant in
            guard let limit = merchant.exposureLimit, self[merchant.id] > limit else { return nil }
            return Excess(merchant: merchant.id, exposure: self[merchant.id], limit: limit)
        }
    }
}
