public import Hummingbird
public import Settlement

/// Problem details of RFC 9457: what every answer that is not a success says.
public struct Problem: Error, Hashable, Sendable {
    public let status: HTTPResponse.Status
    /// Stable, snake_case, never reused.
    public let code: String
    /// The code in words; the same for every occurrence.
    public let title: String
    /// One sentence about this occurrence.
    public let detail: String
    /// 1-based line of the batch.
    public let line: Int?
    /// The member or column.
    public let field: String?
    /// What should have stood there, and what did, in a few words.
    public let expected: String?
    public let found: String?
    /// All refused records of a strict batch.
    public let records: RefusedRecords
    /// Seconds after which trying again makes sense.
    public let retryAfter: Int?
    /// Methods that the path knows, of a `405`.
    public let allow: [HTTPRequest.Method]

    init(
        _ status: HTTPResponse.Status, code: String, title: String, detail: String, line: Int? = nil,
        field: String? = nil, expected: String? = nil, found: String? = nil,
        records: RefusedRecords = [], retryAfter: Int? = nil,
        allow: [HTTPRequest.Method] = []
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.line = line
        self.field = field
        self.expected = expected
        self.found = found
        self.records = records
        self.retryAfter = retryAfter
        self.allow = allow
    }

    /// The problem of a batch that is refused whole.
    public init(_ refusal: BatchRefusal) {
        self.init(
            refusal.code.status, code: refusal.code.rawValue, title: refusal.code.title,
            detail: refusal.reason,
            line: refusal.line, field: refusal.field, expected: refusal.expected, found: refusal.found,
            records: refusal.records)
    }
}

extension Problem {
    static let mediaType = "application/problem+json"

    /// The body's bytes. Members: `type`, `title`, `status`, `detail`, `code`, and where they apply `line`,
    /// `field`, `expected`, `found`, `records`.
    public var bytes: [UInt8] {
        var json = CanonicalJSON(capacity: 2048 + records.count * 64 + records.idBytes)
        json.object { object in
            object.member("type", "/README.md#\(code)")
            object.member("title", title)
            object.member("status", Int64(status.code))
            object.member("detail", detail)
            object.member("code", code)
            object.member("line", ifPresent: line.map(Int64.init))
            object.member("field", ifPresent: field)
            object.member("expected", ifPresent: expected)
            object.member("found", ifPresent: found)
            guard !records.isEmpty else { return }
            object.member("records", array: records) { json, record in
                json.object { object in
                    object.member("line", Int64(record.line))
                    object.member("id", record.id.text)
                    object.member("code", record.code.rawValue)
                }
            }
        }
        return json.bytes
    }

    /// The answer.
    public var response: Response {
        var headers: HTTPFields = [.contentType: Self.mediaType]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        // RFC 9110 §11.6.1: who is not let in is told how to ask.
        if status == .unauthorized {
            headers[.wwwAuthenticate] = code.hasPrefix("token_") ? "Bearer" : "Settled-Signature"
        }
        if !allow.isEmpty { headers[.allow] = allow.map(\.rawValue).joined(separator: ", ") }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Problem: HTTPResponseError {
    public func response(from request: Request, context: some RequestContext) throws -> Response { response }
}
