/// A stored record's place in the order of arrival, 1, 2, 3 …; what everything stored refers to it by.
@frozen
public struct RecordNumber: Hashable, Comparable, Sendable {
    public let value: Int64
    @inlinable public init(_ value: Int64) { self.value = value }
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// A stored record that is to be settled in this period.
public struct Event: Hashable, Sendable {
    public let number: RecordNumber
    /// The merchant that reported it.
    public let merchant: MerchantID
    public let record: Record
    /// When it takes effect: its `at`, or the period's start if it is late or was carried. Rulebook §4, §5.
    public let effective: Instant
    /// Whether its own period had closed when it was stored.
    public let late: Bool
    /// Closes at which it stayed pending so far.
    public let attempts: Int

    public init(
        number: RecordNumber, merchant: MerchantID, record: Record, effective: Instant, late: Bool,
        attempts: Int
    ) {
        self.number = number
        self.merchant = merchant
        self.record = record
        self.effective = effective
        self.late = late
        self.attempts = attempts
    }
}

/// What became of a record at a close. Rulebook §5.
public enum Outcome: Hashable, Sendable {
    case settled
    /// A correction that met fewer points than it asks for: settled all the same, with the points missing.
    case shortfall(missing: Points)
    /// Carried to the next period; the code is the one it would be refused with.
    case pending(SettlementRefusalCode)
    case refused(SettlementRefusalCode)
}

/// What the store knows of the record that a reversal names, when it is not among the member's own events
/// of this period. Looked up among all records of the reporting merchant, whatever the member. Rulebook §5.
public enum Original: Hashable, Sendable {
    case notStored
    /// Stored, but of another type than the reversal takes back, or of another member.
    case mismatch
    /// Right type and member, refused at an earlier close.
    case refused
    /// Right type and member, of a later period.
    case later
    /// Right type and member, settled in an earlier period: its lot or allocations come with the input.
    case settled(RecordNumber)
}
