public import Settlement

/// Why one of a list of bookings or drafts is refused, and the whole list with it. Codes are never reused. Rulebook §6.
public struct BookingRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case merchantUnknown = "merchant_unknown"
        /// Zero, or beyond ±10^15.
        case amountOutOfBounds = "amount_out_of_bounds"
        /// Before 2000-01-01 or after 2099-12-31.
        case dateOutOfBounds = "date_out_of_bounds"
        /// Not 1 … 200 bytes of printable text, or without a letter and a digit.
        case reasonMalformed = "reason_malformed"
        /// The merchant has it already with other content, or it stands twice in the list.
        case referenceReused = "reference_reused"
        /// A draft of this reference waits.
        case draftWaiting = "draft_waiting"
        /// The period that it belongs to ends before the merchant's terms begin.
        case noTerms = "no_terms"
        /// The merchant has no booking of the reference that is to be undone.
        case undoUnknown = "undo_unknown"
        /// It takes something back itself.
        case undoOfUndo = "undo_of_undo"
        /// It is not the opposite of what it undoes: another kind or amount.
        case undoMismatch = "undo_mismatch"
        /// It is dated before what it undoes.
        case undoTooEarly = "undo_too_early"
        case alreadyUndone = "already_undone"
        /// No draft of this reference waits.
        case draftUnknown = "draft_unknown"
        /// It was approved: nothing is left to withdraw.
        case draftBooked = "draft_booked"
        /// The draft of the number was withdrawn, and another one of the reference waits.
        case draftChanged = "draft_changed"
        /// With four eyes a draft is approved by its number.
        case draftNumberRequired = "draft_number_required"
        /// Drafts of several merchants bear the reference, or did.
        case referenceAmbiguous = "reference_ambiguous"
        /// With four eyes, who drafted it cannot approve it.
        case samePerson = "same_person"
        /// With four eyes, it was drafted by a name without a key.
        case drafterUnproven = "drafter_unproven"
    }

    public let code: Code
    /// Position in the list, from 0.
    public let position: Int
    /// Nil where a draft was named by its reference alone.
    public let merchant: MerchantID?
    public let reference: BookingReference
    /// What is wrong, for a person.
    public let reason: String

    public init(
        code: Code, position: Int, merchant: MerchantID?, reference: BookingReference, reason: String
    ) {
        self.code = code
        self.position = position
        self.merchant = merchant
        self.reference = reference
        self.reason = reason
    }
}

extension BookingRefusal: CustomStringConvertible {
    public var description: String {
        "\(code.rawValue): \(merchant.map { "\($0) " } ?? "")\(reference): \(reason)"
    }
}

/// All that is wrong with a list of which nothing is taken, in its order.
public struct BookingsRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// One at least.
    public let refusals: [BookingRefusal]

    public init(refusals: [BookingRefusal]) {
        precondition(!refusals.isEmpty, "something is wrong with a list that is refused")
        self.refusals = refusals
    }

    public var description: String { refusals.map(\.description).joined(separator: "\n") }
}
