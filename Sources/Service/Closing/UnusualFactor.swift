public import Settlement

/// From how many times the average on a merchant's activity is unusual: 1 … 1,000, or 0 for never.
public struct UnusualFactor: MillionthsDecimal {
    public static let maximumMillionths: Int64 = 1_000_000_000
    public static let standard = UnusualFactor(millionths: 3_000_000)
    public let millionths: Int64

    public init(millionths: Int64) { self.millionths = millionths }

    /// Nil for what is no decimal, beyond 1,000, or between 0 and 1, where all that is usual would be unusual.
    public init?(setting text: String) {
        guard let factor = UnusualFactor(text), factor.millionths == 0 || factor.millionths >= 1_000_000
        else {
            return nil
        }
        self = factor
    }

    /// Fewer periods than this tell nothing of what is usual, and more than this are long ago.
    static let periods = 3...6

    /// What is unusual of a merchant's activity, in minor units, after those of its last periods.
    ///
    /// It is when it is more than so many times the average of what they came to, whichever way, or less than that part
    /// of it; or when all of them went the other way.
    func findsUnusual(_ activity: Int64, after earlier: [Int64]) -> Bool {
        guard millionths > 0, earlier.count >= Self.periods.lowerBound else { return false }
        if earlier.allSatisfy({ $0.signum() == -activity.signum() && $0 != 0 }) { return true }
        let size = Int128(activity.magnitude) * Int128(earlier.count)
        let sum = earlier.reduce(Int128(0)) { $0 + Int128($1.magnitude) }
        let one: Int128 = 1_000_000
        return size * one > sum * Int128(millionths) || size * Int128(millionths) < sum * one
    }

    /// Of their sizes, whichever way they went, as the rule has it; half to even.
    static func average(_ values: [Int64]) -> Int64 {
        precondition(!values.isEmpty, "an average is of something")
        let sum = values.reduce(Int128(0)) { $0 + Int128($1.magnitude) }
        let count = Int128(values.count)
        let (quotient, rest) = sum.quotientAndRemainder(dividingBy: count)
        let twice = rest.magnitude * 2
        let isUp = twice > count.magnitude || (twice == count.magnitude && quotient % 2 != 0)
        return Int64(clamping: quotient + (isUp ? 1 : 0))
    }
}
