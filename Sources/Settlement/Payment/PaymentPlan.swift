/// What stands open between a merchant and the alliance. Amounts are from the merchant's side (rulebook §6).
public struct OpenBalance: Hashable, Sendable {
    public let merchant: MerchantID
    /// As the signed closing has it.
    public let balance: Money
    /// The sum of the payments that were booked in later periods.
    public let paidSince: Money
    /// What earlier runs ordered and nobody has booked yet: of a transfer to the merchant it is negative.
    public let underWay: Money

    public init(merchant: MerchantID, balance: Money, paidSince: Money, underWay: Money) {
        self.merchant = merchant
        self.balance = balance
        self.paidSince = paidSince
        self.underWay = underWay
    }
}

/// How a merchant's balance is evened out.
public enum PaymentMethod: String, Hashable, Sendable, CaseIterable {
    /// A credit transfer to the merchant.
    case transfer
    /// A direct debit from the merchant.
    case debit
    /// By a person: something that a bank's file needs is not there.
    case byHand = "by_hand"
    /// It is less than the minimum, and is left for the next run.
    case carried
    /// Nothing is open.
    case settled
}

/// Why a payment is left to a person.
public enum PaymentObstacle: String, Hashable, Sendable, CaseIterable {
    case allianceWithoutIBAN = "the alliance has no IBAN"
    case merchantWithoutIBAN = "no IBAN"
    /// In euro the bank files are those of the SEPA.
    case outsideSEPA = "an IBAN outside the SEPA"
    case tooMuch = "more than 999,999,999.99"
    /// Outside the euro a bank is told by its BIC.
    case withoutBIC = "no BIC on one side"
    /// Direct debits are of the SEPA.
    case otherCurrency = "no direct debit but in euro"
    case withoutMandate = "no mandate"
    case mandateNotSigned = "the mandate is signed on a later day"
    case withoutCreditorIdentifier = "the alliance has no creditor_id"
}

/// One merchant in a payment run.
public struct PaymentItem: Hashable, Sendable {
    public let open: OpenBalance
    /// What remains of balance, payments and what is under way: positive is paid to the merchant.
    public let amount: Money
    public let method: PaymentMethod
    public let due: LocalDate

    public init(open: OpenBalance, amount: Money, method: PaymentMethod, due: LocalDate) {
        self.open = open
        self.amount = amount
        self.method = method
        self.due = due
    }
}

/// Works out a payment run.
public struct PaymentPlan: Sendable {
    public let alliance: Alliance
    /// The last day of the period whose balances are paid.
    public let lastDay: LocalDate
    public let bankDays: BankDays
    /// The day on which the run is made.
    public let today: LocalDate
    /// The first bank day for which a file of now is in time.
    public let firstDay: LocalDate

    public init(
        alliance: Alliance, lastDay: LocalDate, bankDays: BankDays, today: LocalDate, firstDay: LocalDate
    ) {
        self.alliance = alliance
        self.lastDay = lastDay
        self.bankDays = bankDays
        self.today = today
        self.firstDay = firstDay
    }

    /// Days from a period's last day until it is due, where nothing else is said.
    public static let standardDueDays = 14
    /// The most that one instruction of the SEPA moves, in cents: 999,999,999.99.
    static let mostPerInstruction: Int64 = 99_999_999_999

    /// Nil where what is open is beyond 10^15 minor units.
    public func item(_ open: OpenBalance) -> PaymentItem? {
        let sum =
            Int128(open.balance.minorUnits) + Int128(open.paidSince.minorUnits)
            + Int128(open.underWay.minorUnits)
        guard sum.magnitude <= Money.maximum.magnitude else { return nil }
        let amount = Money(Int64(sum))
        let details = alliance.merchants.first { $0.id == open.merchant }?.payment
        let method = method(for: amount, details)
        return PaymentItem(open: open, amount: amount, method: method, due: due(details, method))
    }

    private func method(for amount: Money, _ details: PaymentDetails?) -> PaymentMethod {
        guard !amount.isZero else { return .settled }
        let minimum = details?.minimum ?? alliance.payment?.minimum ?? .zero
        guard amount.minorUnits.magnitude >= minimum.minorUnits.magnitude else { return .carried }
        guard Self.obstacle(to: amount, details, in: alliance, on: today) == nil else { return .byHand }
        return amount > .zero ? .transfer : .debit
    }

    /// Why an amount cannot go by a bank's file of a run that is made on a day; nil: it can.
    public static func obstacle(
        to amount: Money, _ details: PaymentDetails?, in alliance: Alliance, on today: LocalDate
    ) -> PaymentObstacle? {
        guard let own = alliance.payment?.account, let ownIBAN = own.iban else { return .allianceWithoutIBAN }
        guard let theirs = details?.account, let theirIBAN = theirs.iban else { return .merchantWithoutIBAN }
        let isEuro = alliance.currency.code == "EUR"
        guard !isEuro || (ownIBAN.isOfSEPA && theirIBAN.isOfSEPA) else { return .outsideSEPA }
        guard !isEuro || amount.minorUnits.magnitude <= mostPerInstruction.magnitude else { return .tooMuch }
        if amount > .zero {
            return isEuro || (own.bic != nil && theirs.bic != nil) ? nil : .withoutBIC
        }
        guard isEuro else { return .otherCurrency }
        guard let mandate = details?.mandate else { return .withoutMandate }
        guard mandate.signed <= today else { return .mandateNotSigned }
        return alliance.payment?.creditorIdentifier == nil ? .withoutCreditorIdentifier : nil
    }

    /// The agreed day or the first that can be kept, moved to a bank day. A debit is with the bank the day before.
    private func due(_ details: PaymentDetails?, _ method: PaymentMethod) -> LocalDate {
        let days = details?.dueDays ?? alliance.payment?.dueDays ?? Self.standardDueDays
        let agreed = bankDays.next(onOrAfter: lastDay.adding(days: days))
        let first = method == .debit ? bankDays.next(onOrAfter: firstDay.adding(days: 1)) : firstDay
        return max(agreed, first)
    }
}
