import Settlement

/// Why a dispute is not opened, commented on or ended. Codes are never reused.
public struct DisputeRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case merchantUnknown = "merchant_unknown"
        /// An open dispute is against the same line or record.
        case disputeOpen = "dispute_open"
        case disputeUnknown = "dispute_unknown"
        /// It was accepted or rejected.
        case disputeEnded = "dispute_ended"
        /// A text is not 1 … 1000 bytes of printable text.
        case textMalformed = "text_malformed"
        /// The merchant has booked no adjustment of that reference, or one that was undone.
        case adjustmentUnknown = "adjustment_unknown"
        /// The reason of the adjustment does not name the dispute.
        case adjustmentUnnamed = "adjustment_unnamed"
    }

    public let code: Code
    /// What is wrong, for a person.
    public let reason: String
}

extension DisputeRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
