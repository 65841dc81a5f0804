extension Currency {
    /// An amount of money in major units, written with exactly the digits of the minor unit: `-1234.50` in EUR,
    /// `1234` in JPY. Nil for any other text, so that minor units are never taken for major ones, and beyond ±10^15
    /// minor units.
    public func money(_ text: String) -> Money? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let parts = text.utf8.dropFirst(isNegative ? 1 : 0)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let digits = Array(parts.joined())
        guard parts.count == (exponent == 0 ? 1 : 2), parts.last?.count == exponent || exponent == 0,
            let whole = parts.first, (1...16).contains(whole.count),
            whole.count == 1 || whole.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        // 16 digits and 3 more may pass 64 bits.
        let value = digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
        guard value <= Int128(Money.maximum), !isNegative || value != 0 else { return nil }
        return Money(Int64(isNegative ? -value : value))
    }

    /// How an amount is written, for a refusal: `1234.50`.
    public var moneyExample: String { exponent == 0 ? "1234" : "1234." + "500".prefix(exponent) }
}
