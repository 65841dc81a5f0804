/// What the oracle says when a text is not what the acceptance formats promise.
public struct OracleTrouble: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A price or a fraction as a number of millionths (rulebook §1: at most 6 fractional digits).
///
/// §1: "Prices and fractions are numbers: `0.10` and `0.1` are one key." So the number is kept, never its
/// text.
public struct OracleDecimal: Hashable, Comparable, Sendable {
    public let millionths: Int64

    static let zero = OracleDecimal(millionths: 0)

    init(millionths: Int64) { self.millionths = millionths }

    init(_ text: String) throws {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count <= 2, fraction.count <= 6, let whole = Int64(parts[0]), whole >= 0,
            let rest = Int64(fraction + String(repeating: "0", count: 6 - fraction.count)), rest >= 0
        else { throw OracleTrouble("\(text) is no decimal") }
        millionths = whole * 1_000_000 + rest
    }

    /// §1: "They print as strings in shortest form (`0.1`, `0`, `12`; no sign, exponent or trailing zero)."
    public var text: String {
        let whole = String(millionths / 1_000_000)
        var digits = String(millionths % 1_000_000 + 1_000_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return digits.isEmpty ? whole : "\(whole).\(digits)"
    }

    public static func < (a: OracleDecimal, b: OracleDecimal) -> Bool { a.millionths < b.millionths }
}

/// §1: "each line is rounded once, half to even"; of two equally near whole numbers the even one.
func halfEven(_ numerator: Int128, over denominator: Int128) -> Int64 {
    let quotient = numerator / denominator
    let remainder = numerator % denominator
    let twice = remainder.magnitude * 2
    let awayFromZero: Int128 = numerator < 0 ? -1 : 1
    let isOdd = quotient % 2 != 0
    let goesAway = twice > denominator.magnitude || (twice == denominator.magnitude && isOdd)
    return fits64(goesAway ? quotient + awayFromZero : quotient)
}

/// §1: "A line, balance or posting that does not fit 64 bits stops the close"; here it stops the program.
func fits64(_ value: Int128) -> Int64 {
    guard let narrow = Int64(exactly: value) else { preconditionFailure("\(value) does not fit 64 bits") }
    return narrow
}

/// §1: identifiers "are compared byte for byte".
func bytesPrecede(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

/// Says which of several comparisons decides: the first that is not a tie. A tie is nil.
func firstDifference(_ comparisons: Bool?...) -> Bool {
    for comparison in comparisons {
        if let comparison { return comparison }
    }
    return false
}

/// Whether `a` comes before `b`, nil when they are equal.
func before<Value: Comparable>(_ a: Value, _ b: Value) -> Bool? { a == b ? nil : a < b }

/// Whether `a` comes before `b` byte for byte, nil when they are equal.
func before(bytes a: String, _ b: String) -> Bool? { a == b ? nil : bytesPrecede(a, b) }

/// What is absent comes before what is there, nil when they are equal (§6: "absent first").
func absentFirst<Value: Equatable>(_ a: Value?, _ b: Value?, _ order: (Value, Value) -> Bool) -> Bool? {
    if a == b { return nil }
    guard let a else { return true }
    guard let b else { return false }
    return order(a, b)
}
