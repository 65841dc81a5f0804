/// Why a contest is refused, its signature apart, in the order of the checks. Codes are never reused.
public enum ContestRefusalCode: String, Hashable, Sendable, CaseIterable {
    case tooLarge = "contest_too_large"
    /// The operator opens disputes by its own commands, under the name of a person.
    case operatorKey = "contest_operator_key"
    case malformed = "contest_malformed"
    /// It is meant for another alliance.
    case alliance = "contest_alliance"
    /// It was signed later than now.
    case early = "contest_early"
    /// It was signed too long ago.
    case expired = "contest_expired"
    /// The merchant's reference was used before, for other bytes.
    case reused = "contest_reused"
    /// An open dispute is against the same.
    case disputeOpen = "dispute_open"
    /// The merchant has opened as many as may be open at once.
    case tooMany = "contest_too_many"
    /// The merchant has no such line or record.
    case subjectUnknown = "contest_subject_unknown"
}

/// A contest that is refused: nothing of it is kept.
public struct ContestRefusal: Error, Hashable, Sendable {
    public let code: ContestRefusalCode
    /// The member, where one can be named.
    public let field: String?
    /// One sentence: what is wrong, what was expected, what was found.
    public let reason: String
    public let expected: String
    public let found: String

    public init(
        _ code: ContestRefusalCode, field: String? = nil, reason: String? = nil, expected: String,
        found: String
    ) {
        self.code = code
        self.field = field
        self.reason =
            reason ?? "\(field.map { "\($0): " } ?? "")expected \(expected), found \(found)"
        self.expected = expected
        self.found = found
    }
}

extension ContestRefusal: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
