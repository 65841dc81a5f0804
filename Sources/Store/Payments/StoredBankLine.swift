public import Settlement
public import Signing

/// A line of a bank's statement, and what settled it.
public struct StoredBankLine: Hashable, Sendable {
    /// 1, 2, 3 … over all files.
    public let number: Int64
    /// The number of the file that brought it.
    public let file: Int64
    public let line: BankLine
    /// What has been done for it; what does not count any more is not among them.
    public internal(set) var matches: [BankMatch]
    /// Whether what counts comes to its amount and what was charged, or it is of no merchant; else it waits, perhaps settled
    /// in part.
    public internal(set) var isSettled = false
    /// What was charged beside what counts and is booked: 0 or more, and the operator's to bear.
    public internal(set) var charges = Money.zero
    /// What was charged, be it booked or said by a draft that waits.
    var notedCharges = Money.zero
    /// The number of a draft that it stands on and that waits, if there is one.
    var waitingDraft: Int64?
    /// Whether something was done for it that does not count any more, and may again.
    var hasEnded = false

    /// What was done for it since it was last reopened.
    var sinceReopened: ArraySlice<BankMatch> {
        let end = matches.lastIndex { if case .reopened = $0.act { true } else { false } }
        return matches[(end.map { $0 + 1 } ?? 0)...]
    }
}

/// What settled a line.
public struct BankMatch: Hashable, Sendable {
    public enum Act: Hashable, Sendable {
        /// This payment was booked or drafted for it.
        case paid(MerchantID, BookingReference)
        /// This booking or draft, which takes a payment back, was made for it.
        case returned(MerchantID, BookingReference)
        /// This payment was there before.
        case named(MerchantID, BookingReference)
        /// It is of no merchant, for this reason.
        case ignored(String)
        /// What was done for it before counts no more, for this reason.
        case reopened(String)

        /// The booking that it stands on.
        public var payment: (merchant: MerchantID, reference: BookingReference)? {
            switch self {
            case .paid(let merchant, let reference), .returned(let merchant, let reference),
                .named(let merchant, let reference):
                (merchant, reference)
            case .ignored, .reopened: nil
            }
        }
    }

    /// The very draft or booking that it stands on, by its number: another one of the same reference is not it.
    public enum Ground: Hashable, Sendable {
        case draft(Int64)
        case booking(Int64)
    }

    public let line: Int64
    public let act: Act
    /// Of a payment; nil: it stands on none.
    public let ground: Ground?
    public let at: Instant
    public let person: PersonName
    /// What the bank charged beside the payment: 0 or more.
    public let charges: Money
}

/// A file that was imported.
public struct StoredBankFile: Hashable, Sendable {
    public let number: Int64
    public let form: BankStatement.Form
    public let digest: SHA256Digest
    public let imported: Instant
    public let person: PersonName
    /// How many lines it brought.
    public let lines: Int64
    /// How many closing balances it says.
    public let balances: Int64
}
