/// Something in an alliance that cannot stand, and where. Rulebook §1, §2.
public struct AllianceProblem: Hashable, Sendable, CustomStringConvertible {
    /// Codes are never reused.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A number beyond its bounds.
        case outOfBounds = "out_of_bounds"
        /// A name that is empty, too long or would not print.
        case nameMalformed = "name_malformed"
        /// An address of no or too many lines, of a line that would not print, or of no country.
        case addressMalformed = "address_malformed"
        /// Payment details of a text that would not print or that no bank takes, or that belong to the other side.
        case paymentMalformed = "payment_malformed"
        /// Not a name of a zone.
        case timezoneMalformed = "timezone_malformed"
        /// No currency of ISO 4217 with an exponent of 0 … 3, or with another exponent than the standard's.
        case currencyUnknown = "currency_unknown"
        /// `start` is not a period's first day.
        case startNotFirstDay = "start_not_first_day"
        /// One id twice.
        case idRepeated = "id_repeated"
        /// A merchant without terms.
        case termsMissing = "terms_missing"
        /// `from` does not come after the one before it.
        case notAscending = "not_ascending"
        /// `until` does not come after `from`.
        case endsBeforeItBegins = "ends_before_it_begins"
        /// A sponsor or supplier that is no merchant of the alliance.
        case merchantUnknown = "merchant_unknown"
        /// It would change what closed periods were settled by.
        case touchesClosedPeriod = "touches_closed_period"
        /// It may not change once a period has closed.
        case fixedAfterFirstClose = "fixed_after_first_close"
        /// Stored records stand on it.
        case recordsStandOnIt = "records_stand_on_it"
    }

    public let code: Code
    /// Where, as `merchants[M001].terms[2].from`: merchants, campaigns and items by id, terms and statuses by
    /// their place, from 0.
    public let path: String
    /// One sentence: what is wrong, what was expected, what was found.
    public let reason: String

    public init(_ code: Code, path: String, reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// `path: reason`.
    public var description: String { "\(path): \(reason)" }
}
