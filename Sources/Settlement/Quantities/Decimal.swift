/// A decimal of at most six fractional digits, kept as an integer count of millionths.
/// `0.10` and `0.1` are one number (rulebook §1).
public protocol MillionthsDecimal: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The largest value, in millionths.
    static var maximumMillionths: Int64 { get }
    var millionths: Int64 { get }
    init(millionths: Int64)
}

extension MillionthsDecimal {
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.millionths < right.millionths }

    /// Reads digits, and optionally a point and 1–6 digits; no sign, exponent, space or empty part.
    /// A leading zero stands only before the point. Nil for any other text or beyond the bound.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2, let whole = parts.first, !whole.isEmpty,
            whole.count <= 12,
            parts.joined().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            whole.count == 1 || whole.first != UInt8(ascii: "0")
        else { return nil }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard parts.count == 1 || (1...6).contains(fraction.count) else { return nil }
        var value: Int64 = 0
        for digit in whole { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
        for place in 0..<6 {
            value = value * 10 + (place < fraction.count ? Int64(fraction[place] - UInt8(ascii: "0")) : 0)
        }
        guard value <= Self.maximumMillionths else { return nil }
        self.init(millionths: value)
    }

    /// The shortest form: `0.1`, `0`, `12`; no sign, exponent or trailing zero.
    public var description: String {
        let (whole, fraction) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        guard fraction > 0 else { return "\(whole)" }
        var digits = Array("\(1_000_000 + fraction)".utf8.dropFirst())
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(whole)." + String(decoding: digits, as: UTF8.self)
    }
}

/// Major currency units per point, 0 … 1,000,000.
@frozen
public struct Price: MillionthsDecimal {
    public static let maximumMillionths: Int64 = 1_000_000_000_000
    public let millionths: Int64
    @inlinable public init(millionths: Int64) { self.millionths = millionths }
}

/// A fee, VAT rate or share, 0 … 1.
@frozen
public struct Fraction: MillionthsDecimal {
    public static let maximumMillionths: Int64 = 1_000_000
    public static let zero = Fraction(millionths: 0)
    public let millionths: Int64
    @inlinable public init(millionths: Int64) { self.millionths = millionths }
}

/// Points per major currency unit: the guard `max_points_per_unit`, 0 … 1,000,000 (ours: the rulebook
/// gives no bound).
@frozen
public struct PointsPerUnit: MillionthsDecimal {
    public static let maximumMillionths: Int64 = 1_000_000_000_000
    public let millionths: Int64
    @inlinable public init(millionths: Int64) { self.millionths = millionths }
}
