/// Why a bank's file is not taken, or one of its entries not settled by hand. Codes are never reused.
public struct BankRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// More bytes, elements, levels or attributes than a statement has.
        case statementTooLarge = "statement_too_large"
        /// It declares a document type: entities of its own are never resolved.
        case statementUnsafe = "statement_unsafe"
        /// Neither well-formed XML in UTF-8 nor CSV.
        case statementMalformed = "statement_malformed"
        /// Well-formed, and no form that is known.
        case statementUnknown = "statement_unknown"
        /// An entry lacks what tells what was booked, or has it in a form that is none.
        case entryMalformed = "entry_malformed"
        /// It is of an account that is not the alliance's.
        case accountForeign = "account_foreign"
        /// It is in another currency than the alliance.
        case currencyForeign = "currency_foreign"
        /// A balance has no amount or side that can be read.
        case balanceMalformed = "balance_malformed"
        /// The opening balance and what was booked do not come to the closing balance.
        case balanceMismatch = "balance_mismatch"
        /// There is no entry of the number.
        case entryUnknown = "entry_unknown"
        /// The entry is settled already.
        case entrySettled = "entry_settled"
        /// The entry waits: there is nothing to reopen.
        case entryWaiting = "entry_waiting"
        /// Nothing is proposed for the entry that could be accepted.
        case nothingProposed = "nothing_proposed"
        /// No run has ordered anything under the reference.
        case orderUnknown = "order_unknown"
        /// The merchant has no payment of the reference, or it was taken back.
        case paymentUnknown = "payment_unknown"
        /// What it is said to be does not come to what the entry is of.
        case paymentMismatch = "payment_mismatch"
        /// Another entry has settled the payment.
        case paymentTaken = "payment_taken"
        /// A reason that is none.
        case reasonMalformed = "reason_malformed"
    }

    public let code: Code
    /// 1-based, of the file; nil: of no line.
    public let line: Int?
    /// What is wrong, for a person.
    public let reason: String

    public init(_ code: Code, line: Int? = nil, _ reason: String) {
        self.code = code
        self.line = line
        self.reason = reason
    }
}

extension BankRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
