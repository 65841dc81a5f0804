import Foundation
import Hummingbird
import NIOCore
import Settlement
import Signing

/// What a reading route answers with.
enum Representation: Sendable {
    /// Bytes as they are. With a `digest` they never change, and are answered with it and an `ETag`.
    case bytes(ByteBuffer, type: String, digest: SHA256Digest? = nil, headers: HTTPFields = [:])
    /// The same, which may be many.
    case answer(AnswerBytes, type: String, digest: SHA256Digest? = nil, headers: HTTPFields = [:])
    /// DETAILS.csv, whose digest its statement was signed with. Nil file: its bytes were not asked for.
    case details(DetailsFile?, digest: SHA256Digest)

    static func json(_ bytes: [UInt8]) -> Representation {
        .bytes(ByteBuffer(bytes: bytes), type: "application/json")
    }

    /// The same, on the disk while it is sent if it is long; `folder` is where. It blocks.
    func aside(in folder: String) throws(Failure) -> Representation {
        guard case .bytes(let bytes, let type, let digest, let headers) = self,
            bytes.readableBytes > AnswerBytes.mostInMemory
        else { return self }
        let answer = try AnswerBytes(Array(bytes.readableBytesView), folder: folder)
        return .answer(answer, type: type, digest: digest, headers: headers)
    }

    var digest: SHA256Digest? {
        switch self {
        case .bytes(_, _, let digest, _), .answer(_, _, let digest, _): digest
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
