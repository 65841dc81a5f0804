/// An exact signed amount before rounding, in millionths of a millionth of a minor unit.
///
/// Points × price × share never has more fractional digits than twelve, so sums of it are exact. A sum that
/// passes 128 bits would be far beyond what a 64-bit line can hold; `adding` then gives nil.
@frozen
public struct ExactAmount: Hashable, Sendable {
    /// Units of 10^-12 minor units.
    public static let scale: Int128 = 1_000_000_000_000
    public static let zero = ExactAmount(parts: 0)

    public let parts: Int128

    @inlinable public init(parts: Int128) { self.parts = parts }

    /// `points` × `price`, in minor units of a currency with `minorPerMajor` of them.
    @inlinable
    public init(_ points: Points, at price: Price, minorPerMajor: Int64) {
        parts = Int128(points.count) * Int128(price.millionths) * Int128(minorPerMajor) * 1_000_000
    }

    /// `points` × `price` × `share`.
    @inlinable
    public init(_ points: Points, at price: Price, share: Fraction, minorPerMajor: Int64) {
        parts =
            Int128(points.count) * Int128(price.millionths) * Int128(minorPerMajor) * Int128(share.millionths)
    }

    /// `money` × `rate`: fees and VAT.
    @inlinable
    public init(_ money: Int128, times rate: Fraction) {
        parts = money * Int128(rate.millionths) * 1_000_000
    }

    @inlinable
    public static prefix func - (amount: ExactAmount) -> ExactAmount { ExactAmount(parts: -amount.parts) }

    /// The sum; nil where it passes 128 bits.
    @inlinable
    public func adding(_ other: ExactAmount) -> ExactAmount? {
        let (sum, overflow) = parts.addingReportingOverflow(other.parts)
        return overflow ? nil : ExactAmount(parts: sum)
    }

    /// The nearest whole number of minor units, a half to the even one. Rulebook §1.
    public var roundedHalfEven: Int128 { roundHalfEven(parts, dividedBy: Self.scale) }
}

/// The nearest whole number to a quotient, a half to the even one. Rulebook §1.
func roundHalfEven(_ value: Int128, dividedBy scale: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: scale)
    let twice = remainder.magnitude * 2
    guard twice > scale.magnitude || (twice == scale.magnitude && !quotient.isMultiple(of: 2)) else {
        return quotient
    }
    return value < 0 ? quotient - 1 : quotient + 1
}

/// half-even(points × price), in minor units; `points` may be a sum of any size below 10^22.
func roundedWorth(of points: Int128, at price: Price, minorPerMajor: Int64) -> Int128 {
    roundHalfEven(points * Int128(price.millionths) * Int128(minorPerMajor), dividedBy: 1_000_000)
}

extension ExactAmount: CustomStringConvertible {
    /// Minor units as a decimal in shortest form, with a sign only when negative: `-1.5`, `0`, `12.000001`.
    public var description: String {
        let (whole, fraction) = parts.magnitude.quotientAndRemainder(dividingBy: Self.scale.magnitude)
        let sign = parts < 0 ? "-" : ""
        guard fraction > 0 else { return "\(sign)\(whole)" }
        var digits = Array("\(Self.scale.magnitude + fraction)".utf8.dropFirst())
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(sign)\(whole)." + String(decoding: digits, as: UTF8.self)
    }
}
