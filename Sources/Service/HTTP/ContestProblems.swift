import Hummingbird
import Settlement

extension ContestRefusalCode {
    /// The HTTP status of a contest refused with this code.
    var status: HTTPResponse.Status {
        switch self {
        case .tooLarge: .contentTooLarge
        case .operatorKey: .forbidden
        case .malformed: .badRequest
        case .reused, .disputeOpen, .tooMany: .conflict
        case .alliance, .early, .expired, .subjectUnknown: .unprocessableContent
        }
    }

    /// The code in words.
    var title: String {
        switch self {
        case .tooLarge: "What is contested is said in too many bytes"
        case .operatorKey: "An operator's key does not contest for a merchant"
        case .malformed: "What is contested is not said as it should be"
        case .alliance: "What is contested is meant for another alliance"
        case .early: "What is contested was signed later than now"
        case .expired: "What is contested was signed too long ago"
        case .reused: "The reference was used before, for something else"
        case .subjectUnknown: "The merchant has nothing of that name to contest"
        case .disputeOpen: "An open dispute is against the same"
        case .tooMany: "The merchant has too many open disputes"
        }
    }
}

extension Problem {
    /// The problem of a contest that is refused.
    init(_ refusal: ContestRefusal) {
        self.init(
            refusal.code.status, code: refusal.code.rawValue, title: refusal.code.title,
            detail: refusal.reason, field: refusal.field, expected: refusal.expected, found: refusal.found)
    }
}
