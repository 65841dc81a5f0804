import Settlement

/// Why a payment run is not made, exported or withdrawn. Codes are never reused.
public struct PaymentRefusal: Error, Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A later period has closed, whose balances contain these.
        case periodSuperseded = "period_superseded"
        /// The period has a run.
        case runMade = "run_made"
        /// The period has none, or another one.
        case runUnknown = "run_unknown"
        /// Files of it were given out: it cannot be withdrawn any more.
        case runExported = "run_exported"
        /// What it was made of is so no more.
        case runStale = "run_stale"
        /// The file was given out before.
        case exportedAlready = "exported_already"
        /// No merchant is paid in this way.
        case nothingToExport = "nothing_to_export"
        /// What is open with a merchant is beyond ±10^15.
        case amountOutOfBounds = "amount_out_of_bounds"
        /// A name or an address has characters that banks do not take, or too many.
        case textUnsupported = "text_unsupported"
        /// What an instruction needs is not in the alliance file that the run is pinned to.
        case detailsMissing = "details_missing"
        /// A calendar of bank days that cannot be read, with its line.
        case calendarMalformed = "calendar_malformed"
        /// With four eyes, who made the run cannot export it, nor approve what they drafted.
        case samePerson = "same_person"
        /// With four eyes, who exports has to say which run was looked at.
        case runNumberRequired = "run_number_required"
        /// With four eyes, it was made or drafted by a name without a key.
        case makerUnproven = "maker_unproven"
        /// Nothing was ordered of the merchant by the run.
        case orderUnknown = "order_unknown"
        /// Its payment is booked, or a draft of it waits.
        case orderBooked = "order_booked"
        /// An entry of the bank that waits names it.
        case orderQuoted = "order_quoted"
        /// It was given up before.
        case orderRejected = "order_rejected"
        /// A draft to give it up waits.
        case rejectionWaiting = "rejection_waiting"
        /// No draft of that number waits to give up an order of the run.
        case rejectionUnknown = "rejection_unknown"
        /// A reason that is none.
        case reasonMalformed = "reason_malformed"
    }

    public let code: Code
    /// What is wrong, for a person.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension PaymentRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
