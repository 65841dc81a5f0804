/// What a payment run ordered of one merchant, or asked it to pay, and how far it has come.
public struct PaymentOrder: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// Nothing is booked under its reference.
        case open
        /// A draft of its payment waits for somebody to approve it.
        case waiting
        case booked
        /// What is booked, or drafted and waits, under its reference is of this amount, which is another.
        case differing(Money, isDraft: Bool)
        /// Its payment was booked, and taken back by this booking.
        case undone(by: BookingReference)
        /// A person has said that the bank rejected it.
        case rejected
    }

    public let run: Int64
    /// In the run, from 0.
    public let place: Int
    /// Of the period whose balances the run pays, its ordinal.
    public let period: Int
    public let merchant: MerchantID
    /// End to end; its payment is booked under it.
    public let reference: BookingReference
    /// As its payment is booked: what is collected from the merchant is positive.
    public let amount: Money
    public let due: LocalDate
    /// When its file was given out.
    public let ordered: Instant
    /// The merchant's account, as the run has it.
    public let account: IBAN?
    /// What the merchant quotes, if it pays by itself; of an order nil.
    public let creditorReference: CreditorReference?
    public var state: State
    /// Whether an entry of the bank has settled its payment, and whether one has what took that back.
    public var isPaidByEntry: Bool
    public var isUndoneByEntry: Bool

    public init(
        run: Int64, place: Int, period: Int, merchant: MerchantID, reference: BookingReference, amount: Money,
        due: LocalDate, ordered: Instant, account: IBAN?, creditorReference: CreditorReference?,
        state: State = .open, isPaidByEntry: Bool = false, isUndoneByEntry: Bool = false
    ) {
        self.run = run
        self.place = place
        self.period = period
        self.merchant = merchant
        self.reference = reference
        self.amount = amount
        self.due = due
        self.ordered = ordered
        self.account = account
        self.creditorReference = creditorReference
        self.state = state
        self.isPaidByEntry = isPaidByEntry
        self.isUndoneByEntry = isUndoneByEntry
    }

    /// Bank days after its day, by which a bank has long told what became of it.
    public static let patienceDays = 10

    /// Whether the bank has said nothing of it for too long. What a merchant is to pay by itself is nobody's order.
    public func isOverdue(on today: LocalDate, _ bankDays: BankDays = BankDays()) -> Bool {
        guard state == .open, creditorReference == nil else { return false }
        var (day, left) = (due, Self.patienceDays)
        while left > 0 {
            day = bankDays.next(onOrAfter: day.adding(days: 1))
            left -= 1
        }
        return today > day
    }
}

/// What an entry of the bank is to the orders.
public struct BankFinding: Hashable, Sendable {
    public enum Act: Hashable, Sendable {
        /// Its payment is to be booked.
        case pay
        /// A part of its payment came and is to be booked, and no more comes of it.
        case payPart
        /// Its payment is booked, or a draft of it waits: this is the bank's entry of it.
        case confirmPaid
        /// Its payment came back, and is to be taken back.
        case undo
        /// It was taken back by this booking already.
        case confirmUndone(by: BookingReference)
    }

    public struct Step: Hashable, Sendable {
        /// Among the orders, from 0.
        public let order: Int
        public let act: Act
    }

    /// What is to be done; empty: nothing can be.
    public let steps: [Step]
    /// Whether it needs no person: the bank has quoted what the order was named.
    public let isCertain: Bool
    /// Why it is not certain, or nothing can be done.
    public let reason: String
    /// What the bank charged: the orders come to the entry's amount and this. 0: nothing, or it is noted already.
    public let charges: Money

    public init(steps: [Step], isCertain: Bool, reason: String, charges: Money = .zero) {
        self.steps = steps
        self.isCertain = isCertain
        self.reason = reason
        self.charges = charges
    }

    /// The same where the charges are noted already.
    public var withoutCharges: BankFinding {
        BankFinding(steps: steps, isCertain: isCertain, reason: reason)
    }
}
