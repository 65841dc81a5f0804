public import Settlement
public import Signing

/// A line of a bank's statement, and what settled it.
public struct StoredBankLine: Hashable, Sendable {
    /// 1, 2, 3 … over all files.
    public let number: Int64
    /// The number of the file that brought it.
    public let file: Int64
    public let line: BankLine
    /// What has been done for it; what does not count any more is not among them. Empty: it waits.
    public internal(set) var matches: [BankMatch]
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

        /// The booking that it stands on.
        public var payment: (merchant: MerchantID, reference: BookingReference)? {
            switch self {
            case .paid(let merchant, let reference), .returned(let merchant, let reference),
                .named(let merchant, let reference):
                (merchant, reference)
            case .ignored: nil
            }
        }
    }

    public let line: Int64
    public let act: Act
    public let at: Instant
    public let person: PersonName
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
}
