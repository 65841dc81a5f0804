import Hummingbird
import Settlement
import Signing

extension BatchRefusalCode {
    /// The HTTP status of a batch refused with this code.
    var status: HTTPResponse.Status {
        switch self {
        case .tooLarge: .contentTooLarge
        case .signatureMalformed, .keyUnknown, .keyRevoked, .signatureInvalid: .unauthorized
        case .merchantSuspended, .merchantMismatch, .operatorOnly: .forbidden
        case .malformed: .badRequest
        case .merchantUnknown, .countMismatch, .totalsMismatch, .recordsRefused: .unprocessableContent
        case .batchReused, .sequenceReused: .conflict
        }
    }

    /// The code in words.
    var title: String {
        switch self {
        case .tooLarge: "The batch is too large"
        case .signatureMalformed: "The signature is missing or not a detached JWS of the expected form"
        case .keyUnknown: "The key that the signature names is not known"
        case .keyRevoked: "The key that the signature names is revoked"
        case .signatureInvalid: "The signature does not match the bytes"
        case .merchantSuspended: "The merchant is suspended"
        case .malformed: "The batch is not well formed"
        case .merchantUnknown: "The header names a merchant that is not of the alliance"
        case .merchantMismatch: "The header names another merchant than the key's"
        case .operatorOnly: "A record is of a type that only the operator may report"
        case .countMismatch: "The header's count is not the number of records"
        case .totalsMismatch: "The header's totals are not the sums of the records"
        case .batchReused: "The batch id was used before, for other bytes"
        case .sequenceReused: "The sequence number was used before"
        case .recordsRefused: "Records of a strict batch would be refused"
        }
    }
}

extension BatchForm {
    /// The media types of all of them.
    static let mediaTypes = allCases.map(\.mediaType).joined(separator: " or ")
}

extension Problem {
    static let notFound = Problem(
        .notFound, code: "not_found", title: "There is nothing here",
        detail: "no path of the API, or nothing of this merchant: /openapi.yaml describes what there is",
        expected: "a path of /openapi.yaml", found: "another")

    static func methodNotAllowed(
        _ allow: [HTTPRequest.Method], found: HTTPRequest.Method
    ) -> Problem {
        let expected = allow.map(\.rawValue).joined(separator: " or ")
        let found = PlainText.excerpt(found.rawValue)
        return Problem(
            .methodNotAllowed, code: "method_not_allowed", title: "This path does not know this method",
            detail: "expected \(expected), found \(found)", expected: expected, found: found, allow: allow)
    }

    static func unsupportedMediaType(found: String?, expected: String) -> Problem {
        let found = found.map(PlainText.excerpt) ?? "none"
        return Problem(
            .unsupportedMediaType, code: "unsupported_media_type", title: "This is not sent in this form",
            detail: "Content-Type: expected \(expected), found \(found)",
            field: "Content-Type", expected: expected, found: found)
    }

    static func unsupportedEncoding(found: String, expected: String) -> Problem {
        let found = PlainText.excerpt(found)
        return Problem(
            .unsupportedMediaType, code: "unsupported_encoding",
            title: "This is not sent in this encoding",
            detail: "Content-Encoding: expected \(expected), found \(found)",
            field: "Content-Encoding", expected: expected, found: found)
    }

    /// It does not say where: how many bytes had come by then is a matter of how they were cut on the way.
    static func encodingMalformed(_ fault: UnpackingFault, _ encoding: ContentEncoding) -> Problem {
        let window = encoding == .zstd ? ", its window at most 8 MiB" : ""
        let found =
            switch fault {
            case .malformed: "bytes that are none"
            case .window: "a window of more than 8 MiB"
            case .unfinished: "a part of it"
            }
        return Problem(
            .badRequest, code: "encoding_malformed", title: "The body cannot be unpacked",
            detail: "the body is not whole, or not what Content-Encoding says: found \(found)",
            field: "Content-Encoding", expected: "whole \(encoding.rawValue)" + window, found: found)
    }

    static func incomplete(expected: Int, found: Int) -> Problem {
        Problem(
            .badRequest, code: "incomplete", title: "The body ended too early",
            detail: "the connection broke off before the body was whole",
            expected: "\(expected) bytes", found: "\(found) bytes")
    }

    /// The disk or the database does not do its work: nothing was stored, and the same bytes may be sent
    /// again.
    static let unavailable = Problem(
        .serviceUnavailable, code: "unavailable", title: "The daemon cannot work just now",
        detail: "nothing was stored; send the same bytes again later", retryAfter: 10)

    static let unreadableRequest = Problem(
        .badRequest, code: "http_error", title: "This is no request of HTTP",
        detail:
            "expected HTTP/1.1 as RFC 9112 has it, with one end that every reader sees; the connection is closed",
        expected: "HTTP/1.1 as RFC 9112 has it", found: "something else")

    /// Another error of the HTTP layer.
    static func other(_ status: HTTPResponse.Status) -> Problem {
        Problem(
            status, code: "http_error", title: status.reasonPhrase,
            detail: "the request cannot be answered as it is: /openapi.yaml describes those that can",
            expected: "a request of /openapi.yaml", found: "another")
    }
}
