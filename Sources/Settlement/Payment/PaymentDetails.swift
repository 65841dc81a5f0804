/// How one of the alliance is paid and pays: a merchant's, or those of the alliance itself, which hold for every merchant
/// that says nothing else. It stands in nothing that is signed, and may change at any time.
public struct PaymentDetails: Hashable, Sendable {
    /// Less than this is carried on, minor units, 0 … 10^15; nil: what the alliance says, or 0.
    public let minimum: Money?
    /// Days from a period's last day until it is due, 0 … 366; nil: what the alliance says, or 14.
    public let dueDays: Int?
    public let account: BankAccount?
    /// Whose account it is, 1 … 140 bytes; nil: the name of the merchant, or of the alliance.
    public let name: String?
    public let address: StructuredAddress?
    /// That the merchant lets the alliance collect; of a merchant only.
    public let mandate: Mandate?
    /// Who collects direct debits; of the alliance only.
    public let creditorIdentifier: CreditorIdentifier?

    public init(
        minimum: Money? = nil, dueDays: Int? = nil, account: BankAccount? = nil, name: String? = nil,
        address: StructuredAddress? = nil, mandate: Mandate? = nil,
        creditorIdentifier: CreditorIdentifier? = nil
    ) {
        self.minimum = minimum
        self.dueDays = dueDays
        self.account = account
        self.name = name
        self.address = address
        self.mandate = mandate
        self.creditorIdentifier = creditorIdentifier
    }
}

/// Where money goes.
public enum BankAccount: Hashable, Sendable {
    case iban(IBAN, BIC?)
    /// As the country writes it, 1 … 100 bytes of printable text: no bank file holds it.
    case national(String)

    public var iban: IBAN? {
        if case .iban(let iban, _) = self { iban } else { nil }
    }

    public var bic: BIC? {
        if case .iban(_, let bic) = self { bic } else { nil }
    }

    /// What a country writes.
    var national: String? {
        if case .national(let text) = self { text } else { nil }
    }

    /// For a person.
    public var text: String {
        switch self {
        case .iban(let iban, let bic): iban.text + (bic.map { " \($0)" } ?? "")
        case .national(let text): text
        }
    }
}

/// A postal address part by part, as banks want it: town and country at least.
public struct StructuredAddress: Hashable, Sendable {
    /// 1 … 70 characters.
    public let street: String?
    /// 1 … 16 characters.
    public let building: String?
    /// 1 … 16 characters.
    public let postalCode: String?
    /// 1 … 35 characters.
    public let town: String
    /// Two capital letters of ISO 3166-1.
    public let country: String

    public init(
        street: String? = nil, building: String? = nil, postalCode: String? = nil, town: String,
        country: String
    ) {
        self.street = street
        self.building = building
        self.postalCode = postalCode
        self.town = town
        self.country = country
    }
}

/// A merchant's consent to direct debits.
public struct Mandate: Hashable, Sendable {
    /// Among whom: with consumers' rights, or between businesses.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        case core, b2b

        /// As bank files have it.
        public var code: String { self == .core ? "CORE" : "B2B" }
    }

    /// Unique for the creditor: 1 … 35 characters that every bank takes, without spaces.
    public let id: String
    public let signed: LocalDate
    public let scheme: Scheme

    public init(id: String, signed: LocalDate, scheme: Scheme) {
        self.id = id
        self.signed = signed
        self.scheme = scheme
    }
}
