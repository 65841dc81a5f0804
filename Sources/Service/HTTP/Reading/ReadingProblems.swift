import Hummingbird
import Settlement
import Signing

extension TokenRefusalCode {
    /// The HTTP status of a request refused with this code.
    var status: HTTPResponse.Status {
        switch self {
        case .missing, .malformed, .keyUnknown, .keyRevoked, .invalid, .audience, .subject, .early, .expired,
            .tooLong, .replayed:
            .unauthorized
        case .operatorKey, .merchantKey: .forbidden
        case .tooMany: .tooManyRequests
        }
    }

    /// The code in words.
    var title: String {
        switch self {
        case .missing: "There is no token"
        case .malformed: "The token is not a JWT of the expected form"
        case .keyUnknown: "The key that the token names is not known"
        case .keyRevoked: "The key that the token names is revoked"
        case .invalid: "The token is not signed by the key that it names"
        case .operatorKey: "An operator's key does not read for a merchant"
        case .merchantKey: "A merchant's key does not read for the operator"
        case .audience: "The token is for another audience"
        case .subject: "The token names another merchant than its key's"
        case .early: "The token is not valid yet"
        case .expired: "The token has expired"
        case .tooLong: "The token lives for too long"
        case .replayed: "The token was used before"
        case .tooMany: "Too many tokens were used lately"
        }
    }
}

extension Problem {
    /// The problem of a request that is refused for its token.
    init(_ refusal: TokenRefusal) {
        self.init(
            refusal.code.status, code: refusal.code.rawValue, title: refusal.code.title,
            detail: refusal.reason, field: refusal.field, expected: refusal.expected, found: refusal.found,
            retryAfter: refusal.code == .tooMany ? 10 : nil)
    }

    static func nothing(_ what: String) -> Problem {
        Problem(
            .notFound, code: "not_found", title: "There is nothing here", detail: "there is not \(what)",
            expected: what, found: "nothing")
    }

    static func parameterMalformed(_ name: String, expected: String, found: String) -> Problem {
        let found = PlainText.excerpt(found)
        return Problem(
            .badRequest, code: "parameter_malformed", title: "A parameter of the query is not well formed",
            detail: "\(name): expected \(expected), found \(found)", field: name, expected: expected,
            found: found)
    }

    /// The disk or the database does not do its work.
    static let unreadable = Problem(
        .serviceUnavailable, code: "unavailable", title: "The daemon cannot work just now",
        detail: "it cannot be read just now; ask again later", retryAfter: 10)

    /// Another preview is being made.
    static let busyPreviewing = Problem(
        .serviceUnavailable, code: "unavailable", title: "The daemon cannot work just now",
        detail: "another preview or a close is being made; ask again when it is done", retryAfter: 10)

    /// A check forbids the close that was to be previewed.
    static func cannotClose(_ reason: String) -> Problem {
        Problem(
            .conflict, code: "cannot_close", title: "The period cannot be closed as it stands", detail: reason
        )
    }

    /// A merchant fetches more DETAILS.csv at once than it has places for.
    static func tooManyFiles(_ most: Int) -> Problem {
        Problem(
            .tooManyRequests, code: "too_many_files", title: "Too many files of one merchant",
            detail: "expected at most \(most) of DETAILS.csv at once; ask again when one is done",
            expected: "at most \(most) at once", found: "one more", retryAfter: 2)
    }
}
