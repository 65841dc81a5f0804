/// A number of points. A record's are 0 … 10^9 (rulebook §1); sums of a member's points fit 64 bits.
@frozen
public struct Points: Hashable, Comparable, Sendable {
    /// The bound of one record's points: 10^9.
    public static let maximum: Int64 = 1_000_000_000
    public static let zero = Points(0)

    public let count: Int64

    @inlinable public init(_ count: Int64) { self.count = count }

    @inlinable public static func < (left: Points, right: Points) -> Bool { left.count < right.count }
    @inlinable public static func + (left: Points, right: Points) -> Points {
        Points(left.count + right.count)
    }
    @inlinable public static func - (left: Points, right: Points) -> Points {
        Points(left.count - right.count)
    }
    @inlinable public static func += (left: inout Points, right: Points) { left = left + right }
    @inlinable public static func -= (left: inout Points, right: Points) { left = left - right }
    @inlinable public var isZero: Bool { count == 0 }
}

/// An amount in minor units of the alliance's currency, signed; a record's is 0 … 10^15 (rulebook §1).
@frozen
public struct Money: Hashable, Comparable, Sendable {
    /// The bound of one record's amount: 10^15 minor units.
    public static let maximum: Int64 = 1_000_000_000_000_000
    public static let zero = Money(0)

    public let minorUnits: Int64

    @inlinable public init(_ minorUnits: Int64) { self.minorUnits = minorUnits }

    @inlinable public static func < (left: Money, right: Money) -> Bool { left.minorUnits < right.minorUnits }
    @inlinable public var isZero: Bool { minorUnits == 0 }
}

/// A currency by its ISO 4217 code and the number of digits of its minor unit, 0 … 3.
public struct Currency: Hashable, Sendable {
    public let code: String
    public let exponent: Int

    public init(code: String, exponent: Int) {
        precondition((0...3).contains(exponent), "a currency's exponent is 0 … 3, found \(exponent)")
        self.code = code
        self.exponent = exponent
    }

    /// Minor units in one major unit: 1, 10, 100 or 1000.
    public var minorPerMajor: Int64 { [1, 10, 100, 1000][exponent] }
}
