import Foundation
import Hummingbird
import NIOCore
import Settlement
import Signing

/// What a reading route answers with.
enum Representation: Sendable {
    /// Bytes as they are, which may be many. With a `digest` they hardly ever change, and are answered with it and an
    /// `ETag`.
    case bytes([UInt8], type: String, digest: SHA256Digest? = nil, headers: HTTPFields = [:])
    /// The same for anybody: all answers share their memory.
    case published(ByteBuffer, type: String, digest: SHA256Digest? = nil)
    /// DETAILS.csv, whose digest its statement was signed with, or its redaction says. Nil file: its bytes were not asked
    /// for.
    case details(DetailsFile?, digest: SHA256Digest)

    static func json(_ bytes: [UInt8]) -> Representation {
        .bytes(bytes, type: "application/json")
    }

    var type: String {
        switch self {
        case .bytes(_, let type, _, _), .published(_, let type, _): type
        case .details: "text/csv; charset=utf-8"
        }
    }

    /// Those that go with it alone.
    var headers: HTTPFields {
        switch self {
        case .bytes(_, _, _, let headers): headers
        case .published, .details: [:]
        }
    }

    var digest: SHA256Digest? {
        switch self {
        case .bytes(_, _, let digest, _), .published(_, _, let digest): digest
        case .details(_, let digest): digest
        }
    }
}

/// The headers of a representation with a digest: `ETag`, `Digest` and `Repr-Digest`.
extension SHA256Digest {
    /// The strong entity tag.
    var entityTag: String { "\"\(text)\"" }

    var fields: HTTPFields {
        let base64 = Data(bytes).base64EncodedString()
        return [
            .eTag: entityTag, .digest: "sha-256=\(base64)", .reprDigest: "sha-256=:\(base64):",
            .cacheControl: "private, no-cache",
        ]
    }

    /// Whether `If-None-Match` names it: `*`, or a list of entity tags, weak ones too (RFC 9110 §13.1.2).
    func isNamed(by ifNoneMatch: String?) -> Bool {
        guard let ifNoneMatch else { return false }
        let tags = ifNoneMatch.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return tags.contains { $0 == "*" || $0 == entityTag || $0 == "W/" + entityTag }
    }
}
