/// A moment, truncated to the millisecond, compared as UTC. Rulebook §1.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let milliseconds: Int64

    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    @inlinable public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment this many milliseconds later.
    @inlinable public func advanced(byMilliseconds span: Int64) -> Instant {
        Instant(milliseconds: milliseconds + span)
    }

    /// The moment this many hours later.
    @inlinable public func advanced(byHours hours: Int) -> Instant {
        advanced(byMilliseconds: Int64(hours) * 3_600_000)
    }

    /// 2000-01-01T00:00:00Z, the first instant a record may bear.
    public static let earliest = Instant(milliseconds: 946_684_800_000)
    /// 2099-12-31T23:59:59.999Z, the last instant a record may bear.
    public static let latest = Instant(milliseconds: 4_102_444_799_999)
}

extension Instant {
    /// Whether a record may bear it: 2000-01-01 … 2099-12-31 in UTC (rulebook §1).
    @inlinable public var isWithinBounds: Bool { self >= .earliest && self <= .latest }
}
